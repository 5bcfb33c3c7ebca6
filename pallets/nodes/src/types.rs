use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use grid_primitives::{
	query::{Country, NodeState},
	Capacity, FarmId, TwinId,
};
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

/// What an agent says of its machine.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Machine {
	/// What it has, all told.
	pub capacity: Capacity,
	/// Where it is.
	pub location: Location,
	/// The X25519 key to which secrets for its workloads are sealed.
	pub encryption_key: [u8; 32],
}

/// A place on earth.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Location {
	/// The country.
	pub country: Country,
	/// The city, as UTF-8.
	pub city: BoundedVec<u8, ConstU32<64>>,
	/// Millionths of a degree to the north.
	pub latitude: i32,
	/// Millionths of a degree to the east.
	pub longitude: i32,
}

/// For how long a node was there.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
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

/// How small and how large a machine may be.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Limits {
	/// At least this. Disks of both kinds count together, as `sru`.
	pub least: Capacity,
	/// At most this.
	pub most: Capacity,
}

/// Turns the time on, to measure what happens later.
#[cfg(feature = "runtime-benchmarks")]
pub trait SetTime {
	/// Let it be so many seconds after 1970.
	fn set_time(seconds: u64);
}
