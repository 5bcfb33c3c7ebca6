use super::{ContractStatus, FailureStatus};
use grid_primitives::{BlockNumber, ContractId, FarmId, NodeId};
use serde::{Deserialize, Serialize};
use std::{
	sync::{Mutex, MutexGuard, PoisonError},
	time::{SystemTime, UNIX_EPOCH},
};

/// How it goes, all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
	/// The agent and its node.
	pub agent: AgentStatus,
	/// The newest finalized block at which the chain was asked.
	pub head: Option<BlockNumber>,
	/// The number of what the chain wants. There is none until it was heard.
	pub generation: Option<u64>,
	/// What the chain wants, and what became of it.
	pub contracts: Vec<ContractStatus>,
	/// Contracts that have ended, of which something is still here.
	pub leaving: Vec<ContractId>,
	/// All that does not go well. Of each contract first what the chain is told.
	pub failures: Vec<FailureStatus>,
}

/// The agent and its node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentStatus {
	/// The version of the agent.
	pub version: String,
	/// The account of the node, as wallets write it.
	pub account: String,
	/// Its number.
	pub node: Option<NodeId>,
	/// Its farm.
	pub farm: Option<FarmId>,
	/// When the agent started, in seconds since 1970.
	pub started: u64,
	/// When the chain last heard a heartbeat, in seconds since 1970.
	pub last_beat: Option<u64>,
	/// When a newer finalized block was last heard of, in seconds since 1970.
	pub last_block: Option<u64>,
	/// Whether some farm has invited the node, as long as it is in none.
	pub invited: Option<bool>,
}

/// What a look at the machine showed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
	/// The newest finalized block at which the chain was asked.
	pub head: Option<BlockNumber>,
	/// The number of what the chain wants.
	pub generation: Option<u64>,
	/// What the chain wants, and what became of it.
	pub contracts: Vec<ContractStatus>,
	/// Contracts that have ended, of which something is still here.
	pub leaving: Vec<ContractId>,
	/// All that does not go well. Of each contract first what the chain is told.
	pub failures: Vec<FailureStatus>,
}

/// Where it is seen how it goes.
#[derive(Debug, Default)]
pub struct View(Mutex<Status>);

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
	SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs())
}

impl View {
	/// The view of an agent that holds this account.
	pub fn of(account: String) -> Self {
		let agent = AgentStatus {
			version: env!("CARGO_PKG_VERSION").into(),
			account,
			started: now(),
			..AgentStatus::default()
		};
		Self(Mutex::new(Status { agent, ..Status::default() }))
	}

	fn lock(&self) -> MutexGuard<'_, Status> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// How it goes.
	pub fn status(&self) -> Status {
		self.lock().clone()
	}

	pub(crate) fn set_node(&self, node: NodeId, farm: FarmId) {
		let mut status = self.lock();
		status.agent.node = Some(node);
		status.agent.farm = Some(farm);
		status.agent.invited = None;
	}

	pub(crate) fn set_invited(&self, invited: bool) {
		self.lock().agent.invited = Some(invited);
	}

	pub(crate) fn set_beat(&self) {
		self.lock().agent.last_beat = Some(now());
	}

	pub(crate) fn set_block(&self) {
		self.lock().agent.last_block = Some(now());
	}

	pub(crate) fn show(&self, snapshot: Snapshot) {
		let Snapshot { head, generation, contracts, leaving, mut failures } = snapshot;
		let mut status = self.lock();
		for failure in &mut failures {
			let before = status.failures.iter().find(|it| it.is_same(failure));
			failure.since = before.map_or(failure.since, |it| it.since);
		}
		let agent = status.agent.clone();
		*status = Status { agent, head, generation, contracts, leaving, failures };
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn since_when_something_fails_is_kept_until_it_fails_for_another_reason() {
		let fails = |code: &str, since, detail: &str| FailureStatus {
			contract: 1,
			workload: Some("web".into()),
			code: code.into(),
			detail: detail.into(),
			since,
			tries: None,
			retry_in: None,
		};
		let view = View::default();
		let show = |failures| {
			view.show(Snapshot { failures, ..Snapshot::default() });
			view.status().failures.into_iter().map(|it| it.since).collect::<Vec<_>>()
		};
		assert_eq!(show(vec![fails("Crashed", 10, "once")]), [10]);
		assert_eq!(show(vec![fails("Crashed", 20, "twice")]), [10]);
		assert_eq!(show(vec![fails("OutOfMemory", 30, "")]), [30]);
		assert!(show(vec![]).is_empty());
		assert_eq!(show(vec![fails("OutOfMemory", 40, "")]), [40], "it was well meanwhile");
	}
}
