//! What it takes to start our own programs in a test.
//!
//! - [`built`]: a program that was built together with the test.
//! - [`node`]: a node of the chain that starts at once; [`specification`]: the chains that it knows.
//! - [`die_with_us`]: no process outlives the test that started it.
//! - [`free_port`]: a port that is this test's alone.

#![warn(missing_docs)]

mod chains;
mod ports;

pub use chains::{fixtures, node, specification, Form};
pub use ports::free_port;

use std::{os::unix::process::CommandExt, path::PathBuf, process::Command};

/// A command that starts a program which was built together with this test, or the one that a
/// variable names: `GRID_NODE` for `grid-node`. It is ended when the test ends, however it ends, and
/// inherits none of our variables: those that a test obeys, or its user has set, are not meant for it.
pub fn built(program: &str) -> Command {
	let variable = program.to_uppercase().replace('-', "_");
	let path = std::env::var_os(&variable).map(PathBuf::from).unwrap_or_else(|| {
		let me = std::env::current_exe().expect("a test has a path");
		let folder = me.ancestors().find(|folder| folder.join(program).is_file());
		let folder = folder.unwrap_or_else(|| {
			panic!("{program} is built by scripts/test.sh, or {variable} says where it is")
		});
		folder.join(program)
	});
	let mut command = Command::new(path);
	for (name, _) in std::env::vars_os() {
		let text = name.as_encoded_bytes();
		if OURS.iter().any(|prefix| text.starts_with(prefix.as_bytes())) {
			command.env_remove(name);
		}
	}
	die_with_us(&mut command);
	command
}

/// What the names of all our variables begin with, and of the one that says what is logged: tests read
/// logs.
const OURS: [&str; 4] = ["GRID_", "ZDB_", "ZOS_", "RUST_LOG"];

/// Have the kernel end the process when the thread that started it ends.
pub fn die_with_us(command: &mut Command) {
	// SAFETY: prctl is async-signal-safe and touches no memory of this process.
	unsafe {
		command.pre_exec(|| {
			libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
			Ok(())
		});
	}
}
