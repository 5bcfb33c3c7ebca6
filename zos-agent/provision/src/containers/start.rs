//! Starting containers.

use super::{
	bundle::{config, BindAt, Limits, Program},
	places::{key_of, Places},
	records::Record,
	shim::{self, BindFrom, Report, Restart, Setup},
	ContainerError, OciContainers,
};
use crate::host::{
	files::{self, Keep, Lock},
	identities::Identities,
	Doing, HostError,
};
use grid_primitives::spec::{Delivery, LogTarget, RestartPolicy, Text};
use rustix::{
	event::{poll, PollFd, PollFlags, Timespec},
	fs::{mkfifoat, Mode, CWD},
};
use serde_json::Value;
use std::{
	fs::File,
	io::Read,
	os::fd::{AsFd, OwnedFd},
	process::{Command, Stdio},
	thread,
	time::{Duration, Instant},
};
use zos_core::ports::{ContainerOrder, ContainerState, OpenSecret};

/// How long the runtime may take to start a container.
const LONGEST_START: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(20);
/// Where programs are, if the image does not say.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl OciContainers {
	pub(super) fn do_start(&self, order: &ContainerOrder) -> Result<(), ContainerError> {
		let places = self.places(order.key);
		let deadline = Instant::now() + LONGEST_START;
		loop {
			let found = self.find(order.key)?;
			let same = found.fingerprint == Some(order.fingerprint);
			if same && found.state != ContainerState::Broken {
				return Ok(());
			}
			let lock_held = Lock::is_held(&places.lock())?;
			if !(same && lock_held) || Instant::now() > deadline {
				break;
			}
			// The shim of an agent that was killed is still starting it.
			thread::sleep(PAUSE);
		}
		self.clear(&places)?;
		let started = self.make(&places, order);
		if started.is_err() {
			self.clear(&places)?;
		}
		started
	}

	fn make(&self, places: &Places, order: &ContainerOrder) -> Result<(), ContainerError> {
		let program = arguments(order)?;
		let identities = self.record(places, order)?;
		files::make_folder(&places.run, 0o711)?;
		let lock = Lock::take(&places.lock())?
			.ok_or(ContainerError::StillThere { what: "its former shim" })?;
		let mut env = env(order)?;
		let mut binds = self.name_files(places, order)?;
		let volumes = order.binds.iter().enumerate().map(|(number, bind)| BindAt {
			from: shim::volume(number),
			to: bind.to.to_owned(),
			read_only: bind.read_only,
			programs: true,
		});
		binds.extend(volumes);
		let files = secrets(places, &order.secrets, &mut env)?;
		let secrets = files.len();
		binds.extend(files);
		for pipe in shim::PIPES {
			let path = places.run.join(pipe);
			mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).doing("make", &path)?;
		}
		let namespace = order.network.as_ref().map(|it| {
			it.namespace.to_str().ok_or(ContainerError::NotText { what: "a network namespace" })
		});
		let config = config(&Program {
			name: &places.name,
			hostname: order.key.name(),
			arguments: program,
			env,
			working_dir: order.image.config.working_dir.as_deref().unwrap_or("/"),
			identities,
			namespace: namespace.transpose()?,
			binds,
			limits: Limits {
				cpu: order.container.cpu,
				memory: order.container.memory,
				counts_swap: self.counts_swap,
				pids: self.settings.pids,
				files: self.files,
			},
		});
		let setup = self.setup(places, order, identities, secrets, config);
		files::write_record(&places.setup(), &setup, 0o600, Keep::UntilReboot)?;
		self.spawn(places, &lock)
	}

	/// Writes what the container is, and chooses its user ids.
	fn record(
		&self,
		places: &Places,
		order: &ContainerOrder,
	) -> Result<Option<Identities>, ContainerError> {
		let _choosing = self.choosing.lock().unwrap_or_else(|broken| broken.into_inner());
		let before: Option<Record> = self.read_record(places)?;
		let identities = match before.and_then(|record| record.identities) {
			_ if !self.has_identities => None,
			Some(own) => Some(own),
			None => {
				let taken = self.taken_identities()?;
				let chosen = Identities::choose(&places.name, &taken);
				Some(chosen.ok_or(ContainerError::NoIdentities)?)
			},
		};
		files::make_folder(&places.kept, 0o700)?;
		files::remove_file(&places.ended())?;
		let record = Record {
			fingerprint: order.fingerprint.to_string(),
			image: order.image.digest,
			identities,
		};
		// Without it a container is found all the same, and made anew: nothing waits for the disk.
		files::write_record(&places.record(), &record, 0o600, Keep::UntilReboot)?;
		Ok(identities)
	}

	fn taken_identities(&self) -> Result<Vec<Identities>, HostError> {
		let mut taken = Vec::new();
		for key in files::names(&self.settings.state)?.iter().filter_map(|name| key_of(name)) {
			taken.extend(self.read_record(&self.places(&key))?.and_then(|it| it.identities));
		}
		Ok(taken)
	}

	fn setup(
		&self,
		places: &Places,
		order: &ContainerOrder,
		identities: Option<Identities>,
		secrets: usize,
		config: Value,
	) -> Setup {
		let settings = &self.settings;
		let binds = order.binds.iter();
		Setup {
			name: places.name.clone(),
			shims: format!("{}shims", settings.names.prefix()),
			runtime: settings.runtime.clone(),
			kept: places.kept.clone(),
			root: order.container.root,
			blanks: settings.run.join("blanks"),
			layers: order.image.layers.clone(),
			identities,
			binds: binds
				.map(|bind| BindFrom { from: bind.from.clone(), read_only: bind.read_only })
				.collect(),
			secrets,
			user: order.image.config.user.clone().unwrap_or_default(),
			namespace: order.network.as_ref().map(|it| it.namespace.clone()),
			config,
			log: match order.container.log {
				LogTarget::Discard => None,
				LogTarget::Node(bytes) => Some(bytes.into()),
			},
			restart: match order.container.restart {
				RestartPolicy::Always => Restart::Always,
				RestartPolicy::OnFailure(times) => Restart::OnFailure(times),
				RestartPolicy::Never => Restart::Never,
			},
			backoff: settings.backoff,
			grace: settings.grace,
		}
	}

	/// The files by which a container knows its name and finds others.
	fn name_files(
		&self,
		places: &Places,
		order: &ContainerOrder,
	) -> Result<Vec<BindAt>, ContainerError> {
		let name = order.key.name();
		let hosts = format!("127.0.0.1\tlocalhost {name}\n::1\tlocalhost ip6-localhost {name}\n");
		let resolvers = order.network.iter().flat_map(|it| match it.resolvers.as_slice() {
			[] => self.settings.resolvers.iter(),
			own => own.iter(),
		});
		let mut resolvers: String = resolvers.map(|it| format!("nameserver {it}\n")).collect();
		let search = order.network.iter().flat_map(|it| &it.search);
		resolvers.extend(search.map(|it| format!("search {it}\n")));
		let all = [("hostname", format!("{name}\n")), ("hosts", hosts), ("resolv.conf", resolvers)];
		let mut binds = Vec::new();
		for (file, text) in all {
			files::write(&places.run.join(file), text.as_bytes(), 0o644, Keep::UntilReboot)?;
			// Were they writable, a container could fill the machine's memory.
			binds.push(BindAt {
				from: file.to_owned(),
				to: format!("/etc/{file}"),
				read_only: true,
				programs: false,
			});
		}
		Ok(binds)
	}

	/// Starts the shim, which inherits the lock, and waits until it says what became of it.
	pub(super) fn spawn(&self, places: &Places, lock: &Lock) -> Result<(), ContainerError> {
		let held = lock.file().try_clone().doing("share the lock of", &places.run)?;
		let complaints = places.complaints();
		let errors = File::create(&complaints).doing("write", &complaints)?;
		let shim = &self.settings.shim;
		let mut program = Command::new(&shim.program);
		program
			.args(&shim.arguments)
			.arg(&places.run)
			.env_clear()
			.envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
			// It holds the lock for as long as it lives.
			.stdin(held)
			.stdout(Stdio::piped())
			.stderr(errors);
		let mut child = program.spawn().map_err(|source| HostError::NoProgram {
			program: shim.program.display().to_string(),
			source,
		})?;
		let said = child.stdout.take().map(|out| read_all(&mut File::from(OwnedFd::from(out))));
		child.wait().doing("wait for", &shim.program)?;
		match said.and_then(|said| serde_json::from_slice(&said).ok()) {
			Some(Report::Started) => Ok(()),
			Some(Report::Failed(failure)) => Err(ContainerError::NotStarted(failure)),
			None => {
				let said = std::fs::read_to_string(&complaints).unwrap_or_default();
				Err(ContainerError::ShimGone { said: said.trim().to_owned() })
			},
		}
	}
}

