//! What became of each contract is told to the chain, until it knows.

use super::{
	failing::with_causes,
	reconcile::{Event, Reconciler},
};
use crate::ledger::Said;
use grid_primitives::{report::Outcome, ContractId};
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;
use zos_core::{
	desired::Status,
	outcome::outcome,
	ports::{Call, ChainError, Submitted},
	Actual, Desired,
};

/// What the chain knows of a contract.
#[derive(Clone, Debug)]
pub(super) struct Known {
	revision: u32,
	status: Status,
}

/// The reports that are on their way, and those that wait.
#[derive(Default)]
pub(super) struct Reporting {
	going: BTreeSet<ContractId>,
	/// What was said in vain, and when to say it again.
	waiting: BTreeMap<ContractId, (Said, Instant)>,
}

/// What the chain answered to a report.
pub(super) struct Told {
	contract: ContractId,
	said: Said,
	answer: Result<Submitted, ChainError>,
}

impl Known {
	pub(super) fn of(desired: &Desired) -> Self {
		Self { revision: desired.revision, status: desired.status.clone() }
	}
}

impl Reporting {
	/// When something is to be said again next.
	pub(super) fn next_after(&self, now: Instant) -> Option<Instant> {
		self.waiting.values().map(|(_, until)| *until).filter(|until| *until > now).min()
	}

	fn waits(&self, contract: ContractId, said: &Said) -> bool {
		let waiting = self.waiting.get(&contract);
		waiting.is_some_and(|(it, until)| it == said && Instant::now() < *until)
	}
}

impl Reconciler {
	/// Tell the chain what it does not know yet.
	pub(super) fn say(&mut self, actual: &Actual) {
		let mut news = Vec::new();
		for wanted in &self.wanted {
			let Some(outcome) = outcome(wanted, actual, &self.attempts) else { continue };
			// While steps are carried out, what was just read may be past. Only a failure stays.
			if self.is_going(wanted.contract) && !matches!(outcome, Outcome::Failed(_)) {
				continue;
			}
			news.push((wanted.contract, Said { revision: wanted.revision, outcome }));
		}
		for (contract, said) in news {
			let is_known = self.knows(contract, &said);
			if let Some(entry) = self.entries.get_mut(&contract) {
				let before = entry.clone();
				entry.decided = Some(said.clone());
				// Whoever reported it may have been killed before the chain was heard to know.
				if is_known && entry.reported.as_ref().is_none_or(|(it, _)| *it != said) {
					let block = self.hearing.head().map_or(0, |it| it.number);
					entry.reported = Some((said.clone(), block));
				}
				if *entry != before {
					self.changes.contracts.insert(contract, Some(entry.clone()));
				}
			}
			let reporting = &self.reporting;
			let is_full = reporting.going.len() >= self.agent.settings.reports;
			let waits = reporting.going.contains(&contract) || reporting.waits(contract, &said);
			if is_full || waits || is_known {
				continue;
			}
			self.reporting.going.insert(contract);
			let agent = self.agent.clone();
			self.tasks.spawn(async move {
				let Said { revision, outcome } = said.clone();
				let answer = agent.chain.submit(Call::Report { contract, revision, outcome }).await;
				Event::Told(Told { contract, said, answer })
			});
		}
	}

	/// Whether the chain knows that already. Keys of networks it does not show: those are known
	/// that were reported.
	fn knows(&self, contract: ContractId, said: &Said) -> bool {
		let Some(known) = self.known.get(&contract) else { return false };
		let same = match (&said.outcome, &known.status) {
			(Outcome::Running { keys }, Status::Running) => {
				let reported = self.entries.get(&contract).and_then(|it| it.reported.as_ref());
				keys.is_empty() || reported.is_some_and(|(it, _)| it == said)
			},
			(Outcome::Failed(failure), Status::Failed(known)) => failure == known,
			(Outcome::Stopped, Status::Stopped) => true,
			_ => false,
		};
		same && known.revision == said.revision
	}

	/// Take in what the chain answered to a report. Says whether there may be more to say.
	pub(super) fn told(&mut self, told: Told) -> bool {
		let Told { contract, said, answer } = told;
		self.reporting.going.remove(&contract);
		self.reporting.waiting.remove(&contract);
		let block = match answer {
			Ok(Submitted::Finalized { at }) => at.number,
			Ok(Submitted::Known) => self.hearing.head().map_or(0, |it| it.number),
			Ok(Submitted::TooEarly) => return self.say_later(contract, said),
			Ok(Submitted::Refused { reason }) => {
				// What is wanted has most likely changed meanwhile.
				log::info!("the chain refuses a report of contract {contract}: {reason}");
				self.hearing.doubt();
				return self.say_later(contract, said);
			},
			Err(error) => {
				log::warn!("contract {contract}: {}", with_causes(&error));
				return self.say_later(contract, said);
			},
		};
		self.agent.metrics.reports.add(1);
		log::info!("contract {contract}: the chain knows that it {}", describe(&said.outcome));
		let status = match said.outcome.clone() {
			Outcome::Running { .. } => Status::Running,
			Outcome::Failed(failure) => Status::Failed(failure),
			Outcome::Stopped => Status::Stopped,
		};
		if let Some(known) = self.known.get_mut(&contract).filter(|it| it.revision == said.revision)
		{
			known.status = status;
		}
		if let Some(entry) = self.entries.get_mut(&contract) {
			entry.reported = Some((said, block));
			self.changes.contracts.insert(contract, Some(entry.clone()));
		}
		true
	}

	fn say_later(&mut self, contract: ContractId, said: Said) -> bool {
		let until = Instant::now() + self.agent.settings.chain_retry;
		self.reporting.waiting.insert(contract, (said, until));
		true
	}
}

fn describe(outcome: &Outcome) -> &'static str {
	match outcome {
		Outcome::Running { .. } => "runs",
		Outcome::Failed(_) => "fails",
		Outcome::Stopped => "has stopped",
	}
}
