use crate::{eventually, host::enter, traces::Traces, Chain, Host, Node, Person, Spec};
use grid_primitives::{capacity::bytes::GIB, ContractId, NodeId};
use grid_processes::{built, die_with_us};
use grid_runtime::{AccountId, Runtime, RuntimeCall};
use serde_json::Value;
use sp_core::crypto::Ss58Codec;
use std::{
	collections::BTreeMap,
	fs::{self, File},
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
	process::{Child, Command, Output, Stdio},
	thread::sleep,
	time::{Duration, Instant},
};
use tempfile::TempDir;
use zos_core::{HostNames, Key};
use zos_provision::host::{cgroups, loops, mounts, processes::Process};

/// How an agent hears the chain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hears {
	/// As a light client, which believes nobody.
	Light,
	/// From the RPC of a node.
	Rpc,
}

impl Hears {
	/// Where a node is heard.
	pub fn address(self, node: &Node) -> String {
		match self {
			Self::Light => node.address(),
			Self::Rpc => node.url(),
		}
	}
}

/// The real agent on this machine, and all that it has made of it. Both are gone when this is
/// dropped.
pub struct AgentProcess {
	folder: TempDir,
	account: AccountId,
	/// The name of the namespace that it is in, if that is not the test's.
	namespace: Option<String>,
	/// Where its programs are, if they were upgraded.
	programs: Option<PathBuf>,
	process: Option<Child>,
}

impl AgentProcess {
	/// An agent that the farmer of the demo farm has invited, on the chain that `grid-node` knows by
	/// this name. It does not run yet.
	pub fn invited(chain: &str, nodes: &[&Node], hears: Hears) -> Self {
		Self::invited_in(None, chain, nodes, hears)
	}

	/// Such an agent on a machine with a network of its own.
	pub fn invited_on(host: &Host, chain: &str, nodes: &[&Node], hears: Hears) -> Self {
		Self::invited_in(Some(host.space.name.clone()), chain, nodes, hears)
	}

	fn invited_in(namespace: Option<String>, chain: &str, nodes: &[&Node], hears: Hears) -> Self {
		let folder = tempfile::Builder::new().prefix("grid-agent-").tempdir();
		let folder = folder.expect("a folder can be made");
		// Users of containers pass through it.
		let mode = fs::Permissions::from_mode(0o711);
		fs::set_permissions(folder.path(), mode).expect("it is ours");
		share_mounts(folder.path());
		make_disk(folder.path());
		let account = AccountId::new([0; 32]);
		let mut agent = Self { folder, account, namespace, programs: None, process: None };
		let addresses: Vec<_> = nodes.iter().map(|node| hears.address(node)).collect();
		agent.listens_to(chain, hears, &addresses);
		let said = agent.tell(&["init"]);
		assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
		let account = String::from_utf8(said.stdout).expect("an account is a text");
		agent.account = AccountId::from_ss58check(account.trim()).expect("it is an account");
		let invite = pallet_nodes::Call::invite { farm: 1, node: agent.account.clone() };
		nodes[0].chain().send(Person::Ferdie, RuntimeCall::Nodes(invite)).expect("it is his farm");
		agent
	}

	/// Have it hear a chain from these peers or endpoints, from its next start on.
	pub fn listens_to(&self, chain: &str, hears: Hears, addresses: &[String]) {
		let config = config(self.folder.path(), chain, hears, addresses);
		fs::write(self.folder.path().join("config.toml"), config).expect("the folder is ours");
	}

	/// Start it, and wait until its node is on the chain.
	pub fn joins(&mut self, chain: &Chain) -> NodeId {
		self.start();
		eventually("the agent joins", LIMIT, || {
			self.assert_alive();
			self.node(chain)
		})
	}

	/// The node that it operates.
	pub fn node(&self, chain: &Chain) -> Option<NodeId> {
		let key = pallet_nodes::NodeIds::<Runtime>::hashed_key_for(&self.account);
		chain.storage(&key, None).expect("the node answers")
	}

