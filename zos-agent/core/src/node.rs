//! What the chain knows of this machine.

pub use grid_primitives::machine::{Clock, Location, Machine, Terms};
use grid_primitives::{query::NodeState, FarmId, NodeId};

/// This node, as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
	/// Its number.
	pub id: NodeId,
	/// The farm that it is of.
	pub farm: FarmId,
	/// What its agent has said of its machine.
	pub machine: Machine,
	/// What its farmer says of it.
	pub state: NodeState,
	/// When its agent last changed what it says, in seconds since 1970.
	pub updated: u64,
	/// Its last heartbeat.
	pub clock: Clock,
}
