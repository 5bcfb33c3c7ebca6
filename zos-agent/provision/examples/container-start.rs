//! How long it takes to start a container through the port, beside the bare runtime with the same
//! bundle: `container-start [ROUNDS]`, as root, with `zos-shim` built, runc and a static busybox.
//!
//! Both take turns. Prints the medians in milliseconds, and what one is of the other.

use anyhow::{bail, Context, Result};
use grid_primitives::spec::{Container, Image, Kind, LogTarget, RestartPolicy};
use serde_json::{json, Value};
use std::{
	fs,
	os::unix::fs::{lchown, symlink, PermissionsExt},
	path::{Path, PathBuf},
	process::{Command, Stdio},
	time::{Duration, Instant},
};
use zos_core::{
	ports::{ContainerOrder, Containers, ImageConfig, Unpacked},
	Fingerprint, HostNames, Key,
};
use zos_provision::{
	containers::{OciContainers, Settings, ShimProgram},
	host::{cgroups, mounts},
};

const MIB: u64 = 1 << 20;
const BARE: &str = "zos-bench-bare";

fn main() -> Result<()> {
	let rounds = match std::env::args().nth(1) {
		Some(text) => text.parse().context("the argument is a number of rounds")?,
		None => 50,
	};
	let folder = Folder::new()?;
	let layer = folder.0.join("layer");
	busybox(&layer)?;
	let port = Port::new(&folder.0, &layer)?;
	let bare = Bare::new(&folder.0, &layer, &port)?;
	let (mut ours, mut theirs) = (Vec::new(), Vec::new());
	for _ in 0..rounds {
		ours.push(port.start()?);
		port.remove()?;
		theirs.push(bare.start()?);
		bare.remove()?;
	}
	let (ours, theirs) = (median(ours)?, median(theirs)?);
	println!(
		"container-start: {rounds} rounds, medians: port {ours:.1} ms, runtime {theirs:.1} ms"
	);
	println!("container-start: ratio {:.2}", ours / theirs);
	Ok(())
}

/// How the things of the benchmark are called on the machine.
fn names() -> HostNames {
	HostNames::of(&[0xbe; 32])
}

fn median(mut times: Vec<Duration>) -> Result<f64> {
	times.sort();
	let middle = times.get(times.len() / 2).context("there is at least one round")?;
	Ok(middle.as_secs_f64() * 1_000.0)
}

/// A folder that is gone at the end.
struct Folder(PathBuf);

impl Folder {
	fn new() -> Result<Self> {
		let path = std::env::temp_dir().join(format!("zos-bench-{}", std::process::id()));
		fs::create_dir(&path)?;
		fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
		Ok(Self(path))
	}
}

impl Drop for Folder {
	fn drop(&mut self) {
		if let Err(error) = cgroups::remove(&format!("{}shims", names().prefix())) {
			eprintln!("{error}");
		}
		let mounted = mounts::beneath(&self.0).unwrap_or_default();
		let gone = mounted.iter().all(|mount| mounts::detach(&mount.at).is_ok());
		if !gone || fs::remove_dir_all(&self.0).is_err() {
			eprintln!("{} could not be removed", self.0.display());
		}
	}
}

fn busybox(layer: &Path) -> Result<()> {
	for folder in ["bin", "dev", "etc", "proc", "sys"] {
		fs::create_dir_all(layer.join(folder))?;
	}
	fs::copy("/bin/busybox", layer.join("bin/busybox")).context("is busybox-static installed?")?;
	symlink("busybox", layer.join("bin/sleep"))?;
	Ok(())
}

/// Containers as the agent starts them.
struct Port {
	containers: OciContainers,
	key: Key,
	container: Container,
	image: Unpacked,
	run: PathBuf,
}

