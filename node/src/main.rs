//! A full node of the Grid chain.

use grid_node::command;
use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("grid-node: {}", command::explain(&error));
			ExitCode::FAILURE
		},
	}
}
