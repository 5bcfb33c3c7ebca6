//! One server: found where it answers, and started where it does not.

use super::{
	places::{name, Program, Serving},
	DiskSettings, Places, Settings, ZdbError,
};
use crate::host::{cgroups, files, processes::Process, Doing, HostError};
use grid_primitives::spec::Disk;
use rustix::{
	io::Errno,
	process::{getrlimit, setrlimit, setsid, Resource, Rlimit},
	thread::{unshare_unsafe, UnshareFlags},
};
use std::{
	fs::{self, OpenOptions},
	os::{
		fd::OwnedFd,
		unix::{
			fs::{OpenOptionsExt, PermissionsExt},
			net::UnixListener,
			process::CommandExt,
		},
	},
	path::PathBuf,
	process::{Child, Command, Stdio},
	sync::{Mutex, MutexGuard, PoisonError},
	thread,
	time::{Duration, Instant},
};
use zdb_control::{Control, ControlError, Found};

/// How long a server may take to answer while it serves.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long whoever only looks waits for it: it may be reading what it has.
const GLANCE: Duration = Duration::from_secs(1);
/// How long a server that was just started may take to answer.
const LONGEST_START: Duration = Duration::from_secs(60);
/// How long a server that ends may take to write down what it has.
const LONGEST_END: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);
/// What a key takes of the memory, with what tables take while they grow.
const ENTRY: u64 = 48;
/// The keys that a namespace may have however small it is.
const LEAST_ENTRIES: u64 = 1_000;
/// A segment is compacted once so many hundredths of it are dead: so much more than what lives is
/// taken of the disk.
const DEAD_PERCENT: u8 = 10;
/// How much of the disk stays free, for compaction to go on when it is full.
const RESERVE: &str = "1GiB";
const FILES: u64 = 65_536;
/// The most that is kept of what a server says.
const LONGEST_LOG: u64 = 4 << 20;
/// The users of servers: above those of containers.
const FIRST_USER: u32 = 4_000_000_000;
const USERS: u32 = 200_000_000;

/// A server, which may run.
#[derive(Debug)]
pub(super) struct Server {
	pub(super) disk: Disk,
	pub(super) places: Places,
	program: PathBuf,
	group: String,
	user: u32,
	settings: DiskSettings,
	/// What this agent started. Held while it is found out whether one is to be started.
	child: Mutex<Option<Child>>,
}

impl Server {
	pub(super) fn open(
		disk: Disk,
		on: &DiskSettings,
		settings: &Settings,
	) -> Result<Self, ZdbError> {
		let group = settings.names.of_role(&format!("zdbs-{}", name(disk)));
		let now = Program::at(&settings.program)
			.map_err(|_| ZdbError::NoProgram(settings.program.clone()))?;
		let server = Self {
			disk,
			places: Places::of(disk, on, &settings.run),
			program: settings.program.clone(),
			user: user(&group),
			group,
			settings: on.clone(),
			child: Mutex::new(None),
		};
		server.places.make()?;
		if let Some(Serving { process, program }) = server.places.serving() {
			if process.is_alive() && program != now {
				log::warn!(
					"an older zdb serves on {}: 'kill {}' has the newer one serve, within seconds",
					name(disk),
					process.id
				);
			}
		}
		Ok(server)
	}

	/// How many keys a namespace of this size may have.
	pub(super) fn entries(&self, size: u64) -> u64 {
		// Half of the memory is for the index.
		let all = u128::from(self.settings.memory / 2 / ENTRY);
		let share = all * u128::from(size) / u128::from(self.settings.offered.max(1));
		u64::try_from(share).unwrap_or(u64::MAX).max(LEAST_ENTRIES)
	}

	/// Whether there is anything that only a server can tell.
	pub(super) fn has_data(&self) -> bool {
		files::names(&self.places.data).map_or(true, |names| !names.is_empty())
	}

	pub(super) fn connect(&self) -> Result<Control, ControlError> {
		Control::connect(&self.places.control, PATIENCE)
	}

	/// What a server says of namespaces, if it runs and answers.
	pub(super) fn ask(&self, prefix: &str) -> Option<(Vec<Found>, Option<String>)> {
		let answer = Control::connect(&self.places.control, GLANCE);
		match answer.and_then(|mut control| control.list(prefix)) {
			Ok(answer) => {
				self.shorten_log();
				Some(answer)
			},
			Err(ControlError::NotThere(_)) => None,
			Err(error) => {
				log::warn!("{error}");
				None
			},
		}
	}

	/// The server, started if it does not run.
	pub(super) fn reach(&self) -> Result<Control, ZdbError> {
		let mut child = self.child();
		match self.connect() {
			Err(ControlError::NotThere(_)) => {},
			other => return Ok(other?),
		}
		// Who was asked to end no longer listens, but still writes down what it has.
		if let Some(Serving { process, .. }) = self.places.serving() {
			if !process.wait(LONGEST_END) {
				return Err(ZdbError::StillEnding(process.id));
			}
		}
		if let Some(mut gone) = child.take() {
			match gone.try_wait() {
				Ok(Some(how)) => log::warn!("zdb on {} ended: {how}", name(self.disk)),
				other => log::error!("zdb on {} is gone: {other:?}", name(self.disk)),
			}
		}
		let started = child.insert(self.start()?);
		self.await_answer(started)
	}

