//! A machine with an agent that can be killed and come back, and whatever it needs to clean up.

use grid_primitives::spec::{
	Container, Delivery, Disk, Image, LogTarget, Mount, RestartPolicy, Secret, Variable, Volume,
};
use std::{
	fs,
	hash::{Hash, Hasher},
	os::unix::fs::{symlink, PermissionsExt},
	path::{Path, PathBuf},
	process::Command,
	sync::OnceLock,
	thread,
	time::{Duration, Instant},
};
use tempfile::TempDir;
use zos_core::{
	ports::{
		Attached, Bind, ContainerFound, ContainerOrder, ContainerState, Containers, Exit,
		ImageConfig, LogFrom, LogLine, LogStream, OpenSecret, PortError, Unpacked, Volumes,
	},
	Fingerprint, HostNames, Key,
};
use zos_provision::{
	containers::{Backoff, OciContainers, Settings, ShimProgram},
	host::{cgroups, loops, mounts},
	volumes::{self, LoopVolumes},
};

pub(crate) const MIB: u64 = 1 << 20;

/// A machine with one agent.
pub(crate) struct World {
	pub(crate) names: HostNames,
	state: TempDir,
	run: TempDir,
	pub(crate) containers: OciContainers,
	pub(crate) volumes: LoopVolumes,
}

impl World {
	pub(crate) fn new() -> Self {
		let state = tempfile::Builder::new().prefix("zos-state-").tempdir().expect("a folder");
		let run = tempfile::Builder::new().prefix("zos-run-").tempdir().expect("a folder");
		let names = HostNames::of(&rand::random::<[u8; 32]>());
		fs::set_permissions(run.path(), fs::Permissions::from_mode(0o711)).expect("our folder");
		let (containers, volumes) = begin(&names, state.path(), run.path());
		Self { names, state, run, containers, volumes }
	}

	/// The agent is killed, and another begins that knows nothing of it.
	pub(crate) fn agent_comes_back(&mut self) {
		(self.containers, self.volumes) = begin(&self.names, self.state.path(), self.run.path());
	}

	/// The machine starts again: all that is not on a disk is gone.
	pub(crate) fn reboots(&mut self) {
		for shim in self.shims() {
			kill(shim);
		}
		for name in cgroups::find(self.names.prefix()).expect("cgroups") {
			cgroups::remove(&name).expect("killed");
		}
		for folder in [self.run.path(), self.state.path()] {
			for mount in mounts::beneath(folder).expect("mounts") {
				mounts::detach(&mount.at).expect("unmounted");
			}
		}
		eventually("the loop devices go away", || self.loops().is_empty());
		self.agent_comes_back();
	}

	pub(crate) fn state(&self) -> &Path {
		self.state.path()
	}

	pub(crate) fn run(&self) -> &Path {
		self.run.path()
	}

	/// The run folder of a container.
	pub(crate) fn run_of(&self, key: &Key) -> PathBuf {
		self.run.path().join(format!("{}-{}", key.contract, key.name()))
	}

	/// The numbers of the shims of this agent.
	pub(crate) fn shims(&self) -> Vec<i32> {
		let group = format!("{}shims", self.names.prefix());
		cgroups::processes(&group).expect("cgroups").into_iter().collect()
	}

	pub(crate) fn loops(&self) -> Vec<loops::Attached> {
		let mut all = loops::list().expect("loop devices");
		all.retain(|device| device.file.starts_with(self.state.path()));
		all
	}

	pub(crate) fn start(&self, container: &Made) -> Result<(), PortError> {
		container.start(&self.containers)
	}

	pub(crate) fn found(&self, key: &Key) -> Option<ContainerFound> {
		let all = self.containers.list().expect("containers are listed");
		all.into_iter().find(|found| found.key == *key)
	}

	pub(crate) fn state_of(&self, key: &Key) -> Option<ContainerState> {
		self.found(key).map(|found| found.state)
	}

	pub(crate) fn runs(&self, key: &Key) -> bool {
		matches!(self.state_of(key), Some(ContainerState::Running { .. }))
	}

	/// Waits until a container ended for good.
	pub(crate) fn end_of(&self, key: &Key) -> Exit {
		let mut last = None;
		eventually("the container ends", || {
			last = match self.state_of(key) {
				Some(ContainerState::Ended(exit)) => Some(exit),
				_ => None,
			};
			last.is_some()
		});
		last.expect("it ended")
	}

	/// What a container printed, both streams, a line each.
	pub(crate) fn printed(&self, key: &Key) -> Vec<String> {
		self.lines(key).into_iter().map(|line| line.text).collect()
	}

	/// What a container complained about.
	pub(crate) fn complaints(&self, key: &Key) -> Vec<String> {
		let errors = self.lines(key).into_iter().filter(|line| line.stream == LogStream::Error);
		errors.map(|line| line.text).collect()
	}

	fn lines(&self, key: &Key) -> Vec<LogLine> {
		let all = LogFrom::Last { lines: 10_000, since: 0 };
		let page = self.containers.logs(key, all, 10_000).expect("logs are read");
		page.map_or(Vec::new(), |page| page.lines)
	}

