//! Everything an operator can get wrong ends in one clear line and a failure.

use grid_stories::{built, free_port};
use std::{
	fs,
	io::Read,
	net::TcpListener,
	os::unix::fs::PermissionsExt,
	process::{Command, Stdio},
	time::{Duration, Instant},
};

/// Run the node, which must refuse. What it says of itself is returned.
fn refused(args: &[&str]) -> String {
	refused_by(built("grid-node"), args)
}

fn refused_by(mut node: Command, args: &[&str]) -> String {
	let mut process = node
		.args(["--no-prometheus", "--no-telemetry"])
		.args(args)
		.stderr(Stdio::piped())
		.stdout(Stdio::null())
		.spawn()
		.unwrap();
	let start = Instant::now();
	let status = loop {
		if let Some(status) = process.try_wait().unwrap() {
			break status;
		}
		assert!(start.elapsed() < Duration::from_secs(90), "{args:?} is not refused");
		std::thread::sleep(Duration::from_millis(100));
	};
	let mut said = String::new();
	process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
	assert_eq!(status.code(), Some(1), "{args:?}: {said}");
	assert!(!said.contains("panicked"), "{args:?} panics: {said}");
	said.lines().filter(|line| line.starts_with("grid-node: ")).collect::<Vec<_>>().join("\n")
}

fn assert_one_line(said: &str, part: &str) {
	assert_eq!(said.lines().count(), 1, "one line, not:\n{said}");
	assert!(said.contains(part), "'{said}' does not say '{part}'");
}

#[test]
fn an_unknown_chain() {
	assert_one_line(&refused(&["--chain", "nowhere"]), "no chain called 'nowhere'");
}

#[test]
fn a_corrupt_specification() {
	let folder = tempfile::tempdir().unwrap();
	for (name, text) in [("empty", ""), ("cut", "{\"name\": \"Gri"), ("other", "{\"name\": 1}")] {
		let path = folder.path().join(name);
		fs::write(&path, text).unwrap();
		assert_one_line(&refused(&["--chain", path.to_str().unwrap()]), "cannot be used");
	}
}

#[test]
fn a_specification_with_a_broken_genesis() {
	let spec = grid_stories::Spec::of("dev", |spec| {
		spec["genesis"]["runtimeGenesis"]["patch"]["balances"]["balances"] = "many".into();
	});
	let folder = tempfile::tempdir().unwrap();
	let said = refused(&[
		"--chain",
		spec.path().to_str().unwrap(),
		"--base-path",
		folder.path().to_str().unwrap(),
		"--rpc-port",
		"0",
		"--port",
		"0",
	]);
	assert_one_line(&said, "Invalid JSON blob");
}

#[test]
fn a_busy_port() {
	let other = TcpListener::bind(("127.0.0.1", free_port())).expect("it is free");
	let busy = other.local_addr().expect("it listens").port().to_string();
	assert_one_line(&refused(&["--dev", "--tmp", "--port", "0", "--rpc-port", &busy]), &busy);
	let address = format!("/ip4/127.0.0.1/tcp/{busy}/ws");
	let said = refused(&["--dev", "--tmp", "--rpc-port", "0", "--listen-addr", &address]);
	assert_one_line(&said, &busy);
}

#[test]
fn a_folder_that_cannot_be_written() {
	let file = tempfile::NamedTempFile::new().unwrap();
	let below_a_file = file.path().join("base");
	let below_a_file = below_a_file.to_str().unwrap();
	assert_one_line(&refused(&["--dev", "--base-path", below_a_file]), below_a_file);
	assert_one_line(&refused(&["--dev", "--base-path", "/proc/grid"]), "/proc/grid");
}

#[test]
fn a_runtime_cache_that_is_no_good() {
	let folder = tempfile::tempdir().unwrap();
	let file = folder.path().join("file");
	fs::write(&file, "").unwrap();
	let said = refused(&["--dev", "--tmp", "--runtime-cache", file.to_str().unwrap()]);
	assert_one_line(&said, "cannot be used");
	// Whoever can write to it says what the node runs.
	fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
	let said = refused(&["--dev", "--tmp", "--runtime-cache", folder.path().to_str().unwrap()]);
	assert_one_line(&said, "can be written by others");
	// Nor one that others can put another in the place of.
	let within = folder.path().join("within");
	let said = refused(&["--dev", "--tmp", "--runtime-cache", within.to_str().unwrap()]);
	assert_one_line(&said, "can be written by others");
}

/// The node, in a place of its own where a small file system with these options is mounted.
fn node_on(folder: &str, options: &str) -> Command {
	let node = built("grid-node");
	let mut command = Command::new("unshare");
	let script = format!(r#"mount -t tmpfs -o {options} none {folder} && exec "$0" "$@""#);
	command.args([
		"--user",
		"--map-root-user",
		"--mount",
		"--propagation",
		"slave",
		"sh",
		"-c",
		&script,
	]);
	command.arg(node.get_program());
	command
}

#[test]
fn a_disk_that_is_full() {
	let folder = tempfile::tempdir().unwrap();
	let folder = folder.path().to_str().unwrap();
	let said = refused_by(node_on(folder, "size=200k"), &["--dev", "--base-path", folder]);
	assert_one_line(&said, "No space left");
}

#[test]
fn a_disk_that_is_read_only() {
	let folder = tempfile::tempdir().unwrap();
	let folder = folder.path().to_str().unwrap();
	let said = refused_by(node_on(folder, "ro"), &["--dev", "--base-path", folder]);
	assert_one_line(&said, "Read-only");
}
