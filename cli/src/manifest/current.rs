//! What runs.

use super::{place::Candidate, Unit};
use grid_primitives::{
	ip::IpVersion,
	query::NodeState,
	spec::{AccessPeer, Kind, Spec, Subnet, Zdb},
	Capacity, NodeId,
};
use std::{
	cmp::Reverse,
	collections::{BTreeMap, BTreeSet},
};

/// What runs, as the chain has it.
#[derive(Clone, Debug, Default)]
pub struct Current {
	/// What each node is to run.
	pub specs: BTreeMap<NodeId, Spec>,
	/// The nodes that are about to stop what they run: they can take nothing until they have.
	pub leaving: BTreeSet<NodeId>,
	/// What was on nodes that are gone, as far as it is known.
	pub lost: BTreeSet<NodeId>,
	/// The nodes that are offline, and waited for: what is there stays.
	pub awaited: BTreeSet<NodeId>,
	/// The nodes that cannot run it for reasons of their own: it goes elsewhere if it can.
	pub unfit: BTreeSet<NodeId>,
	/// The networks that have a public address on a node: they keep it.
	pub addresses: BTreeMap<NodeId, Vec<(String, IpVersion)>>,
}

/// How much data a workload keeps.
pub(super) fn kept_by(kind: &Kind) -> Option<u64> {
	match kind {
		Kind::Volume(it) => Some(it.size),
		Kind::Zdb(it) => Some(it.size),
		Kind::Network(_) | Kind::Container(_) => None,
	}
}

impl Current {
	/// What a contract can have of a node: what is free, and what it has there itself. On one that
	/// takes nothing more, it has no more than that.
	pub(super) fn room_on(&self, candidate: &Candidate) -> Capacity {
		let own = self.specs.get(&candidate.node.node).map(|spec| spec.usage().capacity);
		let own = own.unwrap_or_default();
		match candidate.node.state {
			NodeState::Open => candidate.node.free.saturating_add(own),
			_ => own,
		}
	}

	/// Whether a network has a public address on a node.
	pub(super) fn has_address(&self, node: NodeId, network: &str, version: IpVersion) -> bool {
		let its = self.addresses.get(&node);
		its.is_some_and(|its| its.iter().any(|(name, it)| name == network && *it == version))
	}

	/// Where a unit is: where most of what it keeps is, and then most of what it is.
	pub(super) fn home_of(&self, unit: &Unit) -> Option<NodeId> {
		let homes = self.specs.iter().filter_map(|(node, spec)| {
			let its = spec.workloads().iter().filter(|it| unit.has(it));
			let (kept, number) = its.fold((0_u64, 0_u32), |(kept, number), it| {
				(kept.saturating_add(kept_by(&it.kind).unwrap_or_default()), number + 1)
			});
			(number > 0).then_some((kept, number, Reverse(*node)))
		});
		homes.max().map(|(_, _, Reverse(node))| node)
	}

	/// The part of a network that a node has.
	pub(super) fn part_of(&self, node: NodeId, network: &str) -> Option<Subnet> {
		let mut networks = self.specs.get(&node)?.networks();
		networks.find(|(name, _)| name.as_str() == Some(network)).map(|(_, it)| it.subnet)
	}

	/// The address that a workload has in a network.
	pub(super) fn address_of(
		&self,
		node: NodeId,
		workload: &str,
		network: &str,
	) -> Option<[u8; 4]> {
		let spec = self.specs.get(&node)?;
		let found = spec.workloads().iter().find(|it| it.name.as_str() == Some(workload))?;
		let attachments = match &found.kind {
			Kind::Container(container) => &container.networks[..],
			Kind::Zdb(Zdb { networks, .. }) => &networks[..],
			Kind::Network(_) | Kind::Volume(_) => return None,
		};
		let attached = attachments.iter().find(|it| it.network.as_str() == Some(network))?;
		Some(attached.ip)
	}

	/// Where a device joins a network, and which address it has there.
	pub(super) fn device_of(&self, network: &str, device: &str) -> Option<(NodeId, [u8; 4])> {
		self.specs.iter().find_map(|(node, spec)| {
			let mut networks = spec.networks().filter(|(name, _)| name.as_str() == Some(network));
			let its = |it: &&AccessPeer| it.name.as_str() == Some(device);
			networks.find_map(|(_, it)| it.access.iter().find(its)).map(|it| (*node, it.ip))
		})
	}

	/// What of its data is not where it was, and so is lost.
	pub(super) fn losses(&self, then: &BTreeMap<NodeId, Spec>) -> Vec<Loss> {
		let all = self.specs.iter().flat_map(|(node, spec)| {
			let stays = then.get(node).map(|spec| spec.workloads()).unwrap_or_default();
			let kept = spec.workloads().iter().filter(|it| kept_by(&it.kind).is_some());
			let lost = kept.filter(move |it| {
				!stays.iter().any(|other| other.name == it.name && same_kind(&other.kind, &it.kind))
			});
			lost.map(|it| Loss {
				node: *node,
				name: it.name.as_str().unwrap_or_default().to_string(),
			})
		});
		all.collect()
	}
}

fn same_kind(one: &Kind, other: &Kind) -> bool {
	std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// Data that is left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
	/// Where it is.
	pub node: NodeId,
	/// Of which volume or database.
	pub name: String,
}