	/// Start it (again).
	pub fn start(&mut self) {
		assert!(self.process.is_none(), "it runs already");
		let log = File::options().create(true).append(true).open(self.folder.path().join("log"));
		let mut command = self.command(&["run"]);
		let process = command.stdout(Stdio::null()).stderr(log.expect("the log can be written"));
		self.process = Some(process.spawn().expect("zos-agent can be started"));
	}

	fn command(&self, arguments: &[&str]) -> Command {
		let mut command = match &self.programs {
			Some(folder) => Command::new(folder.join("zos-agent")),
			None => built("zos-agent"),
		};
		die_with_us(&mut command);
		if let Some(namespace) = &self.namespace {
			enter(&mut command, namespace);
		}
		command.arg("--config").arg(self.folder.path().join("config.toml")).args(arguments);
		command
	}

	/// From its next start on, it and what it starts are other files.
	pub fn upgrade(&mut self) {
		let folder = self.folder.path().join("upgraded");
		fs::create_dir(&folder).expect("the folder is ours");
		let built = built("zos-agent");
		let before = Path::new(built.get_program()).parent().expect("a program is in a folder");
		for program in PROGRAMS {
			fs::copy(before.join(program), folder.join(program)).expect("there is room");
		}
		self.programs = Some(folder);
	}

	/// What it has made of the network of its machine.
	fn traces(&self) -> Traces {
		Traces { names: self.names(), namespace: self.namespace.clone() }
	}

	/// The namespace of a container that is in a network.
	pub fn container(&self, contract: ContractId, name: &str) -> PathBuf {
		Path::new("/run/netns").join(format!("{}at-{contract}-{name}", self.names().prefix()))
	}

	/// End it without a warning. What runs goes on.
	pub fn kill(&mut self) {
		if let Some(mut process) = self.process.take() {
			process.kill().expect("it is a child");
			process.wait().expect("it is a child");
		}
	}

	/// Pull the plug of the machine, and plug it in again: nothing but what is on its disk is left.
	/// The agent does not run yet.
	pub fn reboot(&mut self) {
		self.kill();
		self.end_all();
		let disk = self.folder.path().join(DISK);
		for mount in mounts::beneath(self.folder.path()).expect("mounts are listed") {
			if mount.at != disk && mount.at != self.folder.path() {
				mounts::detach(&mount.at).expect("it is ours");
			}
		}
		eventually("the disks of volumes are let go of", Duration::from_secs(10), || {
			let devices = loops::list().expect("devices are listed");
			(!devices.iter().any(|it| it.file.starts_with(&disk))).then_some(())
		});
		fs::remove_dir_all(self.folder.path().join("run")).expect("it is ours");
	}

	/// Kill all that it has made run: what stays with containers first, so that it starts none again.
	fn end_all(&self) {
		let groups = cgroups::find(self.names().prefix()).unwrap_or_default();
		let (shims, others): (Vec<_>, Vec<_>) =
			groups.into_iter().partition(|it| self.names().workload(it).is_none());
		for group in shims.iter().chain(&others) {
			let _ = cgroups::remove(group);
		}
	}

	/// Fails if it has ended.
	pub fn assert_alive(&mut self) {
		let process = self.process.as_mut().expect("it was started");
		if let Some(status) = process.try_wait().expect("it is a child") {
			panic!("the agent ended with {status}:\n{}", self.log());
		}
	}

	/// What a person at the machine is told.
	pub fn tell(&self, arguments: &[&str]) -> Output {
		self.command(arguments).output().expect("zos-agent can be started")
	}

	/// What runs, and why something does not.
	pub fn status(&self) -> Value {
		let said = self.tell(&["status", "--json"]);
		serde_json::from_slice(&said.stdout).unwrap_or_default()
	}

	/// What a container has printed.
	pub fn printed(&self, contract: ContractId, name: &str) -> String {
		let said = self.tell(&["logs", &format!("{contract}/{name}")]);
		String::from_utf8_lossy(&said.stdout).into_owned()
	}

