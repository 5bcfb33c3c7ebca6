//! What `grid` asks the chain.

use super::{
	of,
	records::{Amendment, Contract, Request, Standing, Terms},
	Error, Shared, State,
};
use crate::keys::Account;
use futures::{stream, StreamExt, TryStreamExt};
use grid_primitives::{
	ip::{Ip, IpVersion},
	ports::{Bill, Quote},
	query::{NodeFilter, NodePage, NodeSummary},
	report::NetworkKey,
	spec::{Change, Name, Spec},
	Balance, ContractId, FarmId, NodeId, RequestId, TwinId,
};
use std::collections::BTreeSet;
use subxt::ext::{
	scale_decode::{self, DecodeAsType},
	scale_value::Value,
};

/// How much is asked for at a time.
const PAGE: u32 = 100;

/// How many questions are asked at a time.
pub const AT_ONCE: usize = 64;

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

	/// Which of some nodes are offline. What is gone is.
	pub async fn offline_of(
		&self,
		nodes: impl IntoIterator<Item = NodeId>,
	) -> Result<BTreeSet<NodeId>, Error> {
		// Each is asked for once.
		let nodes: BTreeSet<_> = nodes.into_iter().collect();
		let look = |id: NodeId| async move {
			let node = self.node(id).await?;
			Ok::<_, Error>((!node.is_some_and(|node| node.online)).then_some(id))
		};
		let found: Vec<_> = stream::iter(nodes).map(look).buffered(AT_ONCE).try_collect().await?;
		Ok(found.into_iter().flatten().collect())
	}

	/// How many public addresses of a version a farm has free.
	pub async fn free_addresses(&self, farm: FarmId, version: IpVersion) -> Result<u32, Error> {
		let (mut number, mut after): (u32, Option<Ip>) = (0, None);
		loop {
			let question = (Value::from(farm), of(&version), Value::bool(false), of(&after));
			let page: Shared<Vec<Ip>> = self.view("Farms", "public_ips", question).await?;
			number = number.saturating_add(u32::try_from(page.len()).unwrap_or(u32::MAX));
			match page.last() {
				Some(last) if page.len() >= PAGE as usize => after = Some(*last),
				_ => return Ok(number),
			}
		}
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

	/// What a contract that is there would cost with some changes.
	pub async fn quote_amendment(
		&self,
		contract: ContractId,
		changes: &[Change],
	) -> Result<Option<Quote>, Error> {
		let question = (contract, of(&changes.to_vec()));
		let quote: Option<Shared<Quote>> =
			self.view("Deployments", "quote_amendment", question).await?;
		Ok(quote.map(|quote| quote.0))
	}

	/// What the rent of a node would cost.
	pub async fn quote_rental(&self, node: NodeId) -> Result<Option<Quote>, Error> {
		let quote: Option<Shared<Quote>> =
			self.view("Deployments", "quote_rental", (node,)).await?;
		Ok(quote.map(|quote| quote.0))
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
