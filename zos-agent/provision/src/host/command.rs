//! Programs that are run to their end.

use super::HostError;
use std::process::{Command, Output, Stdio};

/// Runs a program to its end. What it printed is the error if it fails.
pub fn run(command: &mut Command) -> Result<Output, HostError> {
	run_until(command, &[0])
}

/// Runs a program to its end, which is well if it ends with one of these codes.
pub fn run_until(command: &mut Command, well: &[i32]) -> Result<Output, HostError> {
	let program = command.get_program().to_string_lossy().into_owned();
	let output = command
		.stdin(Stdio::null())
		.output()
		.map_err(|source| HostError::NoProgram { program: program.clone(), source })?;
	if output.status.code().is_some_and(|code| well.contains(&code)) {
		return Ok(output);
	}
	let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
	let said = if said.is_empty() { output.status.to_string() } else { said };
	Err(HostError::Program { program, said })
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_a_failed_program_printed_is_the_error() {
		let failed = run(Command::new("sh").args(["-c", "echo no such thing >&2; exit 3"]));
		assert_eq!(failed.unwrap_err().to_string(), "sh failed: no such thing");
		let silent = run(Command::new("sh").args(["-c", "exit 3"]));
		assert_eq!(silent.unwrap_err().to_string(), "sh failed: exit status: 3");
	}

	#[test]
	fn a_program_that_is_missing_is_named() {
		let missing = run(&mut Command::new("no-such-program"));
		assert!(missing.unwrap_err().to_string().starts_with("cannot run no-such-program"));
	}
}
