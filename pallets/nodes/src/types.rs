use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use grid_primitives::{machine::Machine, query::NodeState, Capacity, FarmId, TwinId};
use scale_info::TypeInfo;

/// A machine of the grid.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Node<AccountId, Ticket> {
	/// The account that its agent holds.
	pub account: AccountId,
	/// The farm that it is of.
	pub farm: FarmId,
	/// What its agent says of it.
	pub machine: Machine,
	/// What contracts hold of it.
	pub reserved: Capacity,
	/// How many reservations these are.
	pub reservations: u32,
	/// What its farmer says of it.
	pub state: NodeState,
	/// Whether governance vouches for it.
	pub certified: bool,
	/// The second of its availability at which governance last ceased to.
	pub certificate_lost: Option<u64>,
	/// Who rents it as a whole.
	pub tenant: Option<TwinId>,
	/// When its agent last changed what it says, in seconds since 1970.
	pub updated: u64,
	/// Who paid the deposit.
	pub sponsor: AccountId,
	/// The deposit.
	pub deposit: Ticket,
	/// How often what it is to run has changed.
	pub generation: u64,
}

/// A farmer's word that an account may join a farm.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Invitation<AccountId, Ticket> {
	/// Who gave it, and paid the deposit.
	pub sponsor: AccountId,
	/// The deposit, on the invitation and on the node.
	pub deposit: Ticket,
}

/// Turns the time on, to measure what happens later.
#[cfg(feature = "runtime-benchmarks")]
pub trait SetTime {
	/// Let it be so many seconds after 1970.
	fn set_time(seconds: u64);
}
