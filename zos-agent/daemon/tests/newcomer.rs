//! What somebody is told who begins with the agent: one sentence that says what to do. As root,
//! with the real program.

use rustix::mount::{mount, unmount, MountFlags, UnmountFlags};
use std::{
	fs,
	os::unix::{
		fs::{chown, PermissionsExt},
		process::CommandExt,
	},
	path::PathBuf,
	process::{Command, Output},
};
use tempfile::TempDir;

/// Somebody who is not root.
const NOBODY: u32 = 65_534;

/// A machine on which nobody has begun yet.
struct Machine {
	folder: TempDir,
	full: Option<PathBuf>,
}

impl Drop for Machine {
	fn drop(&mut self) {
		if let Some(full) = &self.full {
			let _ = unmount(full, UnmountFlags::DETACH);
		}
		// What the agent keeps in memory.
		if let Ok(runs) = fs::read_dir(self.folder.path().join("run")) {
			for run in runs.flatten() {
				let _ = unmount(run.path(), UnmountFlags::DETACH);
			}
		}
	}
}

impl Machine {
	fn new() -> Self {
		let folder = tempfile::tempdir().expect("a temporary folder");
		fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
		let machine = Self { folder, full: None };
		machine.configure("");
		machine
	}

	fn state(&self) -> PathBuf {
		self.folder.path().join("state")
	}

	/// Write the configuration, with something more in it.
	fn configure(&self, more: &str) {
		let text = format!(
			"state = \"{}\"\ndisk = \"ssd\"\n[chain]\nendpoints = [\"ws://127.0.0.1:1\"]\n\
			[location]\ncountry = \"BE\"\nlatitude = 51.0\nlongitude = 3.0\n\
			[containers]\nrun = \"{}\"\n{more}\n",
			self.state().display(),
			self.folder.path().join("run").display(),
		);
		fs::write(self.config(), text).expect("a file is written");
	}

	fn config(&self) -> PathBuf {
		self.folder.path().join("zos-agent.toml")
	}

	/// Let there be a disk without room where the state is to be.
	fn fill(&mut self) {
		fs::create_dir_all(self.state()).expect("a folder is made");
		mount("test", self.state(), "tmpfs", MountFlags::empty(), Some(c"size=64k"))
			.expect("it is mounted");
		self.full = Some(self.state());
		let _ = fs::write(self.state().join("much"), vec![1; 128 << 10]);
	}

	fn command(&self, arguments: &[&str]) -> Command {
		let mut command = Command::new(env!("CARGO_BIN_EXE_zos-agent"));
		command.env_remove("RUST_LOG").arg("--config").arg(self.config()).args(arguments);
		command
	}

	fn init(&self) -> String {
		let output = self.command(&["init"]).output().expect("it runs");
		assert!(output.status.success(), "{output:?}");
		String::from_utf8(output.stdout).expect("it is text").trim().to_owned()
	}

	fn keys(&self) -> PathBuf {
		self.state().join("keys.toml")
	}
}

/// What is complained about, beside what is logged.
fn complaint(output: &Output) -> String {
	let text = String::from_utf8_lossy(&output.stderr).into_owned();
	assert!(!output.status.success(), "it goes well: {text}");
	let mut said = text.lines().filter_map(|line| line.strip_prefix("zos-agent: "));
	let sentence = said.next().unwrap_or_else(|| panic!("nothing is said: {text}")).to_owned();
	assert_eq!(said.next(), None, "one sentence is enough");
	sentence
}

fn complains(command: &mut Command, about: &[&str]) {
	let sentence = complaint(&command.output().expect("it runs"));
	for word in about {
		assert!(sentence.contains(word), "{sentence}\nshould tell of {word}");
	}
}

#[test]
fn help_names_what_there_is() {
	let output = Command::new(env!("CARGO_BIN_EXE_zos-agent")).arg("--help").output();
	let text = String::from_utf8(output.expect("it runs").stdout).expect("it is text");
	for command in ["init", "run", "status", "logs", "simulate", "--config", "--state"] {
		assert!(text.contains(command), "{text}");
	}
}

#[test]
fn keys_are_made_and_shown_as_an_account() {
	let machine = Machine::new();
	let account = machine.init();
	assert!(account.starts_with('5') && account.len() == 48, "{account}");
	assert_eq!(machine.init(), account, "they are made once");
}

