//! What somebody has, how it is, and what it costs.

use super::{nothing, wait};
use crate::{
	chain::{
		records::{Contract, ContractState, Part, Place, Standing},
		State, AT_ONCE,
	},
	interrupt,
	keys::Account,
	output::{
		capacity, duration, moment, say,
		style::{paint, BAD, GOOD, STRONG, WATCH},
		tokens, Table,
	},
	session::Session,
	Failure,
};
use futures::{stream, StreamExt, TryStreamExt};
use grid_primitives::{ports::Bill, spec::Name, ContractId, NodeId};
use serde_json::{json, Value as Json};
use std::{collections::BTreeSet, io::IsTerminal, time::Duration};

/// Contracts, what their nodes say, money, and when it runs out
#[derive(clap::Args)]
pub(super) struct Status {
	/// Of this account, if not one's own
	#[arg(long)]
	of: Option<String>,
}

/// The same, live
#[derive(clap::Args)]
pub(super) struct Top {
	/// Of this account, if not one's own
	#[arg(long)]
	of: Option<String>,
}

/// A contract with its bill.
struct Row {
	id: ContractId,
	contract: Contract,
	standing: Option<Standing>,
}

/// What an account has.
struct Overview {
	account: Account,
	free: u128,
	now: u64,
	block: u64,
	rows: Vec<Row>,
	/// The nodes of these contracts that are offline.
	offline: BTreeSet<NodeId>,
}

async fn overview(state: &State, account: Account) -> Result<Overview, Failure> {
	let (twin, free, now) =
		tokio::try_join!(state.twin_of(account), state.free(account), state.time())?;
	let all: Vec<(Name, ContractId)> = match twin {
		Some(twin) => state.contracts_of(twin).await?,
		None => Vec::new(),
	};
	let look = |(_, id): (Name, ContractId)| async move {
		let bill = state.standing(Bill::Contract(id));
		let (contract, standing) = tokio::try_join!(state.contract(id), bill)?;
		Ok::<_, crate::chain::Error>(contract.map(|contract| Row { id, contract, standing }))
	};
	let rows: Vec<_> = stream::iter(all).map(look).buffered(AT_ONCE).try_collect().await?;
	let mut rows: Vec<_> = rows.into_iter().flatten().collect();
	rows.sort_by_key(|row| row.id);
	let offline = state.offline_of(rows.iter().flat_map(|row| row.contract.taken())).await?;
	Ok(Overview { account, free, now, block: state.number(), rows, offline })
}

fn whose(session: &Session, of: Option<&str>) -> Result<Account, Failure> {
	match of {
		Some(who) => session.find_account(who),
		None => session.account(),
	}
}

impl Overview {
	fn record(&self) -> Json {
		let contracts: Vec<_> = self
			.rows
			.iter()
			.map(|row| record(row.id, &row.contract, row.standing.as_ref(), &self.offline))
			.collect();
		json!({
			"account": self.account,
			"free": self.free.to_string(),
			"block": self.block,
			"contracts": contracts,
		})
	}

	fn show(&self) -> String {
		let mut table =
			Table::new(&["contract", "label", "state", "nodes", "an hour", "held", "money lasts"]);
		let mut troubles = String::new();
		for Row { id, contract, standing } in &self.rows {
			let runs = |part: &&Part| part.is_settled() && !self.offline.contains(&part.node);
			let settled = contract.wanted().filter(runs).count();
			let nodes = format!("{settled} of {} running", contract.wanted().count());
			let (hour, held, out) = match standing {
				Some(it) => (tokens(it.per_hour), tokens(it.held), self.lasts(it)),
				None => Default::default(),
			};
			table.row([id.to_string(), label(contract), state(contract), nodes, hour, held, out]);
			for part in contract.nodes.iter().filter(|part| !runs(part)) {
				let says = wait::words(part, &self.offline);
				troubles += &format!("contract {id}, node {}: {says}\n", part.node);
			}
		}
		let head = format!("{}  {} free  block {}", self.account, tokens(self.free), self.block);
		format!("{}\n\n{table}\n{troubles}", paint(STRONG, head))
	}

	/// When money runs out: when it pauses, and when it ends.
	fn lasts(&self, standing: &Standing) -> String {
		match (standing.pauses, standing.ends) {
			(Some(pauses), Some(ends)) => {
				let left = pauses.saturating_sub(self.now);
				let style = if left < 86_400 { WATCH } else { GOOD };
				let grace = duration(ends.saturating_sub(pauses));
				paint(style, format!("pauses in {}, ends {grace} later", duration(left)))
			},
			(None, Some(ends)) => paint(BAD, format!("paused, ends {}", moment(ends))),
			_ if standing.paused.is_some() => paint(BAD, "paused"),
			_ => "its nodes owe it, and are not paid".into(),
		}
	}
}

fn label(contract: &Contract) -> String {
	contract.label.as_str().unwrap_or_default().to_string()
}