	fn child(&self) -> MutexGuard<'_, Option<Child>> {
		self.child.lock().unwrap_or_else(PoisonError::into_inner)
	}

	fn start(&self) -> Result<Child, ZdbError> {
		let places = &self.places;
		places.make()?;
		files::make_folder(&places.data, 0o700)?;
		// Whoever was killed left it behind.
		files::remove_file(&places.control)?;
		let control = UnixListener::bind(&places.control).doing("listen at", &places.control)?;
		fs::set_permissions(&places.control, fs::Permissions::from_mode(0o600))
			.doing("set the mode of", &places.control)?;
		let errors = OpenOptions::new().append(true).create(true).mode(0o600).open(&places.log);
		let errors = errors.doing("write", &places.log)?;
		let memory = self.settings.memory;
		let mebi = |bytes: u64| format!("{}MiB", (bytes >> 20).max(1));
		let mut program = Command::new(&self.program);
		program
			.args(["serve", "--control", "-", "--log", "warn", "--reserve", RESERVE])
			.args(["--compaction", &DEAD_PERCENT.to_string()])
			.args(["--cache", &mebi(memory / 8), "--buffers", &mebi(memory / 8)])
			.args(["--user", &self.user.to_string()])
			.arg("--data")
			.arg(&places.data)
			.env_clear()
			.current_dir("/")
			.stdin(OwnedFd::from(control))
			.stdout(Stdio::null())
			.stderr(errors);
		// Not every agent may have more than it has itself.
		let files = getrlimit(Resource::Nofile).maximum.map_or(FILES, |most| most.min(FILES));
		// SAFETY: only calls of the kernel, which may be made between fork and exec.
		unsafe {
			program.pre_exec(move || Ok(leave_all(files)?));
		}
		let mut child = program.spawn().map_err(|source| HostError::NoProgram {
			program: self.program.display().to_string(),
			source,
		})?;
		let confined = self.settle(&child);
		if confined.is_err() {
			// What is not bounded is not to run.
			let _ = child.kill();
			let _ = child.wait();
		}
		confined?;
		log::info!("zdb on {} is process {}", name(self.disk), child.id());
		Ok(child)
	}

	/// Bounds a server that was just started, and writes down which it is.
	fn settle(&self, child: &Child) -> Result<(), HostError> {
		cgroups::confine(&self.group, child.id(), self.settings.memory)?;
		// It is not spared as the agent may be.
		let spared = format!("/proc/{}/oom_score_adj", child.id());
		fs::write(&spared, "0").doing("write", &spared)?;
		let process = i32::try_from(child.id()).ok().and_then(Process::begun);
		let program = Program::at(&self.program).doing("look at", &self.program)?;
		match process {
			Some(process) => self.places.write_serving(Serving { process, program }),
			// It has ended already, and whoever waits for its answer hears why.
			None => Ok(()),
		}
	}

	/// Waits until a server has read what it has.
	fn await_answer(&self, child: &mut Child) -> Result<Control, ZdbError> {
		let deadline = Instant::now() + LONGEST_START;
		loop {
			let answer = Control::connect(&self.places.control, GLANCE);
			match answer.and_then(|mut control| control.list("no such name")) {
				Ok(_) => return Ok(self.connect()?),
				Err(_) if self.has_ended(child) => {
					return Err(ZdbError::NotStarted { said: self.last_words() });
				},
				Err(error) if Instant::now() > deadline => return Err(error.into()),
				Err(_) => thread::sleep(PAUSE),
			}
		}
	}

	fn has_ended(&self, child: &mut Child) -> bool {
		!matches!(child.try_wait(), Ok(None))
	}

	/// The last line that a server said.
	fn last_words(&self) -> String {
		let text = fs::read_to_string(&self.places.log).unwrap_or_default();
		let line = text.lines().rfind(|line| !line.trim().is_empty());
		line.unwrap_or("it said nothing").trim_start_matches("zdb: ").to_owned()
	}

	/// Tenants can have a server say much: there is an end to it.
	fn shorten_log(&self) {
		let log = &self.places.log;
		if fs::metadata(log).is_ok_and(|file| file.len() > LONGEST_LOG) {
			if let Err(error) = OpenOptions::new().write(true).truncate(true).open(log) {
				log::warn!("{} cannot be emptied: {error}", log.display());
			}
		}
	}
}

/// What a server is not to have, before it is one: who its parent was, and a network.
fn leave_all(files: u64) -> Result<(), Errno> {
	setsid()?;
	let alone = UnshareFlags::NEWNET | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS;
	// SAFETY: files and their descriptors stay shared as they are.
	unsafe { unshare_unsafe(alone)? };
	let bound = |most| Rlimit { current: Some(most), maximum: Some(most) };
	setrlimit(Resource::Core, bound(0))?;
	setrlimit(Resource::Nofile, bound(files))?;
	setrlimit(Resource::Memlock, bound(0))
}

/// The user of a server: none of the machine's, and always the same.
fn user(group: &str) -> u32 {
	let hash = group
		.bytes()
		.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
	FIRST_USER + hash % USERS
}

impl Drop for Server {
	/// It goes on: an agent that comes back finds it.
	fn drop(&mut self) {
		if let Some(child) = self.child().take() {
			log::debug!("zdb on {} goes on as process {}", name(self.disk), child.id());
		}
	}
}
