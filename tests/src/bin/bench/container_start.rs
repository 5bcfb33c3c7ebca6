//! How long it takes to start a container through the port, beside the bare runtime with the same
//! bundle. Both take turns.

use anyhow::{bail, Result};
use grid_benchmarks::quantile;
use grid_primitives::{
	capacity::bytes::{GIB, MIB},
	spec::{Container, Image, Kind},
};
use grid_stories::specs::{container_with, text};
use serde_json::{json, Value};
use std::{
	fs,
	os::unix::fs::{lchown, PermissionsExt},
	path::{Path, PathBuf},
	process::{Command, Stdio},
	thread::sleep,
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
use zos_testing::busybox_root;

const ROUNDS: u32 = 100;
/// Until the kernel is done with what was removed: neither is to pay for the other.
const PAUSE: Duration = Duration::from_millis(60);
const BARE: &str = "grid-bench-bare";

pub(crate) fn run() {
	measure().expect("the machine can run containers, and nobody else uses it");
}

fn measure() -> Result<()> {
	let folder = Folder::new()?;
	let layer = folder.0.join("layer");
	busybox_root(&layer);
	let port = Port::new(&folder.0, &layer)?;
	let bare = Bare::new(&folder.0, &layer, &port)?;
	let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
	for _ in 0..ROUNDS {
		let own = port.start()?;
		port.remove()?;
		let its = bare.start()?;
		bare.remove()?;
		ratios.push(own / its);
		ours.push(own);
		theirs.push(its);
	}
	for (who, times) in [("the agent", &ours), ("the runtime", &theirs)] {
		let [half, most] = [0.5, 0.9].map(|share| quantile(times, share) * 1_000.0);
		println!("{who}: {half:.1} ms, {most:.1} ms nine times in ten");
	}
	println!("both in turn: {:.2} times", quantile(&ratios, 0.5));
	let ratio = quantile(&ours, 0.5) / quantile(&theirs, 0.5);
	println!("container-start: {ratio:.2} times the bare runtime (bar: ≤ 1.3)");
	Ok(())
}

/// How the things of the benchmark are called on the machine.
fn names() -> HostNames {
	HostNames::of(&[0xbe; 32])
}

/// A folder that is gone at the end.
struct Folder(PathBuf);

impl Folder {
	fn new() -> Result<Self> {
		let path = std::env::temp_dir().join(format!("grid-bench-{}", std::process::id()));
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
		let shim = std::env::current_exe()?.with_file_name("zos-shim");
		let shim = ShimProgram { program: shim, arguments: Vec::new() };
		let run = folder.join("run");
		let mut settings = Settings::new(names(), &folder.join("state"), &run, shim);
		// Whoever is asked to end here ignores it.
		settings.grace = Duration::ZERO;
		let digest = [1; 32];
		let image = Image { reference: text("bench/start"), digest };
		let workload = container_with("bench", &image, |it| {
			it.root = GIB;
			it.memory = 64 * MIB;
			it.cpu = 1_000;
			let words = ["/bin/sleep", "1000"].map(text).to_vec();
			it.command = words.try_into().expect("two");
		});
		let Kind::Container(container) = workload.kind else { bail!("it is a container") };
		Ok(Self {
			containers: OciContainers::open(settings)?,
			key: Key::new(1, "bench")?,
			container,
			image: Unpacked {
				digest,
				layers: vec![layer.to_owned()],
				config: ImageConfig::default(),
			},
			run: run.join("1-bench"),
		})
	}

	fn start(&self) -> Result<f64> {
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
		Ok(begun.elapsed().as_secs_f64())
	}

	fn remove(&self) -> Result<()> {
		self.containers.remove(&self.key)?;
		sleep(PAUSE);
		Ok(())
	}
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

	fn start(&self) -> Result<f64> {
		let begun = Instant::now();
		let started = self
			.runtime()
			.args(["run", "--detach", "--bundle", ".", "--pid-file", "number", BARE])
			.status()?;
		if !started.success() {
			bail!("the runtime failed: {started}");
		}
		Ok(begun.elapsed().as_secs_f64())
	}

	fn remove(&self) -> Result<()> {
		let removed = self.runtime().args(["delete", "--force", BARE]).status()?;
		if !removed.success() {
			bail!("the runtime failed: {removed}");
		}
		sleep(PAUSE);
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