	/// Where it keeps everything.
	pub fn folder(&self) -> &Path {
		self.folder.path()
	}

	/// The process of the agent, while it runs.
	pub fn process_id(&self) -> Option<u32> {
		self.process.as_ref().map(Child::id)
	}

	/// What it has said so far.
	pub fn log(&self) -> String {
		fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
	}

	/// How its things are called on this machine.
	pub fn names(&self) -> HostNames {
		HostNames::of(self.account.as_ref())
	}

	/// The containers, as the machine knows them: what has processes under a name of ours.
	pub fn running(&self) -> Vec<(String, Vec<i32>)> {
		let names = self.names();
		let groups = cgroups::find(names.prefix()).expect("cgroups are listed");
		let containers = groups.into_iter().filter(|group| names.workload(group).is_some());
		containers
			.map(|group| {
				let processes = cgroups::processes(&group).expect("cgroups are read");
				(group, processes.into_iter().collect())
			})
			.filter(|(_, processes): &(_, Vec<_>)| !processes.is_empty())
			.collect()
	}

	/// Where it keeps what is on the disk.
	pub fn state(&self) -> PathBuf {
		self.folder.path().join(DISK).join("state")
	}

	/// The program of each container: the process that all others of it come from.
	pub fn programs(&self) -> BTreeMap<Key, Process> {
		let names = self.names();
		let all = self.running().into_iter().filter_map(|(group, processes)| {
			let is_first = |id: &&i32| parent(**id).is_some_and(|it| !processes.contains(&it));
			let first = processes.iter().filter(is_first).find_map(|id| Process::of(*id))?;
			Some((names.workload(&group)?, first))
		});
		all.collect()
	}

	/// What there is of workloads: control groups, devices, mounts, namespaces, folders and images.
	pub fn left(&self) -> Vec<String> {
		let (folder, state, names) = (self.folder.path(), self.state(), self.names());
		let groups = cgroups::find(names.prefix()).expect("cgroups are listed").into_iter();
		let groups = groups.filter(|it| names.workload(it).is_some());
		let devices = loops::list().expect("devices are listed").into_iter();
		let devices = devices.filter(|it| it.file.starts_with(folder.join(DISK)));
		let mounts = mounts::beneath(folder).expect("mounts are listed").into_iter();
		// The disk stays, and the folder in memory with what all containers share.
		let run = folder.join("run");
		let stays = [folder, &folder.join(DISK)];
		let mounts = mounts.filter(|it| !stays.contains(&&*it.at) && it.at.parent() != Some(&run));
		let images = ["layers", "images", "signatures", "downloads", "staging"];
		let images = images.map(|it| state.join("images").join(it));
		let folders = [
			state.join("containers"),
			state.join("volumes"),
			state.join("networks"),
			self.memory(),
			folder.join("run").join(names.of_role("networks")).join("made"),
			folder.join("run").join(names.of_role("networks")).join("attached"),
		];
		let things = folders.iter().chain(&images).flat_map(|it| children(it));
		// What is as good for any container as for one.
		let things = things.filter(|it| *it != self.memory().join("blanks"));
		groups
			.chain(devices.map(|it| it.file.display().to_string()))
			.chain(mounts.map(|it| it.at.display().to_string()))
			.chain(self.traces().left())
			.chain(things.map(|it| it.display().to_string()))
			.collect()
	}

	/// Where it keeps what is never on a disk.
	fn memory(&self) -> PathBuf {
		self.folder.path().join("run").join(self.names().prefix().trim_end_matches('-'))
	}

	/// Wait until nothing is left of any contract.
	#[track_caller]
	pub fn leaves_nothing(&self) {
		let start = Instant::now();
		while !(self.running().is_empty() && self.left().is_empty()) {
			let (running, left) = (self.running(), self.left());
			assert!(start.elapsed() < LIMIT, "it left {running:?}, and {left:#?}");
			sleep(Duration::from_millis(200));
		}
	}
}