fn state(contract: &Contract) -> String {
	match contract.state {
		ContractState::AwaitingApproval => paint(WATCH, "awaiting approval"),
		ContractState::Live => paint(GOOD, "live"),
		ContractState::Paused => paint(BAD, "paused"),
	}
}

/// A contract as programs read it.
fn record(
	id: ContractId,
	contract: &Contract,
	standing: Option<&Standing>,
	offline: &BTreeSet<NodeId>,
) -> Json {
	let nodes: Vec<_> = contract
		.nodes
		.iter()
		.map(|part| {
			let place = match part.place {
				Place::Taken(_) => "taken",
				Place::Leaving => "leaving",
				Place::Lost(_) => "lost",
			};
			let says = anstream::adapter::strip_str(&wait::words(part, offline)).to_string();
			let addresses: Vec<_> = part
				.addresses
				.iter()
				.map(|it| json!({ "network": it.network.as_str(), "ip": it.ip }))
				.collect();
			json!({
				"node": part.node,
				"place": place,
				"revision": part.revision,
				"running": part.running,
				"settled": part.is_settled(),
				"offline": offline.contains(&part.node),
				"says": says,
				"addresses": addresses,
				"spec": part.spec.as_ref().map(|spec| &spec.0),
			})
		})
		.collect();
	json!({
		"contract": id,
		"label": contract.label.as_str(),
		"owner": Account(contract.owner.0),
		"twin": contract.twin,
		"state": contract.state,
		"revision": contract.revision,
		"policy": contract.policy,
		"request": contract.question.map(|(_, request)| request),
		"runs": contract.runs(offline),
		"bill": standing.map(bill),
		"nodes": nodes,
	})
}

/// A bill as programs read it: amounts are texts, so that no digit is lost.
pub(super) fn bill(it: &Standing) -> Json {
	json!({
		"held": it.held.to_string(),
		"grace": it.grace.to_string(),
		"usd_per_hour": it.usd_per_hour.to_string(),
		"per_hour": it.per_hour.to_string(),
		"owed": it.owed.to_string(),
		"missing": it.missing.to_string(),
		"paused": it.paused,
		"pauses": it.pauses,
		"ends": it.ends,
	})
}

/// A contract as people read it.
fn describe(id: ContractId, contract: &Contract, offline: &BTreeSet<NodeId>) -> String {
	let mut text = format!(
		"contract {id}  {}  {}  revision {}\nowner    {}\n",
		label(contract),
		state(contract),
		contract.revision,
		Account(contract.owner.0)
	);
	if let Some(policy) = contract.policy {
		text += &format!("policy   {policy}\n");
	}
	if let Some((action, request)) = contract.question.0 {
		text += &format!("asked    {action:?}, request {request}\n");
	}
	for part in &contract.nodes {
		text += &format!("\nnode {}: {}\n", part.node, wait::words(part, offline));
		for address in part.addresses.iter() {
			let network = address.network.as_str().unwrap_or_default();
			text += &format!("  {network} has the public address {}\n", plain(&json!(address.ip)));
		}
		let Some(spec) = &part.spec else { continue };
		text += &format!("  takes {}\n", capacity(&spec.usage().capacity));
		for workload in spec.workloads() {
			text += &format!("  {}\n", super::review::in_short(workload));
		}
	}
	text
}

/// A value in a table.
pub(super) fn plain(value: &Json) -> String {
	match value {
		Json::String(text) => text.clone(),
		Json::Null => String::new(),
		other => other.to_string(),
	}
}

/// A contract.
pub(super) async fn show(session: &Session, id: ContractId) -> Result<(), Failure> {
	let state = session.state().await?;
	let contract = state.contract(id).await?.ok_or_else(|| nothing(format!("contract {id}")))?;
	let offline = state.offline_of(contract.taken()).await?;
	let record = record(id, &contract, None, &offline);
	session.output().write(&record, || describe(id, &contract, &offline))
}

/// One's contracts.
pub(super) async fn list(session: &Session) -> Result<(), Failure> {
	Status { of: None }.run(session).await
}

impl Status {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let account = whose(session, self.of.as_deref())?;
		let overview = overview(&session.state().await?, account).await?;
		session.output().write(&overview.record(), || overview.show())
	}
}

impl Top {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		if !std::io::stdout().is_terminal() {
			return Err(Failure::Input("grid top needs a terminal: use grid status".into()));
		}
		let account = whose(session, self.of.as_deref())?;
		let mut blocks = session.chain().await?.follow().await?;
		loop {
			let overview = overview(&session.state().await?, account).await?;
			// From the top left corner on, with what was there cleared.
			say(&format!("\u{1b}[H\u{1b}[2J{}\nCtrl-C ends", overview.show()))?;
			tokio::select! {
				next = blocks.next() => match next {
					Some(Ok(_)) => {},
					_ => return Err(nothing("news of the chain any more")),
				},
				() = interrupt::heard() => return Ok(()),
			}
			tokio::time::sleep(Duration::from_millis(200)).await;
		}
	}
}
