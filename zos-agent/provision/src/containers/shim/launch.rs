//! Starting a container, as often as it takes.

use super::{
	forget_others, group::Moving, root, setup::Setup, users, Failure, BUNDLE, PIPES, SPARED,
};
use crate::host::{
	cgroups, command,
	files::{self, Keep},
	identities::Namespace,
	processes::Process,
	Doing, HostError,
};
use rustix::process::{set_parent_process_death_signal, Signal};
use serde::Deserialize;
use serde_json::{json, Value};
use std::{
	fs::{self, File},
	os::unix::process::CommandExt,
	path::Path,
	process::{Command, Stdio},
};

const NUMBER: &str = "number";
const COMPLAINTS: &str = "runtime.json";
/// Where the runtime keeps what it knows: in memory, as that holds secrets too.
const RUNTIME: &str = "runtime";

/// Starts a container, as often as it takes.
pub(super) struct Launcher {
	pub(super) setup: Setup,
	owners: Option<Namespace>,
	prepared: bool,
	/// Until it is in its control group.
	moving: Option<Moving>,
}

impl Launcher {
	pub(super) fn new(mut setup: Setup, moving: Moving) -> Result<Self, Failure> {
		let owners = setup.identities.map(|ids| ids.namespace()).transpose()?;
		root::volumes(&setup, owners.as_ref())?;
		forget_others(&setup)?;
		if let Some(namespace) = setup.namespace.as_deref().filter(|_| owners.is_some()) {
			root::sys(namespace)?;
		}
		let prepared = super::exists(BUNDLE);
		if prepared {
			setup.config = Value::Null;
		}
		Ok(Self { setup, owners, prepared, moving: Some(moving) })
	}

	/// Starts the container on a new root. When this returns, the program runs.
	pub(super) fn launch(&mut self) -> Result<Process, Failure> {
		self.clear()?;
		root::renew(&self.setup, self.owners.as_ref())?;
		if !self.prepared {
			self.prepare()?;
		}
		let running = command::begin(&mut self.runtime()?)?;
		self.enter_group()?;
		let started = running.end(&[0]);
		if let Err(error) = started {
			let failure = self.explain(error)?;
			self.clear()?;
			return Err(failure);
		}
		let number = fs::read_to_string(NUMBER).doing("read", NUMBER)?;
		let process = number.trim().parse().ok().and_then(Process::begun);
		process.ok_or_else(|| Failure::Runtime(format!("it started no process but {number:?}")))
	}

	/// Waits until the shim is in its control group. It is moved there so that whoever ends all that
	/// the agent's service started does not end the shim.
	pub(super) fn enter_group(&mut self) -> Result<(), HostError> {
		match self.moving.take() {
			Some(moving) => moving.end(&self.setup.shims),
			None => Ok(()),
		}
	}

	/// Does what can wait until the program runs.
	pub(super) fn settle(&mut self) {
		if let Some(owners) = &mut self.owners {
			owners.bury_maker();
		}
	}

	/// Writes the description, which needs to be done once: images do not change.
	fn prepare(&mut self) -> Result<(), Failure> {
		let user = users::find(&self.setup.user, Path::new(root::ROOT))?;
		root::give(&self.setup, &user)?;
		let mut config = self.setup.config.take();
		config["process"]["user"] =
			json!({"uid": user.id, "gid": user.group, "additionalGids": user.more_groups});
		// The container is not spared as its shim is, and what a shim is not may not be less.
		let spared = fs::read_to_string(SPARED).doing("read", SPARED)?;
		let spared: i32 = spared.trim().parse().unwrap_or_default();
		config["process"]["oomScoreAdj"] = json!(spared.max(0));
		files::write_record(Path::new(BUNDLE), &config, 0o600, Keep::UntilReboot)?;
		self.prepared = true;
		Ok(())
	}

	fn runtime(&self) -> Result<Command, HostError> {
		let pipe = |path: &str| {
			let file = File::options().read(true).write(true).open(path);
			file.map(Stdio::from).doing("open", path)
		};
		let mut program = Command::new(&self.setup.runtime);
		program
			.args(["--root", RUNTIME, "--log", COMPLAINTS, "--log-format", "json"])
			.args(["run", "--detach", "--bundle", ".", "--pid-file", NUMBER])
			.arg(&self.setup.name)
			.stdout(pipe(PIPES[0])?)
			.stderr(pipe(PIPES[1])?);
		// SAFETY: `prctl` may be called between fork and exec. The runtime must not go on
		// starting what nobody looks after.
		unsafe {
			program.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?));
		}
		Ok(program)
	}

	/// Why the runtime failed, in its own words.
	fn explain(&self, error: HostError) -> Result<Failure, HostError> {
		if cgroups::memory_kills(&self.setup.name)? > 0 {
			return Ok(Failure::OutOfMemory);
		}
		if let HostError::NoProgram { .. } = error {
			return Ok(Failure::Host(error.to_string()));
		}
		#[derive(Deserialize)]
		struct Line {
			level: String,
			msg: String,
		}
		let text = fs::read_to_string(COMPLAINTS).unwrap_or_default();
		let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
		let said = lines.rev().find(|line| line.level == "error").map(|line| line.msg);
		Ok(Failure::Runtime(said.unwrap_or_else(|| error.to_string())))
	}

	/// Removes what is left of the program that ran.
	pub(super) fn clear(&self) -> Result<(), HostError> {
		cgroups::remove(&self.setup.name)?;
		root::let_go()?;
		for file in [NUMBER, COMPLAINTS] {
			files::remove_file(Path::new(file))?;
		}
		files::remove_folder(Path::new(RUNTIME))
	}
}
