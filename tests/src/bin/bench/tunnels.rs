//! Ways between two machines, side by side: through a private network as users have it, through
//! Debian's `wireguard-go`, and through none.

use crate::figures::processor_seconds;
use base64::{engine::general_purpose::STANDARD, Engine};
use boringtun::x25519::{PublicKey, StaticSecret};
use grid_stories::{
	machines::{deploy, reaches, Machine, Machines},
	Person, User,
};
use std::{
	fs,
	net::Ipv4Addr,
	path::{Path, PathBuf},
};
use tempfile::TempDir;
use zos_testing::hosts::tried;

/// The addresses within `wireguard-go`'s tunnel, and its port.
const TUNNEL: [Ipv4Addr; 2] = [Ipv4Addr::new(10, 9, 0, 1), Ipv4Addr::new(10, 9, 0, 2)];
const PORT: u16 = 51_900;

/// Two machines, with all the ways between them.
pub(crate) struct Tunnels {
	/// In the order in which they are tried: none, `wireguard-go`, and ours.
	pub(crate) ways: [Way; 3],
	// Before what it runs in.
	_rival: Rival,
	_machines: [Machine; 2],
	_world: Machines,
}

/// A way from one namespace to an address in another.
pub(crate) struct Way {
	pub(crate) name: &'static str,
	pub(crate) from: PathBuf,
	pub(crate) to: PathBuf,
	pub(crate) address: Ipv4Addr,
	/// The processes of its tunnel.
	processes: Vec<u32>,
}

impl Way {
	/// The seconds of a core that its tunnel has taken so far.
	pub(crate) fn processor_seconds(&self) -> f64 {
		self.processes.iter().map(|it| processor_seconds(*it)).sum()
	}
}

impl Tunnels {
	pub(crate) fn new() -> Self {
		let mut world = Machines::new();
		let machines = ["one", "two"].map(|name| world.machine(name));
		let [one, two] = &machines;
		let user = User::new(world.node.chain(), Person::Bob, one.node);
		let parts = vec![(one, world.part(1, "a", "b")), (two, world.part(2, "b", "a"))];
		let contract = deploy(&user, parts);
		let [from, to] = [one.container(contract, "a"), two.container(contract, "b")];
		reaches(&from, [10, 1, 2, 2]);
		let ours =
			[one, two].into_iter().flat_map(|it| programs("zos-wg", it.agent.names().prefix()));
		let ours = Way {
			name: "zos-wg",
			from,
			to,
			address: Ipv4Addr::new(10, 1, 2, 2),
			processes: ours.collect(),
		};
		let raw = Way {
			name: "no tunnel",
			from: one.host.space.path(),
			to: two.host.space.path(),
			address: address(two),
			processes: Vec::new(),
		};
		let rival = Rival::start(&machines);
		let theirs = Way {
			name: "wireguard-go",
			from: raw.from.clone(),
			to: raw.to.clone(),
			address: TUNNEL[1],
			processes: programs("wireguard-go", &rival.prefix),
		};
		reaches(&theirs.from, theirs.address.octets());
		Self { ways: [raw, theirs, ours], _rival: rival, _machines: machines, _world: world }
	}
}

/// Where a machine is reached.
fn address(machine: &Machine) -> Ipv4Addr {
	let said = machine.host.space.run("ip -j -4 addr show dev eth0");
	let said: serde_json::Value = serde_json::from_str(&said).expect("it is JSON");
	let ip = said[0]["addr_info"][0]["local"].as_str().and_then(|it| it.parse().ok());
	ip.expect("it has an address")
}

/// The processes of a program with something in their arguments.
fn programs(program: &str, argument: &str) -> Vec<u32> {
	let all = fs::read_dir("/proc").expect("it is there").flatten();
	let ids = all.filter_map(|it| it.file_name().to_str()?.parse().ok());
	let is_one = |id: &u32| {
		let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
		let line = String::from_utf8_lossy(&line).into_owned();
		let first = line.split('\0').next().map(Path::new).and_then(Path::file_name);
		first.is_some_and(|it| it == program) && line.contains(argument)
	};
	ids.filter(is_one).collect()
}

/// A tunnel of `wireguard-go` between both machines.
struct Rival {
	prefix: String,
	spaces: [String; 2],
}

impl Rival {
	fn start(machines: &[Machine; 2]) -> Self {
		let prefix = format!("wb{}", std::process::id());
		let rival =
			Self { prefix, spaces: machines.each_ref().map(|it| it.host.space.name.clone()) };
		let folder = TempDir::new().expect("a folder can be made");
		let keys = [0, 1].map(|end| {
			let file = folder.path().join(format!("key-{end}"));
			let private: [u8; 32] = rand::random();
			fs::write(&file, STANDARD.encode(private)).expect("there is room");
			let public = PublicKey::from(&StaticSecret::from(private));
			(file, STANDARD.encode(public.as_bytes()))
		});
		for (end, machine) in machines.iter().enumerate() {
			let (space, interface) = (&machine.host.space, rival.interface(end));
			let (key, other) = (&keys[end].0, 1 - end);
			space.run(&format!("wireguard-go {interface}"));
			space.run(&format!(
				"wg set {interface} listen-port {PORT} private-key {} peer {} endpoint {}:{PORT} \
				allowed-ips {}/32",
				key.display(),
				keys[other].1,
				address(&machines[other]),
				TUNNEL[other],
			));
			space.ip(&format!("addr add {}/24 dev {interface}", TUNNEL[end]));
			space.ip(&format!("link set {interface} mtu 1420 up"));
		}
		rival
	}

	fn interface(&self, end: usize) -> String {
		format!("{}x{end}", self.prefix)
	}
}

impl Drop for Rival {
	fn drop(&mut self) {
		// Its processes end with their interfaces.
		for (end, space) in self.spaces.iter().enumerate() {
			tried(&format!("ip -n {space} link del {}", self.interface(end)));
		}
	}
}