/// Reads to the end, but not for ever.
fn read_all(from: &mut File) -> Vec<u8> {
	let deadline = Instant::now() + LONGEST_START;
	let mut all = Vec::new();
	let mut buffer = [0; 4_096];
	loop {
		let left = deadline.saturating_duration_since(Instant::now());
		let timeout = Timespec {
			tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX),
			tv_nsec: left.subsec_nanos().into(),
		};
		let mut polled = [PollFd::from_borrowed_fd(from.as_fd(), PollFlags::IN)];
		match poll(&mut polled, Some(&timeout)) {
			Err(rustix::io::Errno::INTR) => continue,
			Ok(ready) if ready > 0 => {},
			_ => return all,
		}
		match from.read(&mut buffer) {
			Ok(0) | Err(_) => return all,
			Ok(length) => all.extend(&buffer[..length]),
		}
	}
}

/// What is run: what the spec says, else what the image does. As everywhere, what an image tells
/// its own program is not told to another.
fn arguments(order: &ContainerOrder) -> Result<Vec<String>, ContainerError> {
	let (container, image) = (order.container, &order.image.config);
	let texts = |list: &[Text<1024>]| {
		list.iter().map(|it| text(it, "an argument")).collect::<Result<Vec<_>, _>>()
	};
	let own = texts(&container.command)?;
	let told = texts(&container.args)?;
	let mut all = if own.is_empty() { image.entrypoint.clone() } else { own };
	if !told.is_empty() {
		all.extend(told);
	} else if container.command.is_empty() {
		all.extend(image.cmd.iter().cloned());
	}
	if all.is_empty() {
		return Err(ContainerError::NothingToRun);
	}
	if order.image.layers.is_empty() {
		return Err(ContainerError::NoLayers);
	}
	Ok(all)
}

