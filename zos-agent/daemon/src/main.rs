//! The agent of a node.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
	zos_agent::memory::be_frugal();
	match cli::run(cli::Cli::parse()) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("zos-agent: {error:#}");
			ExitCode::FAILURE
		},
	}
}