#[test]
fn who_has_no_configuration() {
	let machine = Machine::new();
	fs::remove_file(machine.config()).expect("it is there");
	complains(&mut machine.command(&["run"]), &["zos-agent.toml", "write it", "--config"]);
}

#[test]
fn who_has_no_keys() {
	let machine = Machine::new();
	fs::create_dir_all(machine.state()).expect("a folder is made");
	complains(&mut machine.command(&["run"]), &["no keys", "zos-agent init"]);
}

#[test]
fn who_is_not_root() {
	let machine = Machine::new();
	// The program has to be where others can run it.
	let program = machine.folder.path().join("zos-agent");
	fs::copy(env!("CARGO_BIN_EXE_zos-agent"), &program).expect("it is copied");
	let nobody = |arguments: &[&str]| {
		let mut command = Command::new(&program);
		command.arg("--config").arg(machine.config()).args(arguments).uid(NOBODY).gid(NOBODY);
		command
	};
	complains(&mut nobody(&["init"]), &["state", "as root"]);
	machine.init();
	complains(&mut nobody(&["run"]), &["as root"]);
	complains(&mut nobody(&["status"]), &["root"]);
	complains(&mut nobody(&["logs", "1/web"]), &["root"]);
}

#[test]
fn whose_disk_is_full() {
	let mut machine = Machine::new();
	machine.fill();
	complains(&mut machine.command(&["init"]), &["no room", "free some"]);
	let much = machine.state().join("much");
	fs::remove_file(&much).expect("it is there");
	machine.init();
	let _ = fs::write(&much, vec![1; 128 << 10]);
	complains(&mut machine.command(&["run"]), &["no room", "free some"]);
}

#[test]
fn whose_keys_others_can_read() {
	let machine = Machine::new();
	machine.init();
	let mode = |mode| fs::set_permissions(machine.keys(), fs::Permissions::from_mode(mode));
	mode(0o644).expect("it is ours");
	complains(&mut machine.command(&["run"]), &["read by others", "chmod 600"]);
	complains(&mut machine.command(&["init"]), &["read by others", "chmod 600"]);
	mode(0o600).expect("it is ours");
	chown(machine.keys(), Some(NOBODY), None).expect("it is ours");
	complains(&mut machine.command(&["run"]), &["another user", "chown root"]);
}

#[test]
fn who_has_the_keys_of_another_node() {
	let (machine, other) = (Machine::new(), Machine::new());
	machine.init();
	other.init();
	machine.configure("runtime = \"no-such-runtime\"");
	// It begins, and knows from then on of which node its folder is.
	complains(&mut machine.command(&["run"]), &["no-such-runtime"]);
	fs::copy(other.keys(), machine.keys()).expect("it is copied");
	complains(&mut machine.command(&["run"]), &["another node", "keys.toml", "restore"]);
	fs::write(machine.keys(), "account = 1").expect("a file is written");
	complains(&mut machine.command(&["run"]), &["damaged", "restore"]);
}

#[test]
fn who_lacks_a_program() {
	let machine = Machine::new();
	machine.init();
	machine.configure("runtime = \"no-such-runtime\"");
	complains(&mut machine.command(&["run"]), &["cannot run no-such-runtime", "install it"]);
	machine.configure("shim = \"/nowhere/zos-shim\"");
	complains(&mut machine.command(&["run"]), &["/nowhere/zos-shim", "install it"]);
}

#[test]
fn who_asks_an_agent_that_is_not_there() {
	let machine = Machine::new();
	machine.init();
	for arguments in [&["status"][..], &["logs", "1/web"]] {
		complains(&mut machine.command(arguments), &["no agent answers", "is it running"]);
	}
	let mut wrong = machine.command(&["logs", "1/web", "--since", "yesterday"]);
	let output = wrong.output().expect("it runs");
	assert!(String::from_utf8_lossy(&output.stderr).contains("2026-03-01T12:00:00Z"), "{output:?}");
}

#[test]
fn who_wants_metrics_for_all_the_world() {
	let machine = Machine::new();
	let text = fs::read_to_string(machine.config()).expect("it is there");
	fs::write(machine.config(), format!("metrics = \"0.0.0.0:9615\"\n{text}")).expect("written");
	complains(&mut machine.command(&["run"]), &["on this machine alone", "127.0.0.1"]);
}
