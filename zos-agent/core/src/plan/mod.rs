//! The steps from what is there to what is wanted.
//!
//! A plan is made of what the machine lists and of nothing else, so that it does not matter how
//! things came to be as they are: by this agent, by one before it, or by half of a step when the
//! power went. What is as it is to be has no step. Contracts have nothing to do with each other,
//! and within one, a step waits only for those that it needs.

mod contract;
#[cfg(test)]
mod model;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use crate::{
	backoff::Attempts,
	fingerprint::Fingerprint,
	verify::{Intent, Wanted},
	Actual, Around, Key,
};
use grid_primitives::{
	spec::{Container, Network, Volume, Zdb},
	ContractId,
};
use std::{collections::BTreeMap, fmt, time::Duration};

/// The steps of all contracts of which something is not as it is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
	contracts: BTreeMap<ContractId, Vec<Step>>,
}

/// One thing to do. It can be done again at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
	/// The workload that it is about.
	pub key: Key,
	/// What is done.
	pub verb: Verb,
	/// What the workload is to become: nothing, if it is to go.
	pub aim: Option<Fingerprint>,
	/// The steps that have to go well first, as their places in the steps of the contract. They
	/// are all earlier ones.
	pub after: Vec<usize>,
}

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
	/// Have all that a container needs before the one that runs is stopped for it: its image is
	/// here, and its secrets can be opened.
	Prepare(Box<Container>),
	/// Stop a container and remove it.
	RemoveContainer,
	/// Let the namespace of a zdb serve nobody.
	PauseZdb,
	/// Remove the namespace of a zdb.
	RemoveZdb,
	/// Remove a volume.
	RemoveVolume,
	/// Remove a network.
	RemoveNetwork,
	/// Have the space for a volume to grow, before who uses it is stopped for that.
	ReserveVolume(Volume),
	/// Make a network, or change it.
	MakeNetwork(Box<Network>, Box<Around>),
	/// Make a volume, attach it, or let it grow.
	MakeVolume(Volume),
	/// Make the namespace of a zdb, resume it, or change it.
	MakeZdb(Box<Zdb>),
	/// Make a container and start it.
	StartContainer(Box<Container>),
}

impl Verb {
	/// Whether it takes something away, so that there is more room for others.
	pub fn is_removal(&self) -> bool {
		use Verb::*;
		matches!(self, RemoveContainer | PauseZdb | RemoveZdb | RemoveVolume | RemoveNetwork)
	}
}

impl fmt::Display for Verb {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		f.write_str(match self {
			Self::Prepare(_) => "prepare container",
			Self::RemoveContainer => "remove container",
			Self::PauseZdb => "pause zdb",
			Self::RemoveZdb => "remove zdb",
			Self::RemoveVolume => "remove volume",
			Self::RemoveNetwork => "remove network",
			Self::ReserveVolume(_) => "reserve volume",
			Self::MakeNetwork(..) => "make network",
			Self::MakeVolume(_) => "make volume",
			Self::MakeZdb(_) => "make zdb",
			Self::StartContainer(_) => "start container",
		})
	}
}

impl fmt::Display for Step {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		write!(f, "{} {}", self.verb, self.key)
	}
}

impl Plan {
	/// What to do. What is there of contracts that nobody wants is removed.
	pub fn new(wanted: &[Wanted], actual: &Actual) -> Self {
		let mut contracts: BTreeMap<_, _> = actual
			.contracts()
			.into_iter()
			.map(|contract| (contract, contract::steps_to_none(contract, actual)))
			.collect();
		for it in wanted {
			let steps = match &it.intent {
				Intent::Run(spec) => contract::steps_to_run(it, spec, actual),
				Intent::Pause(spec) => contract::steps_to_pause(it.contract, spec, actual),
				Intent::Leave => contract::steps_to_none(it.contract, actual),
				Intent::Keep { .. } => Vec::new(),
			};
			contracts.insert(it.contract, steps);
		}
		contracts.retain(|_, steps| !steps.is_empty());
		Self { contracts }
	}

	/// Whether all is as it is to be.
	pub fn is_empty(&self) -> bool {
		self.contracts.is_empty()
	}

	/// The steps of each contract, each in an order in which they can be done. Contracts that give
	/// room come before those that take it.
	pub fn into_contracts(self) -> Vec<(ContractId, Vec<Step>)> {
		let mut all: Vec<_> = self.contracts.into_iter().collect();
		all.sort_by_key(|(_, steps)| !steps.iter().all(|step| step.verb.is_removal()));
		all
	}

	/// Which steps of a contract are to be done now: those that have not failed a moment ago, and
	/// wait for none that has. Nothing is prepared, and nothing that runs is stopped, for what
	/// could not be started anyway.
	pub fn due(steps: &[Step], attempts: &Attempts, now: Duration) -> Vec<bool> {
		let mut due = Vec::with_capacity(steps.len());
		for step in steps {
			let may = attempts.may_try(&step.key, step.aim, now);
			due.push(may && step.after.iter().all(|at| due.get(*at).copied().unwrap_or(false)));
		}
		let starts = |step: &&Step| matches!(step.verb, Verb::StartContainer(_));
		for (start, _) in steps.iter().zip(due.clone()).filter(|(step, due)| starts(step) && !due) {
			for (step, due) in steps.iter().zip(&mut due) {
				*due &= step.key != start.key || step.aim != start.aim;
			}
		}
		for at in 0..steps.len() {
			due[at] = due[at] && steps[at].after.iter().all(|it| due.get(*it) == Some(&true));
		}
		due
	}

	/// The steps of one contract.
	pub fn of(&self, contract: ContractId) -> &[Step] {
		self.contracts.get(&contract).map_or(&[], Vec::as_slice)
	}
}
