//! What happens when a container ends.

use super::Restart;
use crate::containers::{
	records::{Ending, State},
	Backoff,
};
use std::time::Duration;

/// What happens when a container ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
	/// Nothing more.
	Leave,
	/// It starts again.
	Again {
		/// After this.
		after: Duration,
		/// How often it ended, without running for long in between.
		in_a_row: u32,
	},
}

/// What happens when a container ends that ran for so long.
pub(super) fn next(
	policy: Restart,
	backoff: Backoff,
	state: &State,
	ending: Ending,
	ran: Duration,
) -> Next {
	let again = match policy {
		Restart::Always => true,
		Restart::OnFailure(most) => !ending.is_success() && state.restarts < most,
		Restart::Never => false,
	};
	if !again {
		return Next::Leave;
	}
	let before = if ran < backoff.settled { state.in_a_row } else { 0 };
	let factor = 2_u32.saturating_pow(before);
	let after = backoff.first.saturating_mul(factor).min(backoff.longest);
	Next::Again { after, in_a_row: before.saturating_add(1) }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{containers::records::Phase, host::processes::Process};

	const BACKOFF: Backoff = Backoff {
		first: Duration::from_secs(1),
		longest: Duration::from_secs(60),
		settled: Duration::from_secs(120),
	};
	const SOON: Duration = Duration::from_secs(3);

	fn state(restarts: u32, in_a_row: u32) -> State {
		let shim = Process { id: 1, began: 1 };
		State { shim, phase: Phase::Starting, restarts, in_a_row, last: None }
	}

	#[test]
	fn waits_twice_as_long_each_time_up_to_the_longest() {
		let waits: Vec<_> = (0..10)
			.map(|n| match next(Restart::Always, BACKOFF, &state(n, n), Ending::Code(1), SOON) {
				Next::Again { after, in_a_row } => {
					assert_eq!(in_a_row, n + 1);
					after.as_secs()
				},
				Next::Leave => panic!("always is always"),
			})
			.collect();
		assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
		let much = next(Restart::Always, BACKOFF, &state(1, u32::MAX), Ending::Code(1), SOON);
		assert_eq!(much, Next::Again { after: BACKOFF.longest, in_a_row: u32::MAX });
	}

	#[test]
	fn what_ran_for_long_begins_anew() {
		let settled =
			next(Restart::Always, BACKOFF, &state(9, 9), Ending::Code(1), BACKOFF.settled);
		assert_eq!(settled, Next::Again { after: BACKOFF.first, in_a_row: 1 });
	}

	#[test]
	fn on_failure_means_so_many_times_and_never_after_success() {
		let policy = Restart::OnFailure(2);
		let after = |restarts, ending| {
			next(policy, BACKOFF, &state(restarts, 0), ending, SOON) != Next::Leave
		};
		assert!(after(0, Ending::Code(1)));
		assert!(after(1, Ending::OutOfMemory));
		assert!(after(1, Ending::Unseen), "what nobody saw is no success");
		assert!(!after(2, Ending::Signal(9)));
		assert!(!after(0, Ending::Code(0)));
		assert_eq!(next(Restart::Never, BACKOFF, &state(0, 0), Ending::Code(1), SOON), Next::Leave);
	}
}
