//! Workloads to test with.

use crate::verify::{Intent, Wanted};
use grid_primitives::{
	spec::{
		Attachment, Container, Disk, Egress, Image, Kind, List, LogTarget, Mount, Name, Network,
		RestartPolicy, Spec, Subnet, Volume, Workload, Zdb, ZdbMode,
	},
	ContractId,
};

pub(crate) const SIZE: u64 = 1 << 20;

pub(crate) fn text(text: &str) -> Name {
	text.try_into().expect("it is short")
}

pub(crate) fn list<T, const MOST: u32>(items: Vec<T>) -> List<T, MOST> {
	items.try_into().ok().expect("they are few")
}

pub(crate) fn network(number: u8) -> Kind {
	let range = Subnet { ip: [10, number, 0, 0], prefix: 16 };
	Kind::Network(Network {
		range,
		ula: None,
		subnet: range,
		port: None,
		egress: Egress::Full,
		public_v4: false,
		public_v6: false,
		forwards: list(vec![]),
		access: list(vec![]),
	})
}

/// The part of a network `10.1.0.0/16` that has this third byte.
pub(crate) fn network_part(third: u8) -> Kind {
	let Kind::Network(whole) = network(1) else { panic!("it is one") };
	Kind::Network(Network { subnet: Subnet { ip: [10, 1, third, 0], prefix: 24 }, ..whole })
}

/// Something in a network.
pub(crate) fn attached(network: &str, ip: [u8; 4]) -> Kind {
	zdb(SIZE, vec![Attachment { network: text(network), ip }])
}

pub(crate) fn zdb(size: u64, networks: Vec<Attachment>) -> Kind {
	Kind::Zdb(Zdb {
		size,
		disk: Disk::Hdd,
		mode: ZdbMode::User,
		public: false,
		password: None,
		networks: list(networks),
	})
}

pub(crate) fn container(image: u8, volumes: Vec<Name>, networks: Vec<Attachment>) -> Kind {
	let mount = |volume: Name| Mount {
		path: format!("/{}", volume.as_str().unwrap_or_default())
			.as_str()
			.try_into()
			.expect("short"),
		volume,
		read_only: false,
	};
	Kind::Container(Container {
		image: Image { reference: "localhost/a".try_into().expect("short"), digest: [image; 32] },
		signer: None,
		cpu: 10,
		memory: 4 << 20,
		root: SIZE,
		command: list(vec![]),
		args: list(vec![]),
		env: list(vec![]),
		secrets: list(vec![]),
		mounts: list(volumes.into_iter().map(mount).collect()),
		networks: list(networks),
		restart: RestartPolicy::Always,
		log: LogTarget::Discard,
	})
}

/// What is to be done of a contract.
pub(crate) fn want(contract: ContractId, intent: Intent) -> Wanted {
	let (label, addresses, elsewhere) = Default::default();
	Wanted { contract, label, twin: 1, revision: 1, intent, addresses, elsewhere }
}

/// A spec of workloads with names.
pub(crate) fn spec(workloads: &[(&str, Kind)]) -> Spec {
	let all = workloads.iter();
	Spec::V1(list(
		all.map(|(name, kind)| Workload { name: text(name), kind: kind.clone() }).collect(),
	))
}

/// A volume on a solid-state disk.
pub(crate) fn volume(size: u64) -> Kind {
	Kind::Volume(Volume { size, disk: Disk::Ssd })
}

/// A container that sees these volumes.
pub(crate) fn program(image: u8, volumes: &[&str]) -> Kind {
	container(image, volumes.iter().map(|it| text(it)).collect(), vec![])
}
