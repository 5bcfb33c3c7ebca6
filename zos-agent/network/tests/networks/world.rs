//! Some hosts, with a router between them, all of them namespaces.

use grid_primitives::{
	report::{Endpoint, NetworkKey},
	spec::{AccessPeer, Attachment, Egress, Forward, Network, Subnet},
};
use std::{
	collections::BTreeMap,
	fs::File,
	io::{Read, Write},
	net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
	os::fd::AsFd,
	path::{Path, PathBuf},
	process::Command,
	sync::atomic::{AtomicU32, Ordering},
	thread,
	time::{Duration, Instant},
};
use tempfile::TempDir;
use zos_core::{
	around::{Around, Member, Peer},
	ports::{Attached, NetworkFound, NetworkOrder, Networks},
	Fingerprint, HostNames, Key,
};
use zos_network::{LinuxNetworks, Settings};

pub(crate) const PATIENCE: Duration = Duration::from_secs(90);
static WORLDS: AtomicU32 = AtomicU32::new(0);

/// Runs a program that has to go well. Says what it printed.
pub(crate) fn run(line: &str) -> String {
	let (well, said) = tried(line);
	assert!(well, "{line}: {said}");
	said
}

/// Runs a program. Says whether it went well, and what it printed.
pub(crate) fn tried(line: &str) -> (bool, String) {
	let mut words = line.split_whitespace();
	let mut command = Command::new(words.next().expect("a program"));
	let output = command.args(words).output().expect("it can be run");
	let said = [output.stdout, output.stderr].concat();
	(output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// Does something in a namespace.
pub(crate) fn within<T: Send>(namespace: &Path, work: impl FnOnce() -> T + Send) -> T {
	let file = File::open(namespace).expect("the namespace is there");
	thread::scope(|scope| {
		let thread = scope.spawn(move || {
			let kind = Some(rustix::thread::LinkNameSpaceType::Network);
			rustix::thread::move_into_link_name_space(file.as_fd(), kind)
				.expect("it can be entered");
			work()
		});
		thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
	})
}

pub(crate) fn eventually(what: &str, mut is: impl FnMut() -> bool) {
	let deadline = Instant::now() + PATIENCE;
	while !is() {
		assert!(Instant::now() < deadline, "in vain: {what}");
		thread::sleep(Duration::from_millis(50));
	}
}

/// A namespace that goes away with the test.
pub(crate) struct Space {
	pub(crate) name: String,
}

impl Space {
	fn new(name: String) -> Self {
		run(&format!("ip netns add {name}"));
		run(&format!("ip -n {name} link set lo up"));
		Self { name }
	}

	pub(crate) fn path(&self) -> PathBuf {
		Path::new("/run/netns").join(&self.name)
	}

	pub(crate) fn ip(&self, words: &str) {
		run(&format!("ip -n {} {words}", self.name));
	}

	pub(crate) fn run(&self, line: &str) -> String {
		run(&format!("ip netns exec {} {line}", self.name))
	}
}

impl Drop for Space {
	fn drop(&mut self) {
		tried(&format!("ip netns del {}", self.name));
	}
}

/// A router, and what hangs on it.
pub(crate) struct World {
	pub(crate) id: String,
	pub(crate) router: Space,
	hosts: u8,
}

impl World {
	pub(crate) fn new() -> Self {
		let number = WORLDS.fetch_add(1, Ordering::Relaxed);
		let id = format!("zn{}x{number}", std::process::id());
		let router = Space::new(format!("{id}-r"));
		router.run("sysctl -qw net.ipv4.ip_forward=1");
		Self { id, router, hosts: 0 }
	}

	/// Something with an address on the internet: its namespace, and the address.
	pub(crate) fn space(&mut self, name: &str) -> (Space, Ipv4Addr) {
		self.hosts += 1;
		let first = 4 * self.hosts;
		let (gateway, ip) = ([203, 0, 113, first + 1], [203, 0, 113, first + 2]);
		let (gateway, ip) = (Ipv4Addr::from(gateway), Ipv4Addr::from(ip));
		let space = Space::new(format!("{}-{name}", self.id));
		let (here, there) = (format!("to-{name}"), &space.name);
		self.router.ip(&format!("link add {here} type veth peer name eth0 netns {there}"));
		self.router.ip(&format!("addr add {gateway}/30 dev {here}"));
		self.router.ip(&format!("link set {here} up"));
		space.ip(&format!("addr add {ip}/30 dev eth0"));
		space.ip("link set eth0 up");
		space.ip(&format!("route add default via {gateway}"));
		(space, ip)
	}

	/// A node in the home of somebody.
	pub(crate) fn behind(&self, home: &Space, name: &str) -> Host {
		let space = Space::new(format!("{}-{name}", self.id));
		home.ip(&format!("link add inside type veth peer name eth0 netns {}", space.name));
		home.ip("addr add 192.168.7.1/24 dev inside");
		home.ip("link set inside up");
		space.ip("addr add 192.168.7.2/24 dev eth0");
		space.ip("link set eth0 up");
		space.ip("route add default via 192.168.7.1");
		Host::new(space, None)
	}

	/// A node.
	pub(crate) fn host(&mut self, name: &str) -> Host {
		let (space, ip) = self.space(name);
		Host::new(space, Some(ip))
	}
}

/// A node: a namespace with networks of its own.
pub(crate) struct Host {
	pub(crate) space: Space,
	pub(crate) settings: Settings,
	pub(crate) networks: LinuxNetworks,
	_folder: TempDir,
}

impl Host {
	pub(crate) fn new(space: Space, ip: Option<Ipv4Addr>) -> Self {
		let folder = tempfile::tempdir().expect("a folder");
		let names = HostNames::of(&rand::random());
		let (state, run) = (folder.path().join("state"), folder.path().join("run"));
		let program = env!("CARGO_BIN_EXE_zos-wg").into();
		let mut settings = Settings::new(names, &state, &run, program);
		settings.controls = run.join("wireguard");
		settings.address = ip.map(IpAddr::from);
		let networks = LinuxNetworks::open(settings.clone()).expect("networks");
		Self { space, settings, networks, _folder: folder }
	}

	/// Does something as the agent of this node.
	pub(crate) fn within<T: Send>(&self, work: impl FnOnce(&LinuxNetworks) -> T + Send) -> T {
		within(&self.space.path(), || work(&self.networks))
	}

	/// The agent begins anew.
	pub(crate) fn restart(&mut self) {
		self.networks = LinuxNetworks::open(self.settings.clone()).expect("networks");
	}

	pub(crate) fn list(&self) -> Vec<NetworkFound> {
		self.within(|networks| networks.list().expect("it can be listed"))
	}

	pub(crate) fn make(&self, part: &Part) {
		self.within(|networks| networks.make(&part.order()).expect("it can be made"));
	}

	/// By what peers know a network that is there.
	pub(crate) fn key(&self, part: &Part) -> NetworkKey {
		let found = self.list().into_iter().find(|it| it.key == part.key).expect("it is there");
		found.public.expect("it has a key")
	}

	/// A workload in networks.
	pub(crate) fn attach(&self, workload: &str, to: &[(&Part, [u8; 4])]) -> Attached {
		let contract = to.first().expect("a network").0.key.contract;
		let key = Key::new(contract, workload).expect("a name");
		let to: Vec<_> = to
			.iter()
			.map(|(part, ip)| Attachment { network: part.key.name.clone(), ip: *ip })
			.collect();
		self.within(|networks| networks.attach(&key, &to).expect("it can be attached"))
	}
}

impl Drop for Host {
	fn drop(&mut self) {
		let found = self.within(|networks| networks.list().unwrap_or_default());
		for NetworkFound { key, .. } in found {
			if let Err(error) = self.within(|networks| networks.remove(&key)) {
				eprintln!("{key} is left over: {error}");
			}
		}
		let group = format!("{}tunnels", self.settings.names.prefix());
		if let Err(error) = zos_provision::host::cgroups::remove(&group) {
			eprintln!("{group} is left over: {error}");
		}
	}
}

/// A part of a network, with what surrounds it.
#[derive(Clone)]
pub(crate) struct Part {
	pub(crate) key: Key,
	pub(crate) network: Network,
	pub(crate) around: Around,
}

impl Part {
	/// The part `10.1.third.0/24` of the network `net` of a contract.
	pub(crate) fn new(contract: u32, third: u8) -> Self {
		let key = Key::new(contract.into(), "net").expect("a name");
		let network = Network {
			range: Subnet { ip: [10, 1, 0, 0], prefix: 16 },
			ula: Some([1, 2, 3, 4, 5]),
			subnet: Subnet { ip: [10, 1, third, 0], prefix: 24 },
			port: None,
			egress: Egress::None,
			public_v4: false,
			public_v6: false,
			forwards: Default::default(),
			access: Default::default(),
		};
		let around = Around { label: "shop".try_into().expect("short"), ..Around::default() };
		Self { key, network, around }
	}

	pub(crate) fn forward(mut self, forward: Forward) -> Self {
		self.network.forwards = vec![forward].try_into().expect("few");
		self
	}

	pub(crate) fn access(mut self, device: AccessPeer) -> Self {
		self.network.access = vec![device].try_into().expect("few");
		self
	}

	pub(crate) fn egress(mut self) -> Self {
		self.network.egress = Egress::Full;
		self
	}

	pub(crate) fn member(mut self, name: &str, ip: [u8; 4]) -> Self {
		self.around.members.push(Member { name: name.try_into().expect("short"), ip });
		self
	}

	fn order(&self) -> NetworkOrder<'_> {
		let Self { key, network, around } = self;
		let fingerprint = self.fingerprint();
		NetworkOrder { key, fingerprint, network, around }
	}

	pub(crate) fn fingerprint(&self) -> Fingerprint {
		Fingerprint::of_network(&self.network, &self.around)
	}
}

/// Have the parts of a network know of each other, as the chain tells them.
pub(crate) fn introduce(parts: &mut [(&Host, Part)]) {
	for (host, part) in parts.iter_mut() {
		part.around.peers.clear();
		host.make(part);
	}
	let known: BTreeMap<_, _> = parts
		.iter()
		.map(|(host, part)| {
			let peer = Peer { subnet: part.network.subnet, key: host.key(part) };
			(part.network.subnet.ip, peer)
		})
		.collect();
	for (host, part) in parts.iter_mut() {
		let own = part.network.subnet.ip;
		let others = known.iter().filter(|(subnet, _)| **subnet != own);
		part.around.peers = others.map(|(_, peer)| peer.clone()).collect();
		host.make(part);
	}
}

/// Whether something can be reached, from a namespace.
pub(crate) fn pings(from: &Path, to: impl Into<IpAddr>) -> bool {
	let to = to.into();
	within(from, || tried(&format!("ping -c1 -W1 -n {to}")).0)
}

/// Answers each stream that comes to a port of a namespace with a word, once.
pub(crate) fn greeter(at: &Path, address: SocketAddr, word: &'static str) {
	let listener = within(at, || TcpListener::bind(address).expect("the port is free"));
	thread::spawn(move || {
		for mut stream in listener.incoming().flatten() {
			let _ = stream.write_all(word.as_bytes());
		}
	});
}

/// What is said at a port, if somebody answers there.
pub(crate) fn hears(from: &Path, address: SocketAddr) -> Option<String> {
	within(from, || {
		let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2)).ok()?;
		stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
		let mut said = String::new();
		stream.read_to_string(&mut said).ok()?;
		Some(said)
	})
}

/// What a name is resolved to: the last bytes of the answer, or its code.
pub(crate) fn resolve(from: &Path, server: IpAddr, name: &str, kind: u16) -> Result<Vec<u8>, u8> {
	let mut question = vec![7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
	for label in name.split('.').chain([""]) {
		question.push(label.len() as u8);
		question.extend(label.as_bytes());
	}
	question.extend([kind.to_be_bytes(), [0, 1]].concat());
	let asked = question.len();
	let answer = within(from, || {
		let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
		let socket = UdpSocket::bind(any).expect("a socket");
		socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a time");
		let mut room = [0; 1_500];
		socket.send_to(&question, (server, 53)).map_err(|_| u8::MAX)?;
		let length = socket.recv(&mut room).map_err(|_| u8::MAX)?;
		Ok::<_, u8>(room[..length].to_vec())
	})?;
	match answer[3] & 0xf {
		0 => Ok(answer[asked..].iter().skip(12).copied().collect()),
		code => Err(code),
	}
}

/// An endpoint at an address.
pub(crate) fn endpoint(ip: Ipv4Addr, port: u16) -> Option<Endpoint> {
	Some(Endpoint { ip: IpAddr::from(ip).into(), port })
}
