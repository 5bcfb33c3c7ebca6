use grid_primitives::ContractId;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use zos_core::{backoff::Attempts, outcome::Failing};

/// Something that does not go well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureStatus {
	/// Its contract.
	pub contract: ContractId,
	/// Its workload, unless it is about the contract.
	pub workload: Option<String>,
	/// Why, in one word.
	pub code: String,
	/// Why.
	pub detail: String,
	/// Since when, in seconds since 1970, as this agent has seen it.
	pub since: u64,
	/// How often it was tried in vain.
	pub tries: Option<u32>,
	/// In how many seconds it is tried again, if it is.
	pub retry_in: Option<u64>,
}

impl FailureStatus {
	pub(crate) fn of(
		contract: ContractId,
		failing: &Failing,
		attempts: &Attempts,
		now: Duration,
	) -> Self {
		let Failing { workload, failure } = failing;
		let attempt = workload.as_ref().and_then(|key| attempts.of(key));
		let again = attempt.and_then(|it| it.again);
		Self {
			contract,
			workload: workload.as_ref().map(|key| key.name().into()),
			code: format!("{:?}", failure.code),
			detail: failure.detail.as_str().unwrap_or_default().into(),
			since: super::view::now(),
			tries: attempt.map(|it| it.failures),
			retry_in: again.map(|it| it.saturating_sub(now).as_secs()),
		}
	}

	/// Whether both are one that goes on.
	pub(crate) fn is_same(&self, other: &Self) -> bool {
		(self.contract, &self.workload, &self.code)
			== (other.contract, &other.workload, &other.code)
	}
}
