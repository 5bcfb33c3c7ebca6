//! Money for what is reserved.

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

impl Bill {
	/// That of a contract which is not there yet.
	pub const NEW: Self = Self::Contract(0);
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
	pub advance: Balance,
	/// What is held for the grace: it pays for what stays reserved when there is no more money.
	pub grace: Balance,
	/// What is held for the storage that it takes, and comes back in the end. A meter does not know it.
	pub deposit: Balance,
}

/// The payer cannot pay in advance for as long as he must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct NotFunded;

/// What is to become of a stream, if a proposal comes into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposal {
	/// It is to pay for this.
	Use {
		/// What is reserved until then.
		meanwhile: Usage,
		/// What is reserved when the node has made the change.
		then: Usage,
	},
	/// It is to be closed.
	Close,
}

impl Proposal {
	/// Something new, or something else of the same size.
	pub fn of(usage: Usage) -> Self {
		Self::Use { meanwhile: usage, then: usage }
	}
}

/// Takes money for what is reserved, by the second in which its node is available. It knows nothing of
/// workloads. Rates are agreed when something is reserved, and are never computed again.
pub trait Meter<AccountId> {
	/// What a bill would cost if this came into force. It need not be there yet.
	fn quote(bill: Bill, proposals: &[(NodeId, Proposal)]) -> Quote;
	/// Open a bill with a stream for each of these nodes, and hold advance and grace. Money flows from
	/// now on. The nodes may be [asked](Self::ask) at once. Says what an hour costs, in 1e-7 USD.
	fn open(
		bill: Bill,
		payer: &AccountId,
		usage: &[(NodeId, Usage)],
		asked: bool,
	) -> Result<u128, NotFunded>;
	/// Let streams pay for what a proposal reserves, opening those that are not there, and hold what
	/// that takes. Says what an hour costs if it comes into force, in 1e-7 USD.
	fn propose(bill: Bill, proposals: &[(NodeId, Proposal)]) -> Result<u128, NotFunded>;
	/// What was proposed is not to be.
	fn retract(bill: Bill);
	/// What was proposed is in force: the nodes are [asked](Self::ask) to make the change. Streams that
	/// are to close do so by [`close`](Self::close).
	fn agree(bill: Bill);
	/// Nodes are told what to run. While they do not answer for too long, nothing is owed.
	fn ask(bill: Bill);
	/// A node answered: what it has reserved is owed.
	fn answer(bill: Bill, node: NodeId);
	/// A node has made a change: what it held besides is free. With what is still reserved for a
	/// proposal, if one is open.
	fn arrive(bill: Bill, node: NodeId, proposed: Option<Usage>);
	/// A node cannot do what it should: nothing is owed until it [answers](Self::answer).
	fn excuse(bill: Bill, node: NodeId);
	/// Take what is owed and close a stream. With the last, the bill is closed and what is left of
	/// what was held goes back.
	fn close(bill: Bill, node: NodeId);
	/// Make whoever pays rich enough.
	#[cfg(feature = "runtime-benchmarks")]
	fn endow(_payer: &AccountId) {}
}

/// Nothing costs anything.
impl<AccountId> Meter<AccountId> for () {
	fn quote(_: Bill, _: &[(NodeId, Proposal)]) -> Quote {
		Quote::default()
	}

	fn open(_: Bill, _: &AccountId, _: &[(NodeId, Usage)], _: bool) -> Result<u128, NotFunded> {
		Ok(0)
	}

	fn propose(_: Bill, _: &[(NodeId, Proposal)]) -> Result<u128, NotFunded> {
		Ok(0)
	}

	fn retract(_: Bill) {}
	fn agree(_: Bill) {}
	fn ask(_: Bill) {}
	fn answer(_: Bill, _: NodeId) {}
	fn arrive(_: Bill, _: NodeId, _: Option<Usage>) {}
	fn excuse(_: Bill, _: NodeId) {}
	fn close(_: Bill, _: NodeId) {}
}

/// Hears when money for a bill runs out, and says how much work that was.
pub trait OnArrears<Weight> {
	/// There is none: what the bill is for stops, and keeps its data.
	fn paused(bill: Bill) -> Weight;
	/// There is money again.
	fn resumed(bill: Bill) -> Weight;
	/// What was held for the grace is used up: it ends, with its data. Its streams are closed
	/// meanwhile, or soon.
	fn ended(bill: Bill) -> Weight;
	/// The most work that any of this can be.
	fn heaviest() -> Weight;
}
