//! What the chain says is to run here.

use codec::{Decode, Encode};
use grid_primitives::{
	approval::Digest,
	ip::Ip,
	report::Failure,
	spec::{Name, Spec, SpecHash},
	ContractId, NodeId,
};

/// What the chain says of one contract on this node. It is only believed when
/// [`verify`](crate::verify::verify) says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
	/// The contract.
	pub contract: ContractId,
	/// Whether the spec is to run. If not, its data stays.
	pub run: bool,
	/// The revision that the spec came with: the one that reports name.
	pub revision: u32,
	/// What is to run. Nothing, not even data, if there is none.
	pub spec: Option<Spec>,
	/// The public addresses of its networks.
	pub addresses: Vec<Address>,
	/// What the chain knows of what became of it.
	pub status: Status,
	/// Which specs the contract has on which nodes, in the revision in force.
	pub plan: Vec<(NodeId, SpecHash)>,
	/// That revision.
	pub contract_revision: u32,
	/// The question with which stakeholders agreed to it, if they were asked.
	pub approved: Option<Digest>,
}

/// What became of a spec on its node, as the chain knows it. Encoded as it is there.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Status {
	/// The node has not said yet.
	Pending,
	/// All of it runs.
	Running,
	/// Something of it does not.
	Failed(Failure),
	/// Nothing of it runs, as it should be.
	Stopped,
}

/// A public address of a network. Encoded as it is on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Address {
	/// The network, of the spec.
	pub network: Name,
	/// The address.
	pub ip: Ip,
}
