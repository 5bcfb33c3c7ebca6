//! What the chain stores, as far as `grid` decides by it.

use super::{of, Error, Shared, State};
use crate::keys::Account;
use codec::{Decode, Encode};
use grid_primitives::{
	approval::{Action, Digest, Question},
	ip::Ip,
	ports::{Bill, Quote},
	query::{NodeFilter, NodePage, NodeSummary},
	report::{Failure, NetworkKey},
	spec::{Name, Spec, SpecHash},
	Balance, ContractId, NodeId, PolicyId, RequestId, TwinId,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use subxt::{
	ext::{
		scale_decode::{self, DecodeAsType},
		scale_value::Value,
	},
	utils::AccountId32,
};

/// How many nodes are asked for at a time.
const PAGE: u32 = 100;

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
	/// Whether all of it runs, in the revision that is wanted.
	pub fn runs(&self) -> bool {
		self.state == ContractState::Live && self.wanted().all(Part::is_settled)
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
			Place::Leaving => false,
			Place::Lost(_) => true,
		}
	}
}

/// What stakeholders are asked.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct Request {
	/// The policy.
	pub policy: PolicyId,
	/// Who asks.
	pub asker: AccountId32,
	/// What is asked.
	pub question: Shared<Question>,
	/// What an answer is bound to, as the chain says.
	pub digest: Digest,
	/// The block in which it is too late.
	pub expires: u32,
	/// Whether anybody may see the policy used.
	pub open: bool,
	/// Who has to agree.
	pub roles: Vec<RoleStatus>,
}

/// How a role of a request stands.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct RoleStatus {
	/// What it is called.
	pub title: Vec<u8>,
	/// How many have to agree.
	pub threshold: u8,
	/// Whether one who objects ends the question.
	pub veto: bool,
	/// Who agreed.
	pub approved: Vec<AccountId32>,
	/// Who objected.
	pub objected: Vec<AccountId32>,
	/// Who has said nothing.
	pub silent: Vec<AccountId32>,
	/// How many more have to agree.
	pub missing: u8,
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

/// Who has to agree to what, as people write it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
	/// What it is called.
	pub title: Words,
	/// Who has to agree.
	pub roles: Vec<Role>,
	/// For how many blocks a question stays open.
	pub ttl: u32,
	/// What they are asked about.
	#[serde(default)]
	pub guards: Guards,
	/// Whether they are asked, too, if what runs is what they wanted.
	#[serde(default)]
	pub acceptance: bool,
	/// Whether one person may answer for several roles.
	#[serde(default)]
	pub several_roles: bool,
	/// Whether others than its owner may use it.
	#[serde(default)]
	pub open: bool,
}

/// What stakeholders are asked about.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize,
)]
#[serde(default, deny_unknown_fields)]
pub struct Guards {
	/// That something begins.
	pub create: bool,
	/// That it changes.
	pub amend: bool,
	/// That it ends.
	pub cancel: bool,
}

/// A text, as the chain has it: bytes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Words(pub Vec<u8>);

impl Serialize for Words {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		to.collect_str(&String::from_utf8_lossy(&self.0))
	}
}

impl<'de> Deserialize<'de> for Words {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		String::deserialize(from).map(|text| Self(text.into_bytes()))
	}
}

/// Some people of whom some have to agree.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
	/// What it is called.
	pub title: Words,
	/// Who they are.
	pub members: Vec<Member>,
	/// How many of them have to agree.
	pub threshold: u8,
	/// Whether one who objects ends the question.
	#[serde(default)]
	pub veto: bool,
}

/// One of the members of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Member(pub [u8; 32]);

impl Serialize for Member {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		Account(self.0).serialize(to)
	}
}

impl<'de> Deserialize<'de> for Member {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		Account::deserialize(from).map(|account| Self(account.0))
	}
}

/// How a bill stands.
#[derive(Clone, Debug, DecodeAsType, Serialize)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct Standing {
	/// What is held in advance.
	pub held: Balance,
	/// What an hour costs, in 1e-7 USD.
	pub usd_per_hour: u128,
	/// What an hour costs.
	pub per_hour: Balance,
	/// What is owed.
	pub owed: Balance,
	/// What is missing.
	pub missing: Balance,
	/// Since when it is paused, in seconds since 1970.
	pub paused: Option<u64>,
	/// When it ends, if nobody pays.
	pub ends: Option<u64>,
	/// When money runs out.
	pub runs_out: Option<u64>,
}

impl State {
	/// The twin of an account.
	pub async fn twin_of(&self, account: Account) -> Result<Option<TwinId>, Error> {
		self.view("Twins", "twin_of", (super::account(account),)).await
	}

	/// A contract.
	pub async fn contract(&self, id: ContractId) -> Result<Option<Contract>, Error> {
		self.view("Deployments", "contract", (id,)).await
	}

	/// The contract of a twin with a label.
	pub async fn labelled(&self, twin: TwinId, label: &Name) -> Result<Option<ContractId>, Error> {
		self.get("Deployments", "Labels", (twin, of(label))).await
	}

