//! `grid`.

use std::process::ExitCode;

fn main() -> ExitCode {
	grid_cli::commands::run()
}
