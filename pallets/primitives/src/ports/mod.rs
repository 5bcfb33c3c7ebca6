//! The traits through which pallets meet. Each is implemented by one pallet, and wired to those
//! that need it by the runtime.

mod approvals;
mod meter;

pub use approvals::{ApprovalGate, CannotAsk, Decision, OnDecision};
pub use meter::{Bill, Meter, NotFunded, OnArrears, Proposal, Quote};

use crate::{
	ip::{Ip, IpVersion},
	Capacity, FarmId, NodeId, TwinId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// Who somebody is on the grid. The pallet `twins` knows.
pub trait Twins<AccountId> {
	/// The twin of an account.
	fn twin_of(who: &AccountId) -> Option<TwinId>;
	/// Something of this twin's is there from now on, and needs it. Not for [`Belongings`].
	fn attach(twin: TwinId);
	/// It is gone. Once for each `attach`.
	fn detach(twin: TwinId);
	/// Give `who`, which has money, a twin unless it has one.
	#[cfg(feature = "runtime-benchmarks")]
	fn ensure_twin(who: &AccountId) -> TwinId;
}

/// What twins have that need not be counted, because whoever keeps it finds it by the twin.
pub trait Belongings {
	/// Whether a twin has anything.
	fn has_any(twin: TwinId) -> bool;
}

impl Belongings for () {
	fn has_any(_: TwinId) -> bool {
		false
	}
}

/// Farms, as their nodes see them. The pallet `farms` knows.
pub trait Farms<AccountId> {
	/// Who owns a farm.
	fn owner(farm: FarmId) -> Option<AccountId>;
	/// Where what a farm earns is paid to.
	fn payout(farm: FarmId) -> Option<AccountId>;
	/// How many public addresses of a version nobody has reserved.
	fn free_ips(farm: FarmId, version: IpVersion) -> u32;
	/// The farm has one more node.
	fn attach_node(farm: FarmId);
	/// The farm has a node less. Once for each `attach_node`.
	fn detach_node(farm: FarmId);
	/// Create a farm for `farmer`, which has money.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_farm(farmer: &AccountId) -> FarmId;
}

/// Public addresses for those who deploy. The pallet `farms` keeps them.
pub trait PublicIps {
	/// Take this many free addresses of a farm: all of them, or none.
	fn reserve(farm: FarmId, version: IpVersion, number: u32) -> Option<Vec<Ip>>;
	/// Give reserved addresses back. Others are left as they are.
	fn release(ips: &[Ip]);
	/// Add so many addresses of version 4 to a farm that has none, and whose farmer has money.
	#[cfg(feature = "runtime-benchmarks")]
	fn supply(farm: FarmId, number: u32);
}

/// Why a node gives no capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum NoCapacity {
	/// There is no such node.
	NoNode,
	/// Its farmer takes no new contracts on it.
	NotOpen,
	/// It has not shown itself for too long.
	Offline,
	/// Somebody else has rented all of it.
	RentedByOther,
	/// Not enough is free.
	Full,
}

/// The capacity of nodes: the only way to it. The pallet `nodes` keeps it.
pub trait NodeCapacity {
	/// Hold capacity on each of these nodes for somebody: on all of them or, saying which is in
	/// the way, on none. Each entry is a reservation of its own, even of nothing.
	fn reserve(by: TwinId, wanted: &[(NodeId, Capacity)]) -> Result<(), (NodeId, NoCapacity)>;
	/// Change what a reservation holds. A node that is not open can still shrink one.
	fn resize(node: NodeId, from: Capacity, to: Capacity) -> Result<(), NoCapacity>;
	/// End a reservation of this size.
	fn release(node: NodeId, held: Capacity);
	/// Whether nothing is reserved of a node.
	fn is_empty(node: NodeId) -> bool;
	/// Tell a node that what it is to run has changed.
	fn wake(node: NodeId);
	/// How often a node was told.
	fn generation(node: NodeId) -> u64;
}

/// Nodes that are rented as a whole. The pallet `nodes` keeps who rents which.
pub trait Rentals {
	/// Rent a node of which nothing is reserved.
	fn rent(node: NodeId, by: TwinId) -> Result<(), NoCapacity>;
	/// Who rents a node.
	fn tenant(node: NodeId) -> Option<TwinId>;
	/// End a rental.
	fn release(node: NodeId);
}

/// For how long nodes were there, proven by their heartbeats. The pallet `nodes` counts.
pub trait Availability {
	/// The seconds so far. The number only grows, and not faster than time.
	fn available_seconds(node: NodeId) -> u64;
	/// Whether the last heartbeat is recent.
	fn is_online(node: NodeId) -> bool;
	/// The seconds since the last heartbeat, if it is recent. The next one may prove them.
	fn unproven_seconds(node: NodeId) -> u64;
	/// Which of its seconds it is now, if the next heartbeat proves it.
	fn this_second(node: NodeId) -> u64 {
		Self::available_seconds(node).saturating_add(Self::unproven_seconds(node))
	}
}

/// What else is to be known of nodes.
pub trait Nodes<AccountId> {
	/// The node that an account operates.
	fn node_of(who: &AccountId) -> Option<NodeId>;
	/// The farm of a node.
	fn farm_of(node: NodeId) -> Option<FarmId>;
	/// All that can be reserved of a node, free or not.
	fn offered(node: NodeId) -> Option<Capacity>;
	/// Whether governance vouches for a node.
	fn is_certified(node: NodeId) -> bool;
	/// The second of a node's availability at which it was last no longer certified, if it ever was.
	fn certificate_lost(node: NodeId) -> Option<u64>;
	/// Whether governance has taken a node off the grid.
	fn is_expelled(node: NodeId) -> bool;
	/// Make a node that is open, online and as large as can be, with a farm of its own.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_node(agent: &AccountId) -> NodeId;
}

/// Hears what becomes of nodes.
pub trait OnNode {
	/// Governance has taken a node off the grid: what is on it ends.
	fn expelled(node: NodeId);
	/// A node is gone. Nothing was on it.
	fn removed(node: NodeId);
}

impl OnNode for () {
	fn expelled(_: NodeId) {}
	fn removed(_: NodeId) {}
}
