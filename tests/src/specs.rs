//! Short ways to say what is to run.

use grid_primitives::{
	capacity::bytes::MIB,
	spec::{
		Attachment, Container, Disk, Image, Kind, LogTarget, Mount, Network, RestartPolicy, Spec,
		Subnet, Text, Variable, Volume, Workload,
	},
};

/// A text of a spec.
pub fn text<const MOST: u32>(text: &str) -> Text<MOST> {
	text.try_into().expect("it is short")
}

/// A volume of so many bytes.
pub fn volume(name: &str, size: u64) -> Workload {
	Workload { name: text(name), kind: Kind::Volume(Volume { size, disk: Disk::Ssd }) }
}

/// A small container that sees a volume at `/data` and starts again whenever it ends.
pub fn container(name: &str, image: &Image, volume: &str) -> Workload {
	let mount = Mount { volume: text(volume), path: text("/data"), read_only: false };
	container_with(name, image, |it| it.mounts = vec![mount].try_into().expect("one"))
}

/// A small container that starts again whenever it ends, with changes.
pub fn container_with(name: &str, image: &Image, change: impl FnOnce(&mut Container)) -> Workload {
	let mut container = Container {
		image: image.clone(),
		signer: None,
		cpu: 50,
		memory: 32 * MIB,
		root: 16 * MIB,
		command: Default::default(),
		args: Default::default(),
		env: Default::default(),
		secrets: Default::default(),
		mounts: Default::default(),
		networks: Default::default(),
		restart: RestartPolicy::Always,
		log: LogTarget::Node(64 * 1024),
	};
	change(&mut container);
	Workload { name: text(name), kind: Kind::Container(container) }
}

/// The part `10.1.third.0/24` of the network `net`, with changes.
pub fn network_with(third: u8, change: impl FnOnce(&mut Network)) -> Workload {
	let mut network = Network {
		ula: Some([1, 2, 3, 4, 5]),
		..Network::closed(
			Subnet { ip: [10, 1, 0, 0], prefix: 16 },
			Subnet { ip: [10, 1, third, 0], prefix: 24 },
		)
	};
	change(&mut network);
	Workload { name: text("net"), kind: Kind::Network(network) }
}

/// A small container at an address of the network `net`, with these variables.
pub fn attached(name: &str, image: &Image, ip: [u8; 4], env: &[(&str, &str)]) -> Workload {
	let to = Attachment { network: text("net"), ip };
	let env = env.iter().map(|(name, value)| Variable { name: text(name), value: text(value) });
	container_with(name, image, |it| {
		it.networks = vec![to].try_into().expect("one");
		it.env = env.collect::<Vec<_>>().try_into().expect("they are few");
	})
}

/// All that a contract has on a node.
pub fn spec(workloads: impl Into<Vec<Workload>>) -> Spec {
	Spec::V1(workloads.into().try_into().expect("they are few"))
}
