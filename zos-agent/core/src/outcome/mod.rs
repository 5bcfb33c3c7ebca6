//! What is reported of a contract.

#[cfg(test)]
mod tests;

use crate::{
	backoff::{Attempt, Attempts},
	fingerprint::Fingerprint,
	ports::{ContainerState, Crashes, Exit},
	verify::{Intent, Wanted},
	Actual, Around, Key,
};
use grid_primitives::{
	report::{Failure, FailureCode, NetworkKeys, Outcome},
	spec::{Container, Kind, Name, Network, Spec, Text, Volume, Workload, Zdb},
	ContractId,
};

/// After so many crashes in a row, a container that is started again does not count as running.
const TOO_MANY_CRASHES: u32 = 3;
/// The most bytes of the details of a failure.
const LONGEST_DETAIL: usize = 128;

/// Why something does not run, in words that the chain takes: plain, and not too long.
pub fn failure(code: FailureCode, workload: Option<Name>, detail: &str) -> Failure {
	let mut plain = String::new();
	for character in detail.chars() {
		let character = if character.is_control() { ' ' } else { character };
		if plain.len() + character.len_utf8() > LONGEST_DETAIL {
			break;
		}
		plain.push(character);
	}
	let detail = Text::try_from(plain.as_str()).unwrap_or_default();
	Failure { code, workload, detail }
}

/// How it is with one workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
	/// It is as it is to be.
	Well,
	/// It is about to be.
	NotYet,
	/// It is not, for a reason.
	Failing(Failure),
}

/// What is reported of a contract, as soon as there is something to say.
pub fn outcome(wanted: &Wanted, actual: &Actual, attempts: &Attempts) -> Option<Outcome> {
	match &wanted.intent {
		Intent::Keep { run, why } => run.then(|| Outcome::Failed(why.clone())),
		Intent::Leave => {
			let gone = actual.keys().all(|key| key.contract != wanted.contract);
			gone.then_some(Outcome::Stopped)
		},
		Intent::Pause(_) => {
			let mine = |key: &Key| key.contract == wanted.contract;
			let runs = actual.containers.keys().any(mine)
				|| actual.zdbs.values().any(|it| mine(&it.key) && it.serves);
			(!runs).then_some(Outcome::Stopped)
		},
		Intent::Run(spec) => running(wanted, spec, actual, attempts),
	}
}

/// What does not go well with a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
	/// The workload, or the contract if it is about that.
	pub workload: Option<Key>,
	/// Why.
	pub failure: Failure,
}

/// All that does not go well with a contract: what tells most comes first. It depends on nothing
/// but on how things are, so that the chain is told the same until that changes.
pub fn failing(wanted: &Wanted, actual: &Actual, attempts: &Attempts) -> Vec<Failing> {
	let mut all = match &wanted.intent {
		Intent::Keep { why, .. } => vec![Failing { workload: None, failure: why.clone() }],
		Intent::Run(spec) => of_workloads(wanted, spec, actual, attempts),
		// It is to go, and does not.
		Intent::Pause(_) | Intent::Leave => stuck(wanted.contract, attempts),
	};
	all.sort_by_key(|it| rank(it.failure.code));
	all
}

/// What of a contract could not be done the last time that it was tried.
pub fn stuck(contract: ContractId, attempts: &Attempts) -> Vec<Failing> {
	let all = attempts.all().filter(|(key, _)| key.contract == contract);
	let failing = |(key, attempt): (&Key, &Attempt)| Failing {
		workload: Some(key.clone()),
		failure: attempt.failure.clone(),
	};
	all.map(failing).collect()
}

/// Causes tell more than what comes of them, and a word more than none.
fn rank(code: FailureCode) -> u8 {
	match code {
		FailureCode::NotProven => 0,
		FailureCode::NoCapacity => 1,
		FailureCode::ImageRefused => 2,
		FailureCode::ImageNotFound => 3,
		FailureCode::SecretNotReadable => 4,
		FailureCode::Network => 5,
		FailureCode::Volume => 6,
		FailureCode::Zdb => 7,
		FailureCode::NotStarted => 8,
		FailureCode::OutOfMemory => 9,
		FailureCode::Crashed => 10,
		FailureCode::Other => 11,
	}
}

fn of_workloads(
	wanted: &Wanted,
	spec: &Spec,
	actual: &Actual,
	attempts: &Attempts,
) -> Vec<Failing> {
	let mut all = Vec::new();
	for workload in spec.workloads() {
		if let Health::Failing(failure) = health(wanted, spec, workload, actual, attempts) {
			let key = Key { contract: wanted.contract, name: workload.name.clone() };
			all.push(Failing { workload: Some(key), failure });
		}
	}
	// What the old revision had and this one has not holds capacity until it is gone. The chain does
	// not know its name any more.
	for key in leftovers(wanted, spec, actual) {
		let Some(attempt) = attempts.of(key) else { continue };
		let failure = Failure { workload: None, ..attempt.failure.clone() };
		all.push(Failing { workload: Some(key.clone()), failure });
	}
	all
}

