use crate::chain::Shared;
use codec::Decode;
use grid_primitives::{
	approval::Action,
	ip::Ip,
	report::Failure,
	spec::{Name, Spec, SpecHash},
	NodeId, PolicyId, RequestId, TwinId,
};
use serde::Serialize;
use std::collections::BTreeSet;
use subxt::{
	ext::scale_decode::{self, DecodeAsType},
	utils::AccountId32,
};

/// A contract.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct Contract {
	/// Whose it is.
	pub owner: AccountId32,
	/// The same, as a twin.
	pub twin: TwinId,
	/// What its owner calls it.
	pub label: Shared<Name>,
	/// How it is.
	pub state: ContractState,
	/// How often it was changed.
	pub revision: u32,
	/// Who has to agree to what is done with it.
	pub policy: Option<PolicyId>,
	/// What they are asked at the moment.
	pub question: Shared<Option<(Action, RequestId)>>,
	/// Its part on each node.
	pub nodes: Vec<Part>,
}

/// How a contract is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType, Serialize)]
#[decode_as_type(crate_path = "scale_decode")]
#[serde(rename_all = "kebab-case")]
pub enum ContractState {
	/// Its stakeholders have yet to agree to it.
	AwaitingApproval,
	/// It is in force.
	Live,
	/// There is no money: nothing runs.
	Paused,
}

/// What a contract has on a node.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct Part {
	/// The node.
	pub node: NodeId,
	/// Whether it is still there.
	pub place: Place,
	/// What the node is to run, of which revision.
	pub revision: u32,
	/// What the node says.
	pub status: Option<Status>,
	/// The revision that it runs.
	pub running: Option<u32>,
	/// What it is to run.
	pub spec: Option<Shared<Spec>>,
	/// The public addresses that it has there, by network.
	pub addresses: Shared<Vec<PublicAddress>>,
}

/// A public address of a network.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct PublicAddress {
	/// The network.
	pub network: Name,
	/// The address.
	pub ip: Ip,
}

/// Whether a contract is on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub enum Place {
	/// It is, with a spec of this hash.
	Taken(SpecHash),
	/// It is about to go.
	Leaving,
	/// The node is gone, and with it what it ran.
	Lost(SpecHash),
}

/// What a node says of its part.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub enum Status {
	/// Nothing yet.
	Pending,
	/// It runs.
	Running,
	/// It cannot run.
	Failed(Shared<Failure>),
	/// It has stopped.
	Stopped,
}

impl Contract {
	/// Whether all of it runs, in the revision that is wanted: on nodes that are not offline.
	pub fn runs(&self, offline: &BTreeSet<NodeId>) -> bool {
		self.state == ContractState::Live
			&& self.wanted().all(|part| part.is_settled() && !offline.contains(&part.node))
	}

	/// The nodes that are to run something of it.
	pub fn taken(&self) -> impl Iterator<Item = NodeId> + '_ {
		let taken = self.nodes.iter().filter(|part| matches!(part.place, Place::Taken(_)));
		taken.map(|part| part.node)
	}

	/// What is to run. A node that is to have nothing of it any more may be silent for ever.
	pub fn wanted(&self) -> impl Iterator<Item = &Part> {
		self.nodes.iter().filter(|part| !matches!(part.place, Place::Leaving))
	}
}

impl Part {
	/// Whether its node has done what is wanted.
	pub fn is_settled(&self) -> bool {
		match self.place {
			Place::Taken(_) => {
				self.status == Some(Status::Running) && self.running == Some(self.revision)
			},
			Place::Leaving | Place::Lost(_) => false,
		}
	}
}

/// A change of a contract that stakeholders are asked about.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct Amendment {
	/// The revision it would be.
	pub revision: u32,
	/// What would change, by node.
	pub entries: Vec<AmendmentEntry>,
}

/// What would change on a node.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct AmendmentEntry {
	/// The node.
	pub node: NodeId,
	/// What it would run: nothing, if there is none.
	pub spec: Option<Shared<Spec>>,
}
