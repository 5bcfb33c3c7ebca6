//! Where devices of users join private networks, and with which addresses.

use super::{types::Network, Current, Unit};
use grid_primitives::{
	spec::{AccessPeer, Subnet},
	NodeId,
};
use std::collections::{BTreeMap, BTreeSet};

/// A device that joins a network at a node.
pub(super) struct Joining {
	pub(super) node: NodeId,
	pub(super) network: String,
	pub(super) device: AccessPeer,
}

/// Have the devices of a network join it. Who has joined stays, with the same address, so that its
/// configuration goes on being right; others get addresses from the end of a part, where workloads
/// come last.
pub(super) fn join(
	name: &str,
	network: &Network,
	placed: &[(&Unit, NodeId)],
	parts: &BTreeMap<NodeId, Subnet>,
	mut taken: BTreeSet<[u8; 4]>,
	current: &Current,
) -> Vec<Joining> {
	let mut joined = Vec::new();
	let mut new = Vec::new();
	for (device, wanted) in &network.devices {
		let near = wanted.near.as_ref().and_then(|near| home_of(placed, near));
		let may_be = |node: &NodeId| near.is_none_or(|near| near == *node);
		let had = current.device_of(name, device).filter(|(node, ip)| {
			let part = parts.get(node).filter(|_| may_be(node));
			part.is_some_and(|part| part.can_give(*ip)) && !taken.contains(ip)
		});
		match had {
			Some((node, ip)) => {
				taken.insert(ip);
				joined.push((device, wanted.key, node, ip));
			},
			None => new.push((device, wanted.key, near)),
		}
	}
	for (device, key, near) in new {
		let node = near.or_else(|| parts.keys().next().copied());
		let Some((node, part)) = node.and_then(|node| Some((node, parts.get(&node)?))) else {
			continue;
		};
		let (first, last) = (u32::from_be_bytes(part.ip), u32::from_be_bytes(part.broadcast()));
		let free = (first..=last)
			.rev()
			.map(u32::to_be_bytes)
			.find(|ip| part.can_give(*ip) && !taken.contains(ip));
		// Without one, the spec that is made will be refused, with the reason.
		let ip = free.unwrap_or(part.ip);
		taken.insert(ip);
		joined.push((device, key, node, ip));
	}
	joined.sort_by_key(|(device, ..)| *device);
	let joining = joined.into_iter().filter_map(|(device, key, node, ip)| {
		let device = AccessPeer { name: device.as_str().try_into().ok()?, public_key: key.0, ip };
		Some(Joining { node, network: name.into(), device })
	});
	joining.collect()
}

/// The node of a container or a database: of the first of several.
fn home_of(placed: &[(&Unit, NodeId)], service: &str) -> Option<NodeId> {
	let is_home = |unit: &Unit| unit.workloads.iter().any(|(_, source)| source.name == service);
	placed.iter().find(|(unit, _)| is_home(unit)).map(|(_, node)| *node)
}
