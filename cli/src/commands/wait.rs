//! Waits until nodes have done what was wanted, and says who is waited for.

use super::nothing;
use crate::{
	chain::records::{Contract, ContractState, Part, Place, Status},
	interrupt,
	output::style::{paint, BAD, GOOD, WATCH},
	session::Session,
	Failure,
};
use grid_primitives::{approval::Action, ContractId, NodeId};
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

/// What a node says of its part, in words. One that is offline has said it before.
pub(super) fn words(part: &Part, offline: &BTreeSet<NodeId>) -> String {
	match (&part.place, &part.status) {
		(Place::Taken(_), _) if offline.contains(&part.node) => {
			let before = words(part, &BTreeSet::new());
			paint(BAD, format!("offline; before: {}", anstream::adapter::strip_str(&before)))
		},
		(Place::Lost(_), _) => paint(BAD, "the node is gone"),
		(Place::Leaving, _) => paint(WATCH, "leaving"),
		(_, Some(Status::Running)) if part.running == Some(part.revision) => {
			paint(GOOD, format!("running revision {}", part.revision))
		},
		(_, Some(Status::Failed(failure))) => {
			let workload = failure.workload.as_ref().and_then(|it| it.as_str());
			let workload = workload.map(|it| format!(" of {it}")).unwrap_or_default();
			let detail = failure.detail.as_str().unwrap_or_default();
			paint(BAD, format!("failed{workload}: {:?}: {detail}", failure.code))
		},
		(_, Some(Status::Stopped)) => paint(WATCH, "stopped"),
		(_, Some(Status::Pending | Status::Running) | None) => match part.running {
			Some(older) => {
				paint(WATCH, format!("waiting for revision {}; {older} runs", part.revision))
			},
			None => paint(WATCH, format!("waiting for revision {}", part.revision)),
		},
	}
}

/// Wait until a contract runs, or stakeholders have to be waited for, or something fails.
pub(super) async fn until_it_runs(session: &Session, id: ContractId) -> Result<(), Failure> {
	let mut said: BTreeMap<NodeId, String> = BTreeMap::new();
	let deadline = Instant::now() + session.patience();
	let mut blocks = session.chain().await?.follow().await?;
	loop {
		let state = session.state().await?;
		let contract = state.contract(id).await?;
		let contract = contract.ok_or_else(|| nothing(format!("contract {id} any more")))?;
		let offline = state.offline_of(contract.taken()).await?;
		if is_for_others(session, id, &contract, &offline)? {
			return Ok(());
		}
		for part in &contract.nodes {
			let words = words(part, &offline);
			if said.get(&part.node) != Some(&words) {
				session.note(format!("… node {}: {words}", part.node));
				said.insert(part.node, words);
			}
		}
		if contract.runs(&offline) {
			return Ok(());
		}
		let failed = |part: &&Part| {
			matches!(part.status, Some(Status::Failed(_))) || matches!(part.place, Place::Lost(_))
		};
		if let Some(part) = contract.nodes.iter().find(failed) {
			return Err(Failure::NotRunning(format!(
				"contract {id} does not run on node {}: {}",
				part.node,
				anstream::adapter::strip_str(&words(part, &offline))
			)));
		}
		tokio::select! {
			next = blocks.next() => if let Some(Err(error)) = next {
				return Err(crate::chain::Error::Lost(error.into()).into());
			},
			() = tokio::time::sleep_until(deadline) => {
				let waits =
					|part: &&Part| !part.is_settled() || offline.contains(&part.node);
				let waiting = contract.wanted().filter(waits);
				let waiting: Vec<_> = waiting.map(|part| part.node.to_string()).collect();
				return Err(Failure::TimedOut(format!(
					"contract {id} does not run yet on nodes {} after {} s; it goes on, and \
					 `grid deployment wait {id}` waits again",
					waiting.join(", "), session.options.timeout
				)));
			},
			() = interrupt::heard() => return Err(Failure::InterruptedWatching),
		}
	}
}

/// Whether somebody else has to do something first.
fn is_for_others(
	session: &Session,
	id: ContractId,
	contract: &Contract,
	offline: &BTreeSet<NodeId>,
) -> Result<bool, Failure> {
	match (contract.state, contract.question.0) {
		(ContractState::AwaitingApproval, question) => {
			let request = question.map(|(_, request)| request).unwrap_or_default();
			session.note(format!(
				"contract {id} waits for its stakeholders: `grid approvals show {request}`"
			));
			Ok(true)
		},
		// Until they have agreed to a change, what runs is what there was, however it is.
		(ContractState::Live, Some((action, request)))
			if action == Action::Amend || contract.runs(offline) =>
		{
			session.note(format!(
				"stakeholders are asked about contract {id} ({action:?}): \
				 `grid approvals show {request}`"
			));
			Ok(true)
		},
		(ContractState::Paused, _) => Err(Failure::NotRunning(format!(
			"contract {id} is paused for want of money: `grid bill top-up {id} AMOUNT`"
		))),
		(ContractState::Live, _) => Ok(false),
	}
}
