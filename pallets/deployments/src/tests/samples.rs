//! Specs for stories.

use grid_primitives::{
	capacity::bytes::{GIB, MIB},
	spec::*,
};

pub(super) fn spec(workloads: impl IntoIterator<Item = (&'static str, Kind)>) -> Spec {
	let workloads: Vec<_> =
		workloads.into_iter().map(|(name, kind)| Workload { name: text(name), kind }).collect();
	Spec::V1(workloads.try_into().expect("they are few"))
}

pub(super) fn text<const MOST: u32>(it: &str) -> Text<MOST> {
	it.try_into().expect("it is short")
}

/// A container with so many cores.
pub(super) fn cores(number: u32) -> Spec {
	spec([("web", container(number * 1_000, []))])
}

pub(super) fn container(
	cpu: u32,
	networks: impl IntoIterator<Item = (&'static str, [u8; 4])>,
) -> Kind {
	let attach = |(network, ip)| Attachment { network: text(network), ip };
	let networks: Vec<_> = networks.into_iter().map(attach).collect();
	Kind::Container(Container {
		image: Image { reference: text("registry.example/web"), digest: [7; 32] },
		signer: None,
		cpu,
		memory: 512 * MIB,
		root: GIB,
		command: Default::default(),
		args: Default::default(),
		env: Default::default(),
		secrets: Default::default(),
		mounts: Default::default(),
		networks: networks.try_into().expect("they are few"),
		restart: RestartPolicy::Always,
		log: LogTarget::Discard,
	})
}

/// A part of a network, with a public address if so wanted.
pub(super) fn network(third: u8, public_v4: bool) -> Kind {
	let range = Subnet { ip: [10, 1, 0, 0], prefix: 16 };
	let subnet = Subnet { ip: [10, 1, third, 0], prefix: 24 };
	Kind::Network(Network { egress: Egress::Full, public_v4, ..Network::closed(range, subnet) })
}

/// A core behind a public address, in a network of which this is the part of this number.
pub(super) fn public(third: u8) -> Spec {
	spec([("net", network(third, true)), ("web", container(1_000, [("net", [10, 1, third, 2])]))])
}
