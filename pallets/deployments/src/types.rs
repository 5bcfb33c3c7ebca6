use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::BoundedVec;
use grid_primitives::{
	approval::{Action, Digest},
	report::{Address, NetworkKeys, Status},
	spec::{List, Name, Spec, SpecHash, Usage, MAX_NODES},
	Capacity, NodeId, PolicyId, RequestId, TwinId,
};
use scale_info::TypeInfo;

/// The most public addresses that a contract has on one node.
pub const MAX_ADDRESSES: u32 = 8;

/// The public addresses that a contract has on one node.
pub type Addresses = List<Address, MAX_ADDRESSES>;

/// A contract.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Contract<AccountId, Ticket> {
	/// Whose it is, and who pays.
	pub owner: AccountId,
	/// The owner's twin.
	pub twin: TwinId,
	/// What the owner calls it.
	pub label: Name,
	/// Whether it runs.
	pub state: State,
	/// Which version of its plan is in force.
	pub revision: u32,
	/// Its nodes, in their order.
	pub slots: BoundedVec<Slot, frame_support::traits::ConstU32<MAX_NODES>>,
	/// Who has to agree.
	pub policy: Option<PolicyId>,
	/// What they are asked at the moment.
	pub question: Option<(Action, RequestId)>,
	/// The question with which they agreed to the revision in force.
	pub approved: Option<Digest>,
	/// The revision of which they said that it is what they wanted.
	pub accepted: Option<u32>,
	/// The bytes of what it has on its nodes.
	pub bytes: u32,
	/// The deposit on it all.
	pub deposit: Ticket,
}

/// Whether a contract runs.
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
pub enum State {
	/// Not yet: stakeholders have not agreed.
	AwaitingApproval,
	/// It runs.
	Live,
	/// It has stopped for want of money, and keeps its data.
	Paused,
}

/// A contract on one of its nodes.
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
pub struct Slot {
	/// The node.
	pub node: NodeId,
	/// What it has there.
	pub place: Place,
}

/// What a contract has on a node.
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
pub enum Place {
	/// A spec of this hash.
	Taken(SpecHash),
	/// Nothing more, as soon as the node says that it has stopped.
	Leaving,
	/// Nothing more: the node was taken from it. The hash was part of what was approved.
	Lost(SpecHash),
}

/// What a node is to run for a contract, and what it says of it.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Placement<BlockNumber> {
	/// What it is to run. Nothing any more, if there is none.
	pub spec: Option<Spec>,
	/// The revision of the contract that this came with.
	pub revision: u32,
	/// What became of it.
	pub status: Status,
	/// The last revision that the node has said to run.
	pub running: Option<u32>,
	/// When the node last said something.
	pub reported: BlockNumber,
	/// What is reserved: enough for the spec, and for what may still run instead.
	pub held: Capacity,
	/// What a proposed spec needs, if one is.
	pub proposed: Option<Capacity>,
	/// Whether the owner rents the whole node.
	pub rented: bool,
	/// Its public addresses.
	pub addresses: Addresses,
	/// The keys that the node made for its networks.
	pub keys: NetworkKeys,
}

/// A revision that is not in force yet.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Amendment {
	/// Its number.
	pub revision: u32,
	/// What it changes, in the order of nodes.
	pub entries: List<Entry, MAX_NODES>,
}

/// What an amendment does on one node.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Entry {
	/// The node.
	pub node: NodeId,
	/// What it is to run. Nothing any more, if there is none.
	pub spec: Option<Spec>,
	/// What that takes.
	pub usage: Usage,
	/// Whether the contract has nothing there yet.
	pub new: bool,
	/// The public addresses that it needs more.
	pub addresses: Addresses,
}

/// A node that is rented as a whole.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Rental<AccountId, Ticket> {
	/// Who rents it, and pays.
	pub tenant: AccountId,
	/// The tenant's twin.
	pub twin: TwinId,
	/// Whether it has stopped for want of money.
	pub paused: bool,
	/// The deposit on it.
	pub deposit: Ticket,
}

/// Why something ended, or came to nothing.
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
pub enum Why {
	/// Its owner wanted it.
	Owner,
	/// Stakeholders did not agree.
	Rejected,
	/// Stakeholders did not agree in time.
	Expired,
	/// There was no money for too long.
	NotPaid,
	/// Governance ended it.
	Governance,
	/// Governance has taken the node off the grid.
	NodeExpelled,
	/// The rental of the node has ended.
	RentalEnded,
	/// The node was not there to say that it has stopped.
	NodeOffline,
}
