use std::{ffi::OsStr, process::Command};

/// Run a program to its end, and say what it printed.
pub fn run(program: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
	let mut command = Command::new(program);
	let output = command.args(arguments).output();
	let output = output.unwrap_or_else(|error| {
		panic!("{program} cannot be started ({error}): install what scripts/setup.sh tells")
	});
	let errors = String::from_utf8_lossy(&output.stderr);
	assert!(output.status.success(), "{command:?} failed: {errors}");
	String::from_utf8_lossy(&output.stdout).into_owned()
}
