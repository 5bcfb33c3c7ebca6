//! Programs that are run to their end.

use super::{Doing, HostError};
use std::{
	ffi::OsStr,
	process::{Child, Command, Stdio},
};

/// Runs a program to its end. What it printed is the error if it fails.
pub fn run(command: &mut Command) -> Result<(), HostError> {
	begin(command)?.end(&[0])
}

/// A program that runs.
#[derive(Debug)]
pub struct Running {
	program: String,
	child: Child,
}

/// Begins to run a program.
pub fn begin(command: &mut Command) -> Result<Running, HostError> {
	let program = command.get_program().to_string_lossy().into_owned();
	match command.stdin(Stdio::null()).spawn() {
		Ok(child) => Ok(Running { program, child }),
		Err(source) => Err(HostError::NoProgram { program, source }),
	}
}

impl Running {
	/// Waits for its end, which is well if it ends with one of these codes.
	pub fn end(self, well: &[i32]) -> Result<(), HostError> {
		let program = self.program;
		let output = self.child.wait_with_output().doing("wait for", &program)?;
		if output.status.code().is_some_and(|code| well.contains(&code)) {
			return Ok(());
		}
		let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
		let said = if said.is_empty() { output.status.to_string() } else { said };
		Err(HostError::Program { program, said })
	}
}

/// A program that says what it does only if it fails.
pub fn quiet(program: impl AsRef<OsStr>) -> Command {
	let mut command = Command::new(program);
	command.stdout(Stdio::null()).stderr(Stdio::piped());
	command
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_a_failed_program_printed_is_the_error() {
		let failed = run(quiet("sh").args(["-c", "echo no such thing >&2; exit 3"]));
		assert_eq!(failed.unwrap_err().to_string(), "sh failed: no such thing");
		let silent = run(quiet("sh").args(["-c", "exit 3"]));
		assert_eq!(silent.unwrap_err().to_string(), "sh failed: exit status: 3");
	}

	#[test]
	fn a_program_that_is_missing_is_named() {
		let missing = run(&mut quiet("no-such-program"));
		assert!(missing.unwrap_err().to_string().starts_with("cannot run no-such-program"));
	}
}
