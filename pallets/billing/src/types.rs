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
	/// For how many seconds what is reserved stays so without money. They are paid in advance.
	pub grace: u32,
	/// When it is settled by itself, in seconds since 1970, if anything is to happen.
	pub due: Option<u64>,
}

/// The streams of a bill.
pub type Streams = BoundedVec<(NodeId, Stream), ConstU32<MAX_NODES>>;

/// A price that was agreed. It is never computed again.
#[derive(
	Clone,
	Copy,
	Default,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Rate {
	/// What an hour costs, in 1e-7 USD.
	pub usd: u64,
	/// At which second of the node's availability it was agreed, if more is paid as governance vouches
	/// for the node.
	pub certified: Option<u64>,
}

/// What is paid when something that is proposed comes into force, and until then.
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
pub struct Proposed {
	/// For what is reserved until then.
	pub meanwhile: Rate,
	/// For what is reserved when the node has made the change.
	pub then: Rate,
}

/// What is paid for one node.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Stream {
	/// What is paid. Nothing, for what is only proposed.
	pub rate: Rate,
	/// What is paid as soon as the node has made the last change.
	pub next: Option<Rate>,
	/// What is paid for a proposal.
	pub proposed: Option<Proposed>,
	/// The second of the node's availability at which it began.
	pub since: u64,
	/// From which second of the node's availability on it is to be paid. None while the node cannot do
	/// what it should.
	pub from: Option<u64>,
	/// Until which second it is to be paid, unless the node answers.
	pub until: Option<u64>,
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
	/// The least that anything on a node costs.
	pub least: u64,
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
	/// What is held for it: the advance, and the grace.
	pub held: Balance,
	/// What of that is the grace.
	pub grace: Balance,
	/// What an hour costs while everything is available, in 1e-7 USD.
	pub usd_per_hour: u128,
	/// The same at today's price of the token.
	pub per_hour: Balance,
	/// What is owed at this moment and not paid.
	pub owed: Balance,
	/// What has to be there before it goes on, if it is paused.
	pub missing: Balance,
	/// Since when there is no money, in seconds since 1970.
	pub paused: Option<u64>,
	/// When it pauses if everything is available until then, with what is held and what the payer has
	/// free. None if it is paused, or owes nothing at the moment.
	pub pauses: Option<u64>,
	/// When it ends with its data unless money comes. None if it owes nothing at the moment.
	pub ends: Option<u64>,
	/// When it is settled by itself, if anything is to happen.
	pub due: Option<u64>,
	/// Whether the price of the token is older than it should be.
	pub stale_price: bool,
}
