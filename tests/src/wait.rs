use std::{
	thread::sleep,
	time::{Duration, Instant},
};

const PAUSE: Duration = Duration::from_millis(200);

/// Wait until `what` is there, and fail after `limit`.
#[track_caller]
pub fn eventually<T>(why: &str, limit: Duration, mut what: impl FnMut() -> Option<T>) -> T {
	let start = Instant::now();
	loop {
		if let Some(it) = what() {
			return it;
		}
		assert!(start.elapsed() < limit, "{why}: not within {limit:?}");
		sleep(PAUSE);
	}
}

/// Check that `what` holds all the time, for `time`.
#[track_caller]
pub fn stays(why: &str, time: Duration, mut what: impl FnMut() -> bool) {
	let start = Instant::now();
	while start.elapsed() < time {
		assert!(what(), "{why}: no longer after {:?}", start.elapsed());
		sleep(PAUSE);
	}
}