impl Port {
	fn new(folder: &Path, layer: &Path) -> Result<Self> {
		let own = std::env::current_exe()?;
		let built = own.parent().and_then(Path::parent).context("a folder of what was built")?;
		let shim = built.join("zos-shim");
		let shim = ShimProgram { program: shim, arguments: Vec::new() };
		let run = folder.join("run");
		let settings = Settings::new(names(), &folder.join("state"), &run, shim);
		let texts = ["/bin/sleep", "1000"].map(TryInto::try_into).map(Result::ok);
		let texts: Option<Vec<_>> = texts.into_iter().collect();
		let command = texts.and_then(|texts| texts.try_into().ok()).context("short texts")?;
		let digest = [1; 32];
		let reference = "bench/start".try_into().ok().context("a short text")?;
		Ok(Self {
			containers: OciContainers::open(settings)?,
			key: Key::new(1, "bench")?,
			container: Container {
				image: Image { reference, digest },
				signer: None,
				cpu: 1_000,
				memory: 64 * MIB,
				root: 1_024 * MIB,
				command,
				args: Default::default(),
				env: Default::default(),
				secrets: Default::default(),
				mounts: Default::default(),
				networks: Default::default(),
				restart: RestartPolicy::Never,
				log: LogTarget::Node(1 << 20),
			},
			image: Unpacked {
				digest,
				layers: vec![layer.to_owned()],
				config: ImageConfig::default(),
			},
			run: run.join("1-bench"),
		})
	}

	fn start(&self) -> Result<Duration> {
		let begun = Instant::now();
		self.containers.start(&ContainerOrder {
			key: &self.key,
			fingerprint: Fingerprint::of(&Kind::Container(self.container.clone())),
			container: &self.container,
			image: &self.image,
			secrets: Vec::new(),
			binds: Vec::new(),
			network: None,
		})?;
		Ok(begun.elapsed())
	}

	fn remove(&self) -> Result<()> {
		// It ignores that it is asked to end, so it is made to.
		kill(&self.run.join("number"))?;
		Ok(self.containers.remove(&self.key)?)
	}
}

fn kill(number: &Path) -> Result<()> {
	let number: i32 = fs::read_to_string(number)?.trim().parse()?;
	let process = rustix::process::Pid::from_raw(number).context("a process")?;
	Ok(rustix::process::kill_process(process, rustix::process::Signal::KILL)?)
}

/// The same bundle, on a root that is there already, started by the runtime alone.
struct Bare {
	bundle: PathBuf,
}

impl Bare {
	fn new(folder: &Path, layer: &Path, port: &Port) -> Result<Self> {
		port.start()?;
		let text = fs::read(port.run.join("config.json"))?;
		let mut config: Value = serde_json::from_slice(&text)?;
		let bundle = folder.join("bundle");
		fs::create_dir(&bundle)?;
		for file in ["hostname", "hosts", "resolv.conf"] {
			fs::copy(port.run.join(file), bundle.join(file))?;
		}
		port.remove()?;
		config["linux"]["cgroupsPath"] = json!(format!("/{BARE}"));
		fs::write(bundle.join("config.json"), serde_json::to_vec(&config)?)?;
		let copied = Command::new("cp").arg("-a").arg(layer).arg(bundle.join("root")).status()?;
		if !copied.success() {
			bail!("cp failed: {copied}");
		}
		let root = config["linux"]["uidMappings"][0]["hostID"].as_u64();
		if let Some(root) = root.and_then(|root| u32::try_from(root).ok()) {
			own(&bundle.join("root"), root)?;
		}
		Ok(Self { bundle })
	}

	fn runtime(&self) -> Command {
		let mut program = Command::new("runc");
		let null = [Stdio::null(), Stdio::null()];
		let [out, error] = null;
		program.current_dir(&self.bundle).args(["--root", "runtime"]);
		program.stdin(Stdio::null()).stdout(out).stderr(error);
		program
	}

	fn start(&self) -> Result<Duration> {
		let begun = Instant::now();
		let started = self
			.runtime()
			.args(["run", "--detach", "--bundle", ".", "--pid-file", "number", BARE])
			.status()?;
		if !started.success() {
			bail!("the runtime failed: {started}");
		}
		Ok(begun.elapsed())
	}

	fn remove(&self) -> Result<()> {
		let removed = self.runtime().args(["delete", "--force", BARE]).status()?;
		if !removed.success() {
			bail!("the runtime failed: {removed}");
		}
		Ok(())
	}
}

/// Gives a tree to somebody.
fn own(path: &Path, user: u32) -> Result<()> {
	lchown(path, Some(user), Some(user))?;
	if fs::symlink_metadata(path)?.is_dir() {
		for entry in fs::read_dir(path)? {
			own(&entry?.path(), user)?;
		}
	}
	Ok(())
}
