//! Stories of manifests without a chain.

mod applying;
mod keeping;
mod malformed;
mod properties;

use super::*;
use grid_primitives::{
	capacity::bytes::GIB,
	query::{NodeState, NodeSummary},
	spec::Spec,
	Capacity, NodeId,
};

/// A web server with its data and a database, on one network.
pub(super) const SHOP: &str = "\
grid: 1
name: shop
networks:
  lan: { range: 10.10.0.0/16 }
volumes:
  data: { size: 10GiB }
databases:
  cache: { size: 5GiB, networks: [lan] }
containers:
  web:
    image: registry.example/shop/web@sha256:1111111111111111111111111111111111111111111111111111111111111111
    cpu: 2
    memory: 2GiB
    mounts: [{ volume: data, path: /var/lib/shop }]
    networks: [lan]
    env: { CACHE: '${ip:cache}:6379' }
    ports: [{ port: 80, to: 8080 }]
";

/// A node with so many cores, four GiB of memory for each, and 100 GiB of disk for each.
pub(super) fn node(node: NodeId, farm: u32, cores: u64) -> Candidate {
	let free =
		Capacity { cru: cores * 1_000, mru: cores * 4 * GIB, sru: cores * 100 * GIB, hru: 0 };
	let node = NodeSummary {
		node,
		farm,
		country: *b"BE",
		state: NodeState::Open,
		online: true,
		certified: false,
		tenant: None,
		offered: free,
		free,
		available_seconds: 0,
	};
	Candidate { node, addresses: Addresses::default() }
}

pub(super) fn manifest(text: &str) -> Manifest {
	read(text).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn planned(
	manifest: &Manifest,
	nodes: &[Candidate],
	current: &Current,
) -> Result<Plan, Error> {
	plan(manifest, nodes, current, Some(1), [7; 32], &Blank)
}

/// What runs after a plan was carried out, and what is free then.
pub(super) fn carried_out(plan: &Plan, nodes: &mut [Candidate], before: &Current) -> Current {
	for candidate in nodes.iter_mut() {
		let id = candidate.node.node;
		let uses = |spec: Option<&Spec>| spec.map(|it| it.usage().capacity).unwrap_or_default();
		let free = candidate.node.free.saturating_add(uses(before.specs.get(&id)));
		let uses = uses(plan.specs.get(&id));
		candidate.node.free = free.checked_sub(uses).expect("no node is oversold");
	}
	Current { specs: plan.specs.clone(), ..Current::default() }
}