/// The environment: what the spec says comes after what the image does, and counts.
fn env(order: &ContainerOrder) -> Result<Vec<String>, ContainerError> {
	let mut env = vec![PATH.to_owned()];
	env.extend(order.image.config.env.iter().cloned());
	for variable in &order.container.env {
		let name = text(&variable.name, "a variable")?;
		env.push(format!("{name}={}", text(&variable.value, "a variable")?));
	}
	Ok(env)
}

/// Puts secrets into the environment, or into files in memory.
fn secrets(
	places: &Places,
	secrets: &[OpenSecret],
	env: &mut Vec<String>,
) -> Result<Vec<BindAt>, ContainerError> {
	let mut binds = Vec::new();
	files::make_folder(&places.run.join("secrets"), 0o711)?;
	for secret in secrets {
		match secret.delivery {
			Delivery::Variable(name) => {
				let name = text(name, "a secret's name")?;
				let value = std::str::from_utf8(&secret.plain);
				match value {
					Ok(value) if !value.contains('\0') => env.push(format!("{name}={value}")),
					_ => return Err(ContainerError::SecretNotText { variable: name }),
				}
			},
			Delivery::File(path) => {
				let from = shim::secret(binds.len());
				let file = places.run.join(&from);
				files::write(&file, &secret.plain, 0o400, Keep::UntilReboot)?;
				let to = text(path, "a secret's path")?;
				binds.push(BindAt { from, to, read_only: true, programs: false });
			},
		}
	}
	Ok(binds)
}

fn text<const MOST: u32>(text: &Text<MOST>, what: &'static str) -> Result<String, ContainerError> {
	text.as_str().map(str::to_owned).ok_or(ContainerError::NotText { what })
}
