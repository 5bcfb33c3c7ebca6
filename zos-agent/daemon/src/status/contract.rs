use crate::ledger::{Entry, Said};
use grid_primitives::{
	report::{Failure, Outcome},
	spec::{Kind, Name, Spec},
	BlockNumber, ContractId,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use zos_core::{
	backoff::Attempts,
	outcome::{health, Health},
	ports::ContainerState,
	verify::{Intent, Wanted},
	Actual, Key,
};

/// A contract, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractStatus {
	/// Its number.
	pub contract: ContractId,
	/// The revision that is wanted.
	pub revision: u32,
	/// What is wanted: `run`, `pause`, `leave`, or `keep` if it is not believed.
	pub wanted: String,
	/// Whether something is being done about it.
	pub busy: bool,
	/// Why the chain is not believed.
	pub doubt: Option<String>,
	/// What was last said of it, and at which block the chain heard that.
	pub reported: Option<(String, BlockNumber)>,
	/// What is to be said of it next.
	pub decided: Option<String>,
	/// Its workloads.
	pub workloads: Vec<WorkloadStatus>,
}

/// A workload, and how it is with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadStatus {
	/// Its name.
	pub name: String,
	/// What it is.
	pub kind: String,
	/// `running`, `stopping`, `stopped`, `pending` or `failing`.
	pub state: String,
	/// Why it is failing.
	pub detail: Option<String>,
	/// In how many seconds it is tried again, if it is.
	pub retry_in: Option<u64>,
	/// How often it was started again.
	pub restarts: Option<u32>,
	/// What it takes of its disk, if it tells.
	#[serde(default)]
	pub usage: Option<Usage>,
}

/// What a workload takes of its disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
	/// So many.
	pub bytes: u64,
	/// The most of them.
	pub size: u64,
}

fn plain(name: &Name) -> String {
	name.as_str().unwrap_or_default().into()
}

fn describe(Failure { code, workload, detail }: &Failure) -> String {
	let detail = detail.as_str().unwrap_or_default();
	match workload {
		Some(name) => format!("failed: {}: {code:?}: {detail}", plain(name)),
		None => format!("failed: {code:?}: {detail}"),
	}
}

fn say(Said { revision, outcome }: &Said) -> String {
	let what = match outcome {
		Outcome::Running { .. } => "running".into(),
		Outcome::Stopped => "stopped".into(),
		Outcome::Failed(failure) => describe(failure),
	};
	format!("revision {revision} {what}")
}

fn kind(kind: &Kind) -> &'static str {
	match kind {
		Kind::Network(_) => "network",
		Kind::Volume(_) => "volume",
		Kind::Zdb(_) => "zdb",
		Kind::Container(_) => "container",
	}
}

impl ContractStatus {
	pub(crate) fn of(
		wanted: &Wanted,
		entry: Option<&Entry>,
		busy: bool,
		actual: &Actual,
		attempts: &Attempts,
		now: Duration,
	) -> Self {
		let (word, spec, doubt) = match &wanted.intent {
			Intent::Run(spec) => ("run", Some(spec), None),
			Intent::Pause(spec) => ("pause", Some(spec), None),
			Intent::Leave => ("leave", None, None),
			Intent::Keep { why, .. } => ("keep", None, Some(describe(why))),
		};
		let runs = matches!(wanted.intent, Intent::Run(_));
		let workloads = spec.map_or(Vec::new(), |spec| {
			let all = spec.workloads().iter();
			all.map(|it| workload(wanted, spec, it, runs, actual, attempts, now)).collect()
		});
		Self {
			contract: wanted.contract,
			revision: wanted.revision,
			wanted: word.into(),
			busy,
			doubt,
			reported: entry.and_then(|it| it.reported.as_ref()).map(|(it, at)| (say(it), *at)),
			decided: entry.and_then(|it| it.decided.as_ref()).map(say),
			workloads,
		}
	}

	/// Whether something of it is not as it is to be, and not because it is on its way.
	pub fn is_failing(&self) -> bool {
		self.doubt.is_some() || self.workloads.iter().any(|it| it.state == "failing")
	}
}

/// Whether it does something, though perhaps not what it should.
fn is_up(key: &Key, actual: &Actual) -> bool {
	let serves = actual.zdbs.get(key).is_some_and(|it| it.serves);
	actual.containers.contains_key(key) || serves
}

fn workload(
	wanted: &Wanted,
	spec: &Spec,
	workload: &grid_primitives::spec::Workload,
	runs: bool,
	actual: &Actual,
	attempts: &Attempts,
	now: Duration,
) -> WorkloadStatus {
	let key = Key { contract: wanted.contract, name: workload.name.clone() };
	let (state, detail) = match health(wanted, spec, workload, actual, attempts) {
		_ if !runs && is_up(&key, actual) => ("stopping", None),
		_ if !runs => ("stopped", None),
		Health::Well => ("running", None),
		Health::NotYet => ("pending", None),
		Health::Failing(failure) => {
			let detail = failure.detail.as_str().unwrap_or_default();
			("failing", Some(format!("{:?}: {detail}", failure.code)))
		},
	};
	let again = attempts.of(&key).and_then(|it| it.again);
	let restarts = actual.containers.get(&key).and_then(|found| match found.state {
		ContainerState::Running { restarts, .. } => Some(restarts),
		_ => None,
	});
	WorkloadStatus {
		name: plain(&workload.name),
		kind: kind(&workload.kind).into(),
		state: state.into(),
		detail,
		retry_in: again.filter(|_| state == "failing").map(|it| it.saturating_sub(now).as_secs()),
		restarts,
		usage: actual
			.zdbs
			.get(&key)
			.and_then(|found| found.usage)
			.map(|usage| Usage { bytes: usage.bytes, size: usage.size }),
	}
}