	/// Runs a script to its end, and gives what it printed.
	pub(crate) fn script(&self, name: &str, text: &str) -> Vec<String> {
		// A text that is too long for an argument can be a file.
		let file = Delivery::File("/script".try_into().expect("short"));
		let made = Made::shell(name, ". /script").secret(file, text.as_bytes());
		self.start(&made).expect("it starts");
		self.end_of(&made.key);
		let printed = self.printed(&made.key);
		self.containers.remove(&made.key).expect("it is removed");
		printed
	}

	/// The process of a container, as the machine numbers it.
	pub(crate) fn process(&self, key: &Key) -> i32 {
		let processes = cgroups::processes(&self.names.of_workload(key)).expect("cgroups");
		*processes.first().expect("it runs")
	}

	pub(crate) fn volume(&self, name: &str, size: u64) -> PathBuf {
		let volume = Volume { size, disk: Disk::Ssd };
		self.volumes.make(&key(name), &volume).expect("a volume")
	}

	/// Nothing of ours is on the machine, but for what a shim of nobody takes.
	pub(crate) fn assert_nothing_left(&self) {
		assert_eq!(self.containers.list().expect("listed"), []);
		assert_eq!(self.volumes.list().expect("listed"), []);
		// They let go of everything a moment before the kernel forgets them.
		eventually("no shim is left", || self.shims().is_empty());
		eventually("no loop device is left", || self.loops().is_empty());
		let mut groups = cgroups::find(self.names.prefix()).expect("cgroups");
		groups.remove(&format!("{}shims", self.names.prefix()));
		assert!(groups.is_empty(), "{groups:?}");
		let beneath = mounts::beneath(self.run.path()).expect("mounts");
		assert_eq!(beneath.len(), 1, "only the run folder itself: {beneath:?}");
		let files = |folder: &Path| fs::read_dir(folder).expect("a folder").count();
		// What all containers share is little: see `blank`.
		let shared = usize::from(self.run.path().join("blanks").exists());
		assert_eq!(files(self.run.path()), shared);
		assert_eq!(files(&self.state.path().join("containers")), 0);
		assert_eq!(files(&self.state.path().join("volumes")), 0);
	}
}

impl Drop for World {
	fn drop(&mut self) {
		for found in self.containers.list().into_iter().flatten() {
			let _ = self.containers.remove(&found.key);
		}
		for shim in self.shims() {
			kill(shim);
		}
		for name in cgroups::find(self.names.prefix()).into_iter().flatten() {
			let _ = cgroups::remove(&name);
		}
		for found in self.volumes.list().into_iter().flatten() {
			let _ = self.volumes.remove(&found.key);
		}
		let _ = mounts::detach(self.run.path());
	}
}

fn begin(names: &HostNames, state: &Path, run: &Path) -> (OciContainers, LoopVolumes) {
	let shim = env!("CARGO_BIN_EXE_zos-shim").into();
	let shim = ShimProgram { program: shim, arguments: Vec::new() };
	let mut settings = Settings::new(names.clone(), state, run, shim);
	settings.grace = Duration::from_millis(300);
	settings.backoff = Backoff {
		first: Duration::from_millis(20),
		longest: Duration::from_millis(200),
		settled: Duration::from_secs(5),
	};
	settings.pids = 64;
	let volumes = volumes::Settings { ssd: Some(state.join("volumes")), hdd: None };
	(
		OciContainers::open(settings).expect("containers can be had"),
		LoopVolumes::open(volumes).expect("volumes can be had"),
	)
}

/// What is to be started.
pub(crate) struct Made {
	pub(crate) key: Key,
	pub(crate) container: Container,
	pub(crate) image: Unpacked,
	pub(crate) secrets: Vec<(Delivery, Vec<u8>)>,
	pub(crate) binds: Vec<(PathBuf, String, bool)>,
	pub(crate) namespace: Option<PathBuf>,
}

impl Made {
	/// A shell that runs a text and is not started again.
	pub(crate) fn shell(name: &str, text: &str) -> Self {
		let command = ["/bin/sh", "-c", text];
		let texts = command.map(|text| text.try_into().expect("short"));
		let container = Container {
			image: Image { reference: "test/image".try_into().expect("short"), digest: [7; 32] },
			signer: None,
			cpu: 1_000,
			memory: 64 * MIB,
			root: 16 * MIB,
			command: texts.to_vec().try_into().expect("few"),
			args: Default::default(),
			env: Default::default(),
			secrets: Default::default(),
			mounts: Default::default(),
			networks: Default::default(),
			restart: RestartPolicy::Never,
			log: LogTarget::Node(1 << 20),
		};
		let image = Unpacked {
			digest: [7; 32],
			layers: vec![layer().to_owned()],
			config: ImageConfig::default(),
		};
		let (secrets, binds) = (Vec::new(), Vec::new());
		Self { key: key(name), container, image, secrets, binds, namespace: None }
	}

