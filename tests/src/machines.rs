//! Machines with a router between them, each with an agent of its own on one chain.

use crate::{
	eventually,
	specs::{attached, network_with, spec},
	AgentProcess, Hears, Host, Images, Node, NodeBuilder, User,
};
use grid_primitives::{
	report::NetworkKey,
	spec::{Image, Workload},
	ContractId, NodeId,
};
use std::{
	path::{Path, PathBuf},
	thread::sleep,
	time::{Duration, Instant},
};
use zos_testing::hosts::{pings, Internet, Space};

/// How long machines may take to find each other.
const LIMIT: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(200);
/// What says that it has found another of its network, as soon as that is so.
const SCRIPT: &str = "nc -ll -p 7000 -e echo hello & \
	until nc -w1 $OTHER.shop.grid 7000 </dev/null | grep hello; do sleep 0.1; done; \
	echo found $OTHER; trap exit TERM; sleep 100000 & wait";

/// A chain, an internet, and an image of what looks for others of its network.
pub struct Machines {
	/// The only node of the chain.
	pub node: Node,
	/// What is between the machines.
	pub internet: Internet,
	image: Image,
	images: Images,
}

impl Machines {
	/// No machine yet.
	#[allow(clippy::new_without_default, reason = "it starts processes")]
	pub fn new() -> Self {
		let node = NodeBuilder::new("machines").args(["--dev"]).start();
		let images = Images::new();
		let image = images.running("program", SCRIPT);
		Self { node, internet: Internet::new(), image, images }
	}

	/// A machine on the internet that has joined the chain.
	pub fn machine(&mut self, name: &'static str) -> Machine {
		let (space, _) = self.internet.space(name);
		self.in_space(name, space)
	}

	/// Such a machine behind the router of a home.
	pub fn behind(&mut self, home: &Space, name: &'static str) -> Machine {
		let space = self.internet.behind(home, name);
		self.in_space(name, space)
	}

	fn in_space(&mut self, name: &'static str, space: Space) -> Machine {
		let registry = self.images.registry.address().rsplit(':').next();
		let registry = registry.and_then(|it| it.parse().ok()).expect("it has a port");
		let host = Host::new(space, [self.node.rpc_port, self.node.p2p_port, registry]);
		let mut agent = AgentProcess::invited_on(&host, "dev", &[&self.node], Hears::Rpc);
		let node = agent.joins(self.node.chain());
		Machine { agent, host, name, node }
	}

	/// The part `10.1.third.0/24` of a network, and a container `10.1.third.2` that looks for
	/// another.
	pub fn part(&self, third: u8, name: &str, other: &str) -> Vec<Workload> {
		let program = attached(name, &self.image, [10, 1, third, 2], &[("OTHER", other)]);
		vec![network_with(third, |_| ()), program]
	}
}

/// A machine with its own agent.
pub struct Machine {
	/// Its agent.
	// Before the host that it is on.
	pub agent: AgentProcess,
	/// Its network.
	pub host: Host,
	/// What it is called.
	pub name: &'static str,
	/// The node that it is.
	pub node: NodeId,
}

impl Machine {
	/// The network of a container.
	pub fn container(&self, contract: ContractId, name: &str) -> PathBuf {
		self.agent.container(contract, name)
	}

	/// Wait until a container has printed something.
	#[track_caller]
	pub fn prints(&self, contract: ContractId, name: &str, what: &str) {
		let begun = Instant::now();
		loop {
			let printed = self.agent.printed(contract, name);
			if printed.contains(what) {
				return;
			}
			assert!(begun.elapsed() < LIMIT, "{name} does not print {what:?} but:\n{printed}");
			sleep(PAUSE);
		}
	}
}

/// Have a contract `shop` with a part on each of these, and wait until all say that they run.
pub fn deploy(user: &User, parts: Vec<(&Machine, Vec<Workload>)>) -> ContractId {
	let nodes: Vec<_> = parts.iter().map(|(machine, _)| machine.node).collect();
	let specs = parts.into_iter().map(|(machine, workloads)| (machine.node, spec(workloads)));
	let contract = user.deploy_over("shop", specs.collect());
	for node in nodes {
		user.at(node).runs(contract, 1);
	}
	contract
}

/// What the user's node has published of its part of the network.
pub fn published(user: &User, contract: ContractId) -> Option<NetworkKey> {
	user.placement(contract)?.keys.into_iter().next()
}

/// Wait until something is reached from a container.
#[track_caller]
pub fn reaches(from: &Path, to: [u8; 4]) {
	let why = format!("{} reaches {to:?}", from.display());
	eventually(&why, LIMIT, || pings(from, to).then_some(()));
}