	/// The contracts of a twin, by label.
	pub async fn contracts_of(&self, twin: TwinId) -> Result<Vec<(Name, ContractId)>, Error> {
		let mut all: Vec<(Name, ContractId)> = Vec::new();
		loop {
			let after = super::option(all.last().map(|(label, _)| of(label)));
			let page: Shared<Vec<(Name, ContractId)>> = self
				.view("Deployments", "contracts_of", (Value::from(twin), after, Value::from(PAGE)))
				.await?;
			let last = page.len() < PAGE as usize;
			all.extend(page.0);
			if last {
				return Ok(all);
			}
		}
	}

	/// The change of a contract that is asked about.
	pub async fn amendment(&self, contract: ContractId) -> Result<Option<Amendment>, Error> {
		self.view("Deployments", "amendment", (contract,)).await
	}

	/// All nodes that fit.
	pub async fn find_nodes(&self, filter: &NodeFilter) -> Result<Vec<NodeSummary>, Error> {
		let mut all = Vec::new();
		let mut after: Option<NodeId> = None;
		loop {
			let question = (of(filter), of(&after), Value::from(PAGE));
			let page: Shared<NodePage> = self.ask("NodesApi", "find_nodes", question).await?;
			all.extend(page.0.nodes);
			match page.0.next {
				Some(next) => after = Some(next),
				None => return Ok(all),
			}
		}
	}

	/// A node in short.
	pub async fn node(&self, node: NodeId) -> Result<Option<NodeSummary>, Error> {
		let found: Option<Shared<NodeSummary>> = self.view("Nodes", "summary", (node,)).await?;
		Ok(found.map(|it| it.0))
	}

	/// The key to which secrets for a node are sealed.
	pub async fn encryption_key(&self, node: NodeId) -> Result<Option<[u8; 32]>, Error> {
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "scale_decode")]
		struct Node {
			machine: Machine,
		}
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "scale_decode")]
		struct Machine {
			encryption_key: [u8; 32],
		}
		let found: Option<Node> = self.get("Nodes", "Nodes", (node,)).await?;
		Ok(found.map(|it| it.machine.encryption_key))
	}

	/// What a node has published of its parts of a contract's networks.
	pub async fn network_keys(
		&self,
		node: NodeId,
		contract: ContractId,
	) -> Result<Vec<NetworkKey>, Error> {
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "scale_decode")]
		struct Placement {
			keys: Shared<Vec<NetworkKey>>,
		}
		let found: Option<Placement> =
			self.get("Deployments", "Placements", (node, contract)).await?;
		Ok(found.map(|it| it.keys.0).unwrap_or_default())
	}

	/// What a plan would cost somebody.
	pub async fn quote(&self, who: Account, plan: &[(NodeId, Spec)]) -> Result<Quote, Error> {
		let question = (super::account(who), of(&plan.to_vec()));
		let quote: Shared<Quote> = self.view("Deployments", "quote", question).await?;
		Ok(quote.0)
	}

	/// What stakeholders are asked.
	pub async fn request(&self, id: RequestId) -> Result<Option<Request>, Error> {
		self.view("Approvals", "request", (id,)).await
	}

	/// The terms of a policy that its stakeholders are asked about.
	pub async fn proposed_terms(&self, id: RequestId) -> Result<Option<Terms>, Error> {
		let found: Option<Shared<Terms>> = self.view("Approvals", "proposed_terms", (id,)).await?;
		Ok(found.map(|it| it.0))
	}

	/// The requests that an account can answer.
	pub async fn requests_for(&self, who: Account) -> Result<Vec<RequestId>, Error> {
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "scale_decode")]
		struct Page {
			requests: Vec<RequestId>,
			next: Option<RequestId>,
		}
		let mut all = Vec::new();
		let mut after: Option<RequestId> = None;
		loop {
			let question = (super::account(who), of(&after), Value::from(PAGE));
			let page: Page = self.view("Approvals", "requests_for", question).await?;
			all.extend(page.requests);
			match page.next {
				Some(next) => after = Some(next),
				None => return Ok(all),
			}
		}
	}

	/// How a bill stands.
	pub async fn standing(&self, bill: Bill) -> Result<Option<Standing>, Error> {
		self.view("Billing", "standing", (of(&bill),)).await
	}

	/// What an account can spend.
	pub async fn free(&self, who: Account) -> Result<Balance, Error> {
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "scale_decode")]
		struct Record {
			data: Data,
		}
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "scale_decode")]
		struct Data {
			free: Balance,
		}
		let found: Option<Record> = self.get("System", "Account", (super::account(who),)).await?;
		Ok(found.map_or(0, |it| it.data.free))
	}

	/// What time it is there, in seconds since 1970.
	pub async fn time(&self) -> Result<u64, Error> {
		let millis: Option<u64> = self.get("Timestamp", "Now", ()).await?;
		Ok(millis.unwrap_or_default() / 1_000)
	}
}