fn running(wanted: &Wanted, spec: &Spec, actual: &Actual, attempts: &Attempts) -> Option<Outcome> {
	if let Some(first) = failing(wanted, actual, attempts).into_iter().next() {
		return Some(Outcome::Failed(first.failure));
	}
	let is_well = |workload| health(wanted, spec, workload, actual, attempts) == Health::Well;
	if !spec.workloads().iter().all(is_well) || leftovers(wanted, spec, actual).next().is_some() {
		return None;
	}
	let keys = spec.networks().filter_map(|(name, _)| {
		let key = Key { contract: wanted.contract, name: name.clone() };
		actual.networks.get(&key)?.public.clone()
	});
	Some(Outcome::Running { keys: NetworkKeys::truncate_from(keys.collect()) })
}

/// What is there of a contract that is not in its spec.
fn leftovers<'a>(
	wanted: &'a Wanted,
	spec: &'a Spec,
	actual: &'a Actual,
) -> impl Iterator<Item = &'a Key> {
	let has = |key: &Key, is: fn(&Kind) -> bool| {
		spec.workloads().iter().any(|it| it.name == key.name && is(&it.kind))
	};
	let containers = actual.containers.keys();
	let containers = containers.filter(move |key| !has(key, |it| matches!(it, Kind::Container(_))));
	let volumes = actual.volumes.keys();
	let volumes = volumes.filter(move |key| !has(key, |it| matches!(it, Kind::Volume(_))));
	let zdbs = actual.zdbs.keys();
	let zdbs = zdbs.filter(move |key| !has(key, |it| matches!(it, Kind::Zdb(_))));
	let networks = actual.networks.keys();
	let networks = networks.filter(move |key| !has(key, |it| matches!(it, Kind::Network(_))));
	let all = containers.chain(volumes).chain(zdbs).chain(networks);
	all.filter(|key| key.contract == wanted.contract)
}

/// How it is with a workload of a contract that is to run.
pub fn health(
	wanted: &Wanted,
	spec: &Spec,
	workload: &Workload,
	actual: &Actual,
	attempts: &Attempts,
) -> Health {
	let key = Key { contract: wanted.contract, name: workload.name.clone() };
	let seen = match &workload.kind {
		Kind::Container(it) => container(&key, it, spec, actual),
		Kind::Volume(it) => volume(&key, it, actual),
		Kind::Zdb(it) => zdb(&key, it, actual),
		Kind::Network(it) => network(&key, it, &Around::of(wanted, spec, &key.name), actual),
	};
	match (seen, attempts.of(&key)) {
		(Health::NotYet, Some(attempt)) => Health::Failing(attempt.failure.clone()),
		(seen, _) => seen,
	}
}

fn well(is: bool) -> Health {
	if is {
		Health::Well
	} else {
		Health::NotYet
	}
}

fn container(key: &Key, container: &Container, spec: &Spec, actual: &Actual) -> Health {
	let Some(found) = actual.containers.get(key) else { return Health::NotYet };
	if found.fingerprint != Some(Fingerprint::of_container(container, spec)) {
		return Health::NotYet;
	}
	match found.state {
		ContainerState::Broken => Health::NotYet,
		ContainerState::Running { crashes: None, .. } => Health::Well,
		ContainerState::Running { crashes: Some(crashes), .. }
		| ContainerState::Restarting(crashes) => crashed(key, crashes),
		ContainerState::Ended(exit) if exit.is_success() => Health::Well,
		ContainerState::Ended(exit) => ended(key, exit, "it is not started again"),
	}
}

fn crashed(key: &Key, Crashes { last, in_a_row }: Crashes) -> Health {
	if last != Exit::OutOfMemory && in_a_row < TOO_MANY_CRASHES {
		return Health::Well;
	}
	ended(key, last, &format!("{in_a_row} times in a row"))
}

fn ended(key: &Key, exit: Exit, rest: &str) -> Health {
	let name = Some(key.name.clone());
	Health::Failing(match exit {
		Exit::OutOfMemory => {
			let detail = format!("it took more memory than it has: {rest}");
			failure(FailureCode::OutOfMemory, name, &detail)
		},
		Exit::Code(code) => {
			failure(FailureCode::Crashed, name, &format!("it ended with code {code}: {rest}"))
		},
		Exit::Signal(signal) => {
			let detail = format!("it ended by signal {signal}: {rest}");
			failure(FailureCode::Crashed, name, &detail)
		},
		Exit::Unseen => failure(FailureCode::Crashed, name, &format!("it ended unseen: {rest}")),
	})
}

fn volume(key: &Key, volume: &Volume, actual: &Actual) -> Health {
	let Some(found) = actual.volumes.get(key) else { return Health::NotYet };
	let refuse = |detail| {
		let name = Some(key.name.clone());
		Health::Failing(failure(FailureCode::Volume, name, detail))
	};
	if found.disk != volume.disk {
		return refuse("a volume stays on its kind of disk: give the new one another name");
	}
	if found.size > volume.size {
		return refuse("a volume is never made smaller: give the new one another name");
	}
	well(found.ready.is_some() && found.size == volume.size)
}

fn zdb(key: &Key, zdb: &Zdb, actual: &Actual) -> Health {
	let print = Fingerprint::of(&Kind::Zdb(zdb.clone()));
	well(actual.zdbs.get(key).is_some_and(|it| it.serves && it.fingerprint == Some(print)))
}

fn network(key: &Key, network: &Network, around: &Around, actual: &Actual) -> Health {
	let print = Fingerprint::of_network(network, around);
	let found = actual.networks.get(key);
	well(found.is_some_and(|it| it.public.is_some() && it.fingerprint == Some(print)))
}
