//! The `zdb` binary: see [`zdb::cli`].

use clap::Parser;
use std::process::ExitCode;
use zdb::cli::Arguments;

fn main() -> ExitCode {
	Arguments::parse().run()
}
