//! The specs of one contract on all of its nodes.

use super::{Fault, Name, Network, Reason, Spec, Subnet, MAX_NODES};
use crate::NodeId;
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// What an amendment does on a node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Change {
	/// The node.
	pub node: NodeId,
	/// What it is to run from now on: nothing, if there is none. That is said, not left out.
	#[cfg_attr(feature = "serde", serde(deserialize_with = "serde::Deserialize::deserialize"))]
	pub spec: Option<Spec>,
}

/// What is wrong with a plan, and on which node, if it is about one.
pub type PlanFault = (Option<NodeId>, Fault);

/// Whether each spec is well-formed, and they fit together.
pub fn check<'a>(plan: impl Iterator<Item = (NodeId, &'a Spec)> + Clone) -> Result<(), PlanFault> {
	let fault = |node, reason| (node, Fault { workload: None, reason });
	let number = plan.clone().take(MAX_NODES as usize + 1).count();
	if number == 0 || number > MAX_NODES as usize {
		return Err(fault(None, Reason::BadNumberOfNodes));
	}
	let mut nodes = BTreeSet::new();
	for (node, _) in plan.clone() {
		if !nodes.insert(node) {
			return Err(fault(Some(node), Reason::NodeTwice));
		}
	}
	for (node, spec) in plan.clone() {
		spec.check().map_err(|fault| (Some(node), fault))?;
	}
	check_together(plan)
}

/// Whether well-formed specs fit together: networks of the same name are one network, with the
/// same addresses everywhere, of which each node has a part of its own.
pub fn check_together<'a>(
	plan: impl Iterator<Item = (NodeId, &'a Spec)> + Clone,
) -> Result<(), PlanFault> {
	let mut first: BTreeMap<&Name, &Network> = BTreeMap::new();
	let mut parts = Vec::new();
	for (order, (node, spec)) in plan.enumerate() {
		for (index, name, network) in spec.indexed_networks() {
			let at = Part { name, subnet: network.subnet, order, node, index };
			let whole = first.entry(name).or_insert(network);
			if (whole.range, whole.ula) != (network.range, network.ula) {
				return Err(at.fault(Reason::RangesDiffer));
			}
			parts.push(at);
		}
	}
	// A part that overlaps with any other overlaps with the next, because one is inside of the
	// other. Of two, whichever comes later in the plan is told.
	parts.sort_unstable_by_key(|part| (part.name, part.subnet.ip, part.order));
	for two in parts.windows(2) {
		if let [one, next] = two {
			if one.name == next.name && one.subnet.overlaps(&next.subnet) {
				let later = if one.order > next.order { one } else { next };
				return Err(later.fault(Reason::SubnetsOverlap));
			}
		}
	}
	Ok(())
}

/// The part of a network that is on a node.
struct Part<'a> {
	name: &'a Name,
	subnet: Subnet,
	/// Where in the plan its node is.
	order: usize,
	node: NodeId,
	/// Where in its node's spec it is.
	index: u32,
}

impl Part<'_> {
	fn fault(&self, reason: Reason) -> PlanFault {
		(Some(self.node), Fault { workload: Some(self.index), reason })
	}
}
