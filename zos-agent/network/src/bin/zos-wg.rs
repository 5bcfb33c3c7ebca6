//! The process of a tunnel.

use std::process::ExitCode;

fn main() -> ExitCode {
	zos_network::tunnel::main(std::env::args_os().skip(1))
}
