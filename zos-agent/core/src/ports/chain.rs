use crate::{
	desired::Desired,
	node::{Machine, Node, Terms},
};
use async_trait::async_trait;
use grid_primitives::{report::Outcome, BlockNumber, ContractId, FarmId, NodeId};
use std::error::Error;

/// A finalized block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: [u8; 32],
}

/// The chain, as one node hears it and speaks to it: with the node's key. Many nodes may share one
/// connection beneath.
///
/// All that it says is finalized. What it cannot prove it does not say: it returns an error, or
/// waits. Dropping a future stops it, and never takes back what was sent.
#[async_trait]
pub trait Chain: Send + Sync {
	/// The account of the node.
	fn account(&self) -> [u8; 32];

	/// The hash of the first block of the chain. It is known once any other block is.
	fn genesis(&self) -> Option<[u8; 32]>;

	/// The newest finalized block, as soon as it is newer than another. Waits for as long as it
	/// takes, and connects again by itself. What it returned before is never followed by less.
	async fn finalized(&self, newer_than: Option<BlockNumber>) -> Head;

	/// The node that this account operates.
	async fn node(&self, at: Head) -> Result<Option<Node>, ChainError>;

	/// The farms that have invited this account.
	async fn invitations(&self, at: Head) -> Result<Vec<FarmId>, ChainError>;

	/// How often the chain wants to hear of this node.
	async fn terms(&self, at: Head) -> Result<Terms, ChainError>;

	/// What time it was, in seconds since 1970.
	async fn time(&self, at: Head) -> Result<u64, ChainError>;

	/// How often what a node is to run has changed.
	async fn generation(&self, node: NodeId, at: Head) -> Result<u64, ChainError>;

	/// What a node is to run: all of it, in the order of contracts.
	async fn desired(&self, node: NodeId, at: Head) -> Result<Vec<Desired>, ChainError>;

	/// Say something, and wait until it is finalized or certain that it never will be. Sent again
	/// by itself for as long as it may still be included.
	async fn submit(&self, call: Call) -> Result<Submitted, ChainError>;
}

/// What a node says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
	/// That it joins a farm.
	Register {
		/// The farm.
		farm: FarmId,
		/// What it is.
		machine: Machine,
		/// Made anew when the machine starts.
		boot_id: [u8; 16],
	},
	/// What has changed of it.
	Update {
		/// What it is.
		machine: Machine,
	},
	/// That it is there.
	Heartbeat {
		/// Made anew when the machine starts.
		boot_id: [u8; 16],
		/// For how many seconds the machine has been running.
		uptime: u64,
	},
	/// What became of a contract.
	Report {
		/// The contract.
		contract: ContractId,
		/// The revision of it.
		revision: u32,
		/// What became of it.
		outcome: Outcome,
	},
}

/// What became of something that a node said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
	/// The chain has heard it.
	Finalized {
		/// Where.
		at: Head,
	},
	/// The chain knows that already: it was said before.
	Known,
	/// The chain hears it later, but not now: too little time has passed.
	TooEarly,
	/// The chain does not want to hear it, and will not as long as nothing changes.
	Refused {
		/// Why: the name of an error or refusal of the chain.
		reason: String,
	},
}

/// Why the chain could not be asked or told. All of this may go well later.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
	/// Nobody answers.
	#[error("the chain does not answer: the agent goes on as it is and tries again")]
	Unreachable(#[source] Box<dyn Error + Send + Sync>),
	/// The block is too old to be asked about.
	#[error("block {0} is no longer at hand: a newer one is taken")]
	Gone(BlockNumber),
	/// What the chain says does not have the form that this agent knows.
	#[error(
		"the chain speaks of {what} in a form that this agent does not know: update the agent"
	)]
	Unknown {
		/// What it spoke of.
		what: &'static str,
		/// What was wrong with it.
		#[source]
		source: Box<dyn Error + Send + Sync>,
	},
}
