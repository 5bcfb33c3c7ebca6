//! A machine with an agent that can be killed and come back, and tenants in networks of their own.

use grid_primitives::spec::{Disk, Kind, Zdb, ZdbMode};
use redis::{Cmd, Connection, FromRedisValue, RedisResult, ToRedisArgs};
use rustix::{
	process::{kill_process, Pid, Signal},
	thread::{move_into_link_name_space, LinkNameSpaceType},
};
use std::{
	fs::{self, File},
	os::fd::AsFd,
	path::{Path, PathBuf},
	process::Command,
	sync::atomic::{AtomicU32, Ordering},
	thread,
	time::{Duration, Instant},
};
use tempfile::TempDir;
use zos_core::{
	ports::{PortError, ZdbFound, ZdbOrder, Zdbs},
	Fingerprint, HostNames, Key,
};
use zos_provision::{
	host::cgroups,
	zdbs::{DiskSettings, Settings, ZdbServers},
};

pub(crate) const MIB: u64 = 1 << 20;
/// Where each zdb is in its network: all have the same address.
const ADDRESS: &str = "10.97.0.1";

/// The program that is tested: it is built with the workspace.
pub(crate) fn program() -> PathBuf {
	let me = std::env::current_exe().expect("this program is somewhere");
	let folder = me.ancestors().find(|folder| folder.join("zdb").is_file());
	folder.expect("zdb is built: use scripts/test.sh").join("zdb")
}

/// A machine with one agent.
pub(crate) struct World {
	pub(crate) names: HostNames,
	folder: TempDir,
	pub(crate) zdbs: ZdbServers,
}

impl World {
	pub(crate) fn new() -> Self {
		let folder = tempfile::Builder::new().prefix("zos-zdbs-").tempdir().expect("a folder");
		// Whoever was killed and left something had another.
		let account = rand::random::<[u8; 32]>();
		let names = HostNames::of(&account);
		let zdbs = open(&names, folder.path(), program()).expect("zdbs can be had");
		Self { names, folder, zdbs }
	}

	/// The agent is gone, and another one comes.
	pub(crate) fn agent_comes_back(&mut self) {
		self.zdbs = open(&self.names, self.folder.path(), program()).expect("zdbs can be had");
	}

	pub(crate) fn folder(&self) -> &Path {
		self.folder.path()
	}

	/// The process that serves.
	pub(crate) fn server(&self) -> Option<i32> {
		let group = format!("{}zdbs-ssd", self.names.prefix());
		cgroups::processes(&group).expect("cgroups").into_iter().next()
	}

	pub(crate) fn make(&self, order: &Ordered) -> Result<(), PortError> {
		self.zdbs.make(&ZdbOrder {
			key: &order.key,
			fingerprint: order.fingerprint(),
			zdb: &order.zdb,
			password: order.password.map(|it| it.as_bytes().to_vec().into()),
			namespace: order.network.clone(),
		})
	}

	pub(crate) fn found(&self, key: &Key) -> Option<ZdbFound> {
		let all = self.zdbs.list().expect("zdbs are listed");
		all.into_iter().find(|found| found.key == *key)
	}

	pub(crate) fn serves(&self, key: &Key) -> bool {
		self.found(key).is_some_and(|found| found.serves)
	}

	/// Whether any file of the server has these bytes.
	pub(crate) fn has_on_disk(&self, bytes: &[u8]) -> bool {
		let files = fs::read_dir(self.folder().join("zdbs/data")).expect("a folder");
		files.flatten().any(|file| {
			// It may go away while we look.
			let all = fs::read(file.path()).unwrap_or_default();
			all.windows(bytes.len()).any(|part| part == bytes)
		})
	}
}

impl Drop for World {
	fn drop(&mut self) {
		for disk in ["ssd", "hdd"] {
			let _ = cgroups::remove(&format!("{}zdbs-{disk}", self.names.prefix()));
		}
	}
}

pub(crate) fn open(
	names: &HostNames,
	folder: &Path,
	program: PathBuf,
) -> Result<ZdbServers, PortError> {
	let run = folder.join("run");
	let (memory, offered) = (256 * MIB, 1024 * MIB);
	let folder = folder.join("zdbs");
	Ok(ZdbServers::open(Settings {
		ssd: Some(DiskSettings { folder, memory, offered }),
		..Settings::new(names.clone(), program, run)
	})?)
}

/// A zdb as it is to be.
#[derive(Clone)]
pub(crate) struct Ordered {
	pub(crate) key: Key,
	pub(crate) zdb: Zdb,
	pub(crate) password: Option<&'static str>,
	pub(crate) network: Option<PathBuf>,
}

