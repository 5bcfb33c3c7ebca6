//! The process that stays with a container.

use std::process::ExitCode;

fn main() -> ExitCode {
	zos_provision::containers::shim::main(std::env::args_os().skip(1))
}
