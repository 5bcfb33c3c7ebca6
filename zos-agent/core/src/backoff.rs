//! When something that failed is tried again.

use crate::{Fingerprint, Key};
use grid_primitives::report::Failure;
use std::{collections::BTreeMap, time::Duration};

/// How long to wait before something is tried again: twice as long each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
	/// After it failed for the first time.
	pub first: Duration,
	/// The longest wait.
	pub most: Duration,
}

impl Backoff {
	/// The wait after so many failures in a row.
	pub fn delay(&self, failures: u32) -> Duration {
		let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
		self.first.saturating_mul(doubled).min(self.most)
	}
}

impl Default for Backoff {
	fn default() -> Self {
		Self { first: Duration::from_secs(1), most: Duration::from_secs(300) }
	}
}

/// What was tried of workloads and failed. Time is counted from any moment on.
#[derive(Clone, Debug, Default)]
pub struct Attempts {
	backoff: Backoff,
	failed: BTreeMap<Key, Attempt>,
}

/// What failed of a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
	/// What it was to become: nothing, if it was to go.
	pub aim: Option<Fingerprint>,
	/// Why it did not.
	pub failure: Failure,
	/// How often in a row.
	pub failures: u32,
	/// When it is tried again, unless that is in vain.
	pub again: Option<Duration>,
}

impl Attempts {
	/// With waits of one's own.
	pub fn new(backoff: Backoff) -> Self {
		Self { backoff, failed: BTreeMap::new() }
	}

	/// A workload could not become what it was to.
	pub fn failed(
		&mut self,
		key: Key,
		aim: Option<Fingerprint>,
		failure: Failure,
		is_retryable: bool,
		now: Duration,
	) {
		let before = self.failed.get(&key).filter(|it| it.aim == aim).map_or(0, |it| it.failures);
		let failures = before.saturating_add(1);
		let again = is_retryable.then(|| now.saturating_add(self.backoff.delay(failures)));
		self.failed.insert(key, Attempt { aim, failure, failures, again });
	}

	/// A workload has become what it was to.
	pub fn succeeded(&mut self, key: &Key) {
		self.failed.remove(key);
	}

	/// Whether it is time to try to make this of a workload. Something else is tried at once.
	pub fn may_try(&self, key: &Key, aim: Option<Fingerprint>, now: Duration) -> bool {
		match self.failed.get(key) {
			Some(it) if it.aim == aim => it.again.is_some_and(|again| again <= now),
			_ => true,
		}
	}

	/// What failed of a workload.
	pub fn of(&self, key: &Key) -> Option<&Attempt> {
		self.failed.get(key)
	}

	/// All that failed.
	pub fn all(&self) -> impl Iterator<Item = (&Key, &Attempt)> {
		self.failed.iter()
	}

	/// When something is to be tried again next, of what is not to be now.
	pub fn next_after(&self, now: Duration) -> Option<Duration> {
		self.failed.values().filter_map(|it| it.again).filter(|again| *again > now).min()
	}

	/// Forget those of which nobody wants to know any more.
	pub fn retain(&mut self, wanted: impl Fn(&Key) -> bool) {
		self.failed.retain(|key, _| wanted(key));
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::outcome::failure;
	use grid_primitives::report::FailureCode;

	fn seconds(number: u64) -> Duration {
		Duration::from_secs(number)
	}

	#[test]
	fn waits_double_and_have_an_end() {
		let backoff = Backoff { first: seconds(1), most: seconds(60) };
		let delays: Vec<_> = (1..=8).map(|it| backoff.delay(it).as_secs()).collect();
		assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
		assert_eq!(backoff.delay(u32::MAX), seconds(60));
	}

	#[test]
	fn only_the_same_is_not_tried_at_once() {
		let key = Key::new(1, "web").expect("it is one");
		let (old, new) = (Some(Fingerprint([1; 32])), Some(Fingerprint([2; 32])));
		let mut attempts = Attempts::new(Backoff { first: seconds(1), most: seconds(60) });
		let why = || failure(FailureCode::NotStarted, None, "no");
		attempts.failed(key.clone(), old, why(), true, seconds(10));
		assert!(!attempts.may_try(&key, old, seconds(10)));
		assert!(attempts.may_try(&key, old, seconds(11)));
		assert!(attempts.may_try(&key, new, seconds(10)));

		attempts.failed(key.clone(), old, why(), true, seconds(11));
		assert_eq!(attempts.next_after(seconds(11)), Some(seconds(13)));
		attempts.failed(key.clone(), new, why(), false, seconds(12));
		assert!(!attempts.may_try(&key, new, seconds(1_000_000)), "nothing would change");
		attempts.succeeded(&key);
		assert!(attempts.may_try(&key, new, seconds(12)));
	}
}