/// How long an agent may take to clean up.
const LIMIT: Duration = Duration::from_secs(90);

/// The process that started another, or took it over.
fn parent(id: i32) -> Option<i32> {
	let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
	// The name of the program may hold anything but ends at the last parenthesis.
	stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn children(folder: &Path) -> Vec<PathBuf> {
	let entries = fs::read_dir(folder).into_iter().flatten().flatten();
	entries.map(|entry| entry.path()).collect()
}

/// The agent, and the programs that it finds beside itself.
const PROGRAMS: [&str; 4] = ["zos-agent", "zos-shim", "zos-wg", "zdb"];

/// Where the disk of the node is.
const DISK: &str = "disk";

/// Let those who have mounts of their own see each other's here, as on machines with systemd.
fn share_mounts(folder: &Path) {
	let run = |arguments: &[&str]| {
		let output = Command::new("mount").args(arguments).arg(folder).output();
		let output = output.expect("mount is installed");
		assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
	};
	run(&["--bind", &folder.display().to_string()]);
	run(&["--make-shared"]);
}

/// Make a disk that is as large as the grid wants them, and takes only what is written to it.
fn make_disk(folder: &Path) {
	let (image, at) = (folder.join("disk.img"), folder.join(DISK));
	let file = File::create(&image).expect("the folder is ours");
	file.set_len(300 * GIB).expect("the file system knows holes");
	fs::create_dir(&at).expect("the folder is ours");
	let run = |command: &mut Command| {
		let output = command.output().expect("the program is installed");
		assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
		String::from_utf8_lossy(&output.stdout).trim().to_owned()
	};
	run(Command::new("mkfs.ext4").args(["-q", "-F", "-E", "nodiscard"]).arg(&image));
	let device = run(Command::new("losetup").args(["--find", "--show"]).arg(&image));
	// Virtual disks say that they rotate, and programs want others.
	let name = device.trim_start_matches("/dev/");
	fs::write(format!("/sys/block/{name}/queue/rotational"), "0").expect("it is ours");
	run(Command::new("mount").arg(&device).arg(&at));
	// It is gone as soon as it is unmounted.
	run(Command::new("losetup").args(["--detach", &device]));
	fs::set_permissions(&at, fs::Permissions::from_mode(0o711)).expect("it is ours");
}

fn config(folder: &Path, chain: &str, hears: Hears, addresses: &[String]) -> String {
	let state = folder.join(DISK).join("state");
	let run = folder.join("run");
	let chain = match hears {
		Hears::Light => {
			let path = folder.join("spec.json");
			let mut spec = Spec::raw(chain);
			spec["bootNodes"] = addresses.into();
			fs::write(&path, spec.to_string()).expect("the folder is ours");
			format!("spec = {path:?}")
		},
		Hears::Rpc => format!("endpoints = {addresses:?}"),
	};
	format!(
		"state = {state:?}\nheartbeat_seconds = 5\n\n[chain]\n{chain}\n\n\
		[location]\ncountry = \"BE\"\ncity = \"Ghent\"\nlatitude = 51.05\nlongitude = 3.72\n\n\
		[reconcile]\nretry_seconds = 1\nlongest_retry_seconds = 5\n\n\
		[containers]\nrun = {run:?}\n"
	)
}

impl Drop for AgentProcess {
	fn drop(&mut self) {
		self.kill();
		if std::thread::panicking() {
			let log = self.log();
			let lines: Vec<_> = log.lines().collect();
			let tail = &lines[lines.len().saturating_sub(40)..];
			eprintln!("--- the end of the log of the agent\n{}\n---", tail.join("\n"));
		}
		self.end_all();
		self.traces().remove();
		for mount in mounts::beneath(self.folder.path()).unwrap_or_default() {
			let _ = mounts::detach(&mount.at);
		}
	}
}