impl Ordered {
	/// One without a password, of which keys are named by clients.
	pub(crate) fn new(contract: u64, name: &str, network: Option<&Network>) -> Self {
		Self {
			key: Key::new(contract, name).expect("a name"),
			zdb: Zdb {
				size: 64 * MIB,
				disk: Disk::Ssd,
				mode: ZdbMode::User,
				public: false,
				password: None,
				networks: Default::default(),
			},
			password: None,
			network: network.map(|it| it.inside.path()),
		}
	}

	pub(crate) fn fingerprint(&self) -> Fingerprint {
		Fingerprint::of(&Kind::Zdb(self.zdb.clone()))
	}
}

/// A network namespace. It is removed when this is dropped.
pub(crate) struct Namespace(String);

impl Namespace {
	fn new() -> Self {
		let this = Self(format!("zdbt{}-{}", std::process::id(), number()));
		ip(&["netns", "add", &this.0]);
		this
	}

	pub(crate) fn path(&self) -> PathBuf {
		Path::new("/run/netns").join(&self.0)
	}

	/// Does something in it.
	pub(crate) fn enter<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
		let file = File::open(self.path()).expect("it is there");
		thread::scope(|scope| {
			let inside = scope.spawn(|| {
				move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))
					.expect("it can be entered");
				work()
			});
			inside.join().expect("the work is done")
		})
	}
}

impl Drop for Namespace {
	fn drop(&mut self) {
		let _ = Command::new("ip").args(["netns", "del", &self.0]).status();
	}
}

/// A network: of what a zdb is attached to, and a client beside it.
pub(crate) struct Network {
	pub(crate) inside: Namespace,
	pub(crate) client: Namespace,
}

impl Network {
	pub(crate) fn new() -> Self {
		let (inside, client) = (Namespace::new(), Namespace::new());
		let link =
			["link", "add", "net", "type", "veth", "peer", "name", "net", "netns", &client.0];
		ip(&[&["-n", &inside.0], &link[..]].concat());
		for (namespace, address) in [(&inside, ADDRESS), (&client, "10.97.0.2")] {
			let address = format!("{address}/24");
			ip(&["-n", &namespace.0, "addr", "add", &address, "dev", "net"]);
			ip(&["-n", &namespace.0, "link", "set", "net", "up"]);
		}
		Self { inside, client }
	}

	/// Connects from the client to the zdb, if it can.
	pub(crate) fn try_connect(&self) -> RedisResult<Client> {
		let connect = || {
			let client = redis::Client::open(format!("redis://{ADDRESS}:9900"))?;
			client.get_connection_with_timeout(Duration::from_secs(10))
		};
		self.client.enter(connect).map(Client)
	}

	pub(crate) fn connect(&self) -> Client {
		self.try_connect().expect("the zdb is reached")
	}
}

/// A client of a zdb.
pub(crate) struct Client(Connection);

impl Client {
	/// Says a command, and hears the answer.
	pub(crate) fn ask<T: FromRedisValue>(&mut self, words: &[impl ToRedisArgs]) -> RedisResult<T> {
		let mut command = Cmd::new();
		for word in words {
			command.arg(word);
		}
		command.query(&mut self.0)
	}

	pub(crate) fn set(&mut self, key: &str, value: &[u8]) -> RedisResult<()> {
		self.ask(&[b"SET", key.as_bytes(), value])
	}

	pub(crate) fn get(&mut self, key: &str) -> RedisResult<Option<Vec<u8>>> {
		self.ask(&["GET", key])
	}
}

/// What an error says.
pub(crate) fn refusal<T>(result: RedisResult<T>) -> String {
	let error = result.err().expect("it is refused");
	// The client takes the first word for a code.
	format!("{} {}", error.code().unwrap_or_default(), error.detail().unwrap_or_default())
}

fn ip(arguments: &[&str]) {
	let done = Command::new("ip").args(arguments).output().expect("ip is installed");
	assert!(done.status.success(), "ip {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn number() -> u32 {
	static NEXT: AtomicU32 = AtomicU32::new(1);
	NEXT.fetch_add(1, Ordering::Relaxed)
}

pub(crate) fn kill(process: i32, signal: Signal) {
	kill_process(Pid::from_raw(process).expect("a process"), signal).expect("it is there");
}

/// Waits until something is so, and fails if it never is.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
	let deadline = Instant::now() + Duration::from_secs(120);
	while !is_so() {
		assert!(Instant::now() < deadline, "{what}: not within two minutes");
		thread::sleep(Duration::from_millis(10));
	}
}
