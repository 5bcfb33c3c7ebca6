//! What the chain knows of this machine, and what it wants to hear.

use codec::{Decode, Encode};
use grid_primitives::{
	query::{Country, NodeState},
	spec::Text,
	Capacity, FarmId, NodeId,
};

/// What an agent says of its machine. Encoded as it is on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Machine {
	/// What it has, all told.
	pub capacity: Capacity,
	/// Where it is.
	pub location: Location,
	/// The X25519 key to which secrets for its workloads are sealed.
	pub encryption_key: [u8; 32],
}

/// A place on earth. Encoded as it is on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Location {
	/// The country.
	pub country: Country,
	/// The city.
	pub city: Text<64>,
	/// Millionths of a degree to the north.
	pub latitude: i32,
	/// Millionths of a degree to the east.
	pub longitude: i32,
}

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

/// For how long a node was there. Encoded as it is on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Clock {
	/// Made anew when the machine starts.
	pub boot_id: [u8; 16],
	/// For how many seconds the machine had been running, in the last heartbeat.
	pub uptime: u64,
	/// When that was, in seconds since 1970.
	pub last_beat: u64,
	/// The seconds that it was available, since it joined.
	pub available_seconds: u64,
}

/// How often the chain hears what nodes say, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
	/// What must pass between two heartbeats.
	pub min_gap: u64,
	/// What may pass between two heartbeats that count as available.
	pub max_gap: u64,
	/// What must pass between two updates.
	pub update_interval: u64,
}
