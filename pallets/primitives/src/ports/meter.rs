//! Money for what runs.

use crate::{spec::Usage, Balance, ContractId, NodeId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What a bill is for.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Bill {
	/// A contract, with a stream for each of its nodes.
	Contract(ContractId),
	/// The rent of a node.
	Rental(NodeId),
}

/// What something would cost.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Quote {
	/// For an hour in which everything is available, in 1e-7 USD.
	pub usd_per_hour: u128,
	/// The same at today's price of the token.
	pub per_hour: Balance,
	/// What is held in advance.
	pub prepayment: Balance,
}

/// The payer cannot pay in advance for as long as he must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct NotFunded;

/// Takes money for what is used, by the second. It knows nothing of workloads.
pub trait Meter<AccountId> {
	/// What this much on these nodes would cost.
	fn quote(usage: &[(NodeId, Usage)]) -> Quote;
	/// Open a bill with a stream for each of these nodes, and hold an advance. Nothing flows yet.
	fn open(bill: Bill, payer: &AccountId, usage: &[(NodeId, Usage)]) -> Result<(), NotFunded>;
	/// Hold enough in advance for these streams too, so that each can [`change`](Self::change).
	fn cover(bill: Bill, usage: &[(NodeId, Usage)]) -> Result<(), NotFunded>;
	/// From now on this much is used of a node. Opens the stream if there was none.
	fn change(bill: Bill, node: NodeId, usage: Usage);
	/// From now on money flows, while the node is available.
	fn run(bill: Bill, node: NodeId);
	/// No money flows until the stream runs again.
	fn pause(bill: Bill, node: NodeId);
	/// Take what is owed and close a stream. With the last, the bill is closed and what is left of
	/// the advance goes back.
	fn close(bill: Bill, node: NodeId);
	/// Make whoever pays rich enough.
	#[cfg(feature = "runtime-benchmarks")]
	fn endow(_payer: &AccountId) {}
}

/// Nothing costs anything.
impl<AccountId> Meter<AccountId> for () {
	fn quote(_: &[(NodeId, Usage)]) -> Quote {
		Quote::default()
	}

	fn open(_: Bill, _: &AccountId, _: &[(NodeId, Usage)]) -> Result<(), NotFunded> {
		Ok(())
	}

	fn cover(_: Bill, _: &[(NodeId, Usage)]) -> Result<(), NotFunded> {
		Ok(())
	}

	fn change(_: Bill, _: NodeId, _: Usage) {}
	fn run(_: Bill, _: NodeId) {}
	fn pause(_: Bill, _: NodeId) {}
	fn close(_: Bill, _: NodeId) {}
}

/// Hears when money for a bill runs out, and says how much work that was.
pub trait OnArrears<Weight> {
	/// There is none: what the bill is for stops, and keeps its data.
	fn paused(bill: Bill) -> Weight;
	/// There is money again.
	fn resumed(bill: Bill) -> Weight;
	/// There was none for as long as the payer chose to wait: it ends, with its data. Its streams
	/// are closed meanwhile, or soon.
	fn ended(bill: Bill) -> Weight;
	/// The most work that any of this can be.
	fn heaviest() -> Weight;
}
