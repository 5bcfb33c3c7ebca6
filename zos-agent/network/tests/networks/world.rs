//! Some hosts, with a router between them, all of them namespaces.

use grid_primitives::{
	report::NetworkKey,
	spec::{AccessPeer, Attachment, Egress, Forward, Network, Subnet},
};
use std::{
	collections::BTreeMap,
	net::{IpAddr, Ipv4Addr},
	thread,
	time::{Duration, Instant},
};
use tempfile::TempDir;
use zos_core::{
	around::{Around, Member, Peer},
	ports::{Attached, NetworkFound, NetworkOrder, Networks, PortError},
	Fingerprint, HostNames, Key,
};
use zos_network::{LinuxNetworks, Settings};
use zos_testing::hosts::{within, Internet, Space};

pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) fn eventually(what: &str, mut is: impl FnMut() -> bool) {
	let deadline = Instant::now() + PATIENCE;
	while !is() {
		assert!(Instant::now() < deadline, "in vain: {what}");
		thread::sleep(Duration::from_millis(50));
	}
}

/// Nodes, and the internet between them.
pub(crate) struct World {
	pub(crate) internet: Internet,
}

impl World {
	pub(crate) fn new() -> Self {
		Self { internet: Internet::new() }
	}

	/// A node.
	pub(crate) fn host(&mut self, name: &str) -> Host {
		let (space, ip) = self.internet.space(name);
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
		let open = || LinuxNetworks::open(self.settings.clone()).expect("networks");
		self.networks = within(&self.space.path(), open);
	}

	pub(crate) fn list(&self) -> Vec<NetworkFound> {
		self.within(|networks| networks.list().expect("it can be listed"))
	}

	pub(crate) fn make(&self, part: &Part) {
		self.within(|networks| networks.make(&part.order()).expect("it can be made"));
	}

	/// Why a network is not made.
	pub(crate) fn refuses(&self, part: &Part) -> PortError {
		self.within(|networks| networks.make(&part.order()).expect_err("it is refused"))
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
			ula: Some([1, 2, 3, 4, 5]),
			..Network::closed(
				Subnet { ip: [10, 1, 0, 0], prefix: 16 },
				Subnet { ip: [10, 1, third, 0], prefix: 24 },
			)
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
