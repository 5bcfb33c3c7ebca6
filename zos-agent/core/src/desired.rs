//! What the chain says is to run here.

pub use grid_primitives::report::{Address, Status};
use grid_primitives::{
	approval::Digest,
	report::NetworkKeys,
	spec::{Name, Spec, SpecHash},
	ContractId, NodeId, TwinId,
};

/// What the chain says of one contract on this node. It is only believed when
/// [`verify`](crate::verify::verify) says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
	/// The contract.
	pub contract: ContractId,
	/// What its owner calls it.
	pub label: Name,
	/// The owner's twin: whose secrets it may read.
	pub twin: TwinId,
	/// Whether the spec is to run. If not, its data stays.
	pub run: bool,
	/// The revision that the spec came with: the one that reports name.
	pub revision: u32,
	/// What is to run. Nothing, not even data, if there is none.
	pub spec: Option<Spec>,
	/// The public addresses of its networks.
	pub addresses: Vec<Address>,
	/// What the contract has on other nodes, if its networks reach there.
	pub elsewhere: Vec<Elsewhere>,
	/// What the chain knows of what became of it.
	pub status: Status,
	/// Which specs the contract has on which nodes, in the revision in force.
	pub plan: Vec<(NodeId, SpecHash)>,
	/// That revision.
	pub contract_revision: u32,
	/// The question with which stakeholders agreed to it, if they were asked.
	pub approved: Option<Digest>,
}

/// What a contract has on another node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
	/// The node.
	pub node: NodeId,
	/// What runs there, or is to.
	pub spec: Spec,
	/// The keys that the node has made for its networks.
	pub keys: NetworkKeys,
}