	/// One that runs until it is stopped.
	pub(crate) fn sleeper(name: &str) -> Self {
		Self::shell(name, "trap exit TERM; echo begun; sleep 1000 & wait")
	}

	pub(crate) fn restart(mut self, policy: RestartPolicy) -> Self {
		self.container.restart = policy;
		self
	}

	pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
		let name = name.try_into().expect("short");
		let value = value.try_into().expect("short");
		self.container.env.try_push(Variable { name, value }).expect("few");
		self
	}

	pub(crate) fn secret(mut self, delivery: Delivery, plain: &[u8]) -> Self {
		let secret = Secret { delivery: delivery.clone(), sealed: Default::default() };
		self.container.secrets.try_push(secret).expect("few");
		self.secrets.push((delivery, plain.to_vec()));
		self
	}

	pub(crate) fn bind(mut self, from: &Path, to: &str, read_only: bool) -> Self {
		let volume = "volume".try_into().expect("short");
		let path = to.try_into().expect("short");
		self.container.mounts.try_push(Mount { volume, path, read_only }).expect("few");
		self.binds.push((from.to_owned(), to.to_owned(), read_only));
		self
	}

	pub(crate) fn fingerprint(&self) -> Fingerprint {
		Fingerprint::of(&grid_primitives::spec::Kind::Container(self.container.clone()))
	}

	pub(crate) fn start(&self, containers: &OciContainers) -> Result<(), PortError> {
		containers.start(&ContainerOrder {
			key: &self.key,
			fingerprint: self.fingerprint(),
			container: &self.container,
			image: &self.image,
			secrets: self
				.secrets
				.iter()
				.map(|(delivery, plain)| OpenSecret { delivery, plain: plain.clone().into() })
				.collect(),
			binds: self
				.binds
				.iter()
				.map(|(from, to, read_only)| Bind { from: from.clone(), to, read_only: *read_only })
				.collect(),
			network: self
				.namespace
				.clone()
				.map(|namespace| Attached { namespace, ..Attached::default() }),
		})
	}
}

pub(crate) fn key(name: &str) -> Key {
	Key::new(7, name).expect("a name")
}

/// Waits until something is so, and fails if it never is.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
	let deadline = Instant::now() + Duration::from_secs(60);
	while !is_so() {
		assert!(Instant::now() < deadline, "{what}: not within a minute");
		thread::sleep(Duration::from_millis(10));
	}
}

pub(crate) fn kill(id: i32) {
	let id = rustix::process::Pid::from_raw(id).expect("a process");
	let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
}

/// The layer of an image with a shell, the usual tools, and a program that tries to escape. It is
/// made once for all tests, and read by all their containers.
pub(crate) fn layer() -> &'static Path {
	static LAYER: OnceLock<PathBuf> = OnceLock::new();
	LAYER.get_or_init(|| {
		let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
		let layer = target.join(format!("layer-{:016x}", hash_of([PROBE, RECIPE, "/bin/busybox"])));
		// One test makes it, while the others wait.
		let lock =
			fs::File::create(layer.with_extension("lock")).expect("the target folder is ours");
		lock.lock().expect("the target folder knows locks");
		if layer.exists() {
			return layer;
		}
		let fresh = layer.with_extension("fresh");
		// By one that was killed.
		let _ = fs::remove_dir_all(&fresh);
		for folder in ["bin", "dev", "etc", "home", "proc", "sys", "tmp"] {
			fs::create_dir_all(fresh.join(folder)).expect("a folder");
		}
		fs::copy("/bin/busybox", fresh.join("bin/busybox")).expect("busybox-static is installed");
		let list = Command::new("/bin/busybox").arg("--list").output().expect("busybox");
		for applet in String::from_utf8_lossy(&list.stdout).lines().filter(|it| *it != "busybox") {
			symlink("busybox", fresh.join("bin").join(applet)).expect("a link");
		}
		let passwd = "root:x:0:0::/root:/bin/sh\nweb:x:33:34::/home:/bin/sh\n";
		fs::write(fresh.join("etc/passwd"), passwd).expect("a file");
		fs::write(fresh.join("etc/group"), "root:x:0:\nweb:x:34:\nlogs:x:40:web\n")
			.expect("a file");
		let probe = fresh.join("bin/probe");
		let built =
			Command::new("cc").args(["-static", "-O1", "-o"]).arg(&probe).arg(PROBE).status();
		assert!(built.expect("a C compiler is installed").success());
		fs::set_permissions(fresh.join("tmp"), fs::Permissions::from_mode(0o1777)).expect("ours");
		fs::rename(&fresh, &layer).expect("nobody else makes it");
		layer
	})
}

/// The source of the program that tries to escape. Tests are run in the folder of their package.
const PROBE: &str = "tests/machine/probe.c";

/// How all of it is put together.
const RECIPE: &str = "tests/machine/world.rs";

/// What is in these files, in short.
fn hash_of<const COUNT: usize>(files: [&str; COUNT]) -> u64 {
	let mut hasher = std::hash::DefaultHasher::new();
	for file in files {
		fs::read(file).expect("it is there").hash(&mut hasher);
	}
	hasher.finish()
}
