use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use grid_primitives::{spec::MAX_NODES, Balance, NodeId};
use scale_info::TypeInfo;

/// What somebody pays for a contract or a rental.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Account<AccountId> {
	/// Who pays.
	pub payer: AccountId,
	/// What of the payer's money is held for this.
	pub held: Balance,
	/// What is paid for each node.
	pub streams: Streams,
	/// Since when there is no money, in seconds since 1970.
	pub paused: Option<u64>,
	/// For how many seconds without money it keeps its data.
	pub grace: u32,
	/// When it is settled by itself, in seconds since 1970, if anything is to happen.
	pub due: Option<u64>,
}

/// The streams of a bill.
pub type Streams = BoundedVec<(NodeId, Stream), ConstU32<MAX_NODES>>;

/// What is paid for one node.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Stream {
	/// What an hour costs, in 1e-7 USD.
	pub rate: u64,
	/// From which second of the node's availability on it is to be paid, while it runs.
	pub from: Option<u64>,
	/// What is owed and was not paid, in the parts of `rates`.
	pub owed: u128,
	/// What was paid, modulo a million, so that shares come out exactly.
	pub split: u32,
}

/// What an hour of everything costs, in 1e-7 USD.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Prices {
	/// A unit of compute: of cores and memory.
	pub compute: u64,
	/// A unit of storage.
	pub storage: u64,
	/// A public address of version 4.
	pub public_v4: u64,
	/// A public address of version 6.
	pub public_v6: u64,
}

/// Who gets what of what is paid, in millionths. What is left is burned.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Shares {
	/// The farm of the node.
	pub farm: u32,
	/// The treasury.
	pub treasury: u32,
}

/// What a token is worth.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct TokenPrice {
	/// One whole token, in 1e-7 USD.
	pub usd: u64,
	/// When governance said so, in seconds since 1970.
	pub set: u64,
}

/// How a bill stands.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Standing<AccountId> {
	/// Who pays.
	pub payer: AccountId,
	/// What is held in advance.
	pub held: Balance,
	/// What an hour costs while everything runs and is available, in 1e-7 USD.
	pub usd_per_hour: u128,
	/// The same at today's price of the token.
	pub per_hour: Balance,
	/// What is owed at this moment and not paid.
	pub owed: Balance,
	/// What has to be there before it goes on, if it is paused.
	pub missing: Balance,
	/// Since when there is no money, in seconds since 1970.
	pub paused: Option<u64>,
	/// When it ends with its data unless there is money, if it is paused.
	pub ends: Option<u64>,
	/// When money runs out at the latest, with what is held and what the payer has free, if it is
	/// not paused and something runs.
	pub runs_out: Option<u64>,
	/// When it is settled by itself, if anything is to happen.
	pub due: Option<u64>,
	/// Whether the price of the token is older than it should be.
	pub stale_price: bool,
}
