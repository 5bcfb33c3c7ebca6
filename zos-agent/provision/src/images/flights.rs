//! Work that several want at the same time, done once.

use super::stop::Stop;
use std::{
	collections::HashMap,
	hash::Hash,
	sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
	time::Duration,
};

/// How soon somebody who waits sees that nobody wants it any more.
const LOOK: Duration = Duration::from_millis(50);

/// Nothing that is under these locks is half done when a thread dies.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
	mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is being done, and what came of it.
struct Flight<T> {
	landed: Mutex<Landed<T>>,
	wake: Condvar,
}

enum Landed<T> {
	NotYet,
	With(T),
	/// Who did it was stopped: another one has to.
	Never,
}

/// Work that is being done.
pub(super) struct Flights<K, T>(Mutex<HashMap<K, Arc<Flight<T>>>>);

impl<K, T> Default for Flights<K, T> {
	fn default() -> Self {
		Self(Mutex::default())
	}
}

/// Ends a flight however its work ends.
struct Pilot<'a, K: Hash + Eq, T> {
	flights: &'a Flights<K, T>,
	key: &'a K,
	flight: Arc<Flight<T>>,
	result: Landed<T>,
}

impl<K: Hash + Eq, T> Drop for Pilot<'_, K, T> {
	fn drop(&mut self) {
		lock(&self.flights.0).remove(self.key);
		*lock(&self.flight.landed) = std::mem::replace(&mut self.result, Landed::Never);
		self.flight.wake.notify_all();
	}
}

impl<K: Hash + Eq + Clone, T: Clone> Flights<K, T> {
	/// Do this, or wait until somebody else has. Nothing if this one is no longer wanted. Work
	/// whose result is not `shared` is done again by the next who waits.
	pub(super) fn join(
		&self,
		key: &K,
		stop: &Stop,
		shared: impl Fn(&T) -> bool,
		work: impl FnOnce() -> T,
	) -> Option<T> {
		loop {
			let flight = {
				let mut flights = lock(&self.0);
				match flights.get(key) {
					Some(flight) => flight.clone(),
					None => {
						let flight = Arc::new(Flight {
							landed: Mutex::new(Landed::NotYet),
							wake: Condvar::new(),
						});
						flights.insert(key.clone(), flight.clone());
						drop(flights);
						let result = Landed::Never;
						let mut pilot = Pilot { flights: self, key, flight, result };
						let result = work();
						if shared(&result) {
							pilot.result = Landed::With(result.clone());
						}
						return Some(result);
					},
				}
			};
			let mut landed = lock(&flight.landed);
			loop {
				match &*landed {
					Landed::With(result) => return Some(result.clone()),
					Landed::Never => break,
					Landed::NotYet if stop.is_set() => return None,
					Landed::NotYet => (),
				}
				let waited = flight.wake.wait_timeout(landed, LOOK);
				landed = waited.unwrap_or_else(PoisonError::into_inner).0;
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::sync::{
		atomic::{AtomicU32, Ordering},
		Barrier, LazyLock,
	};
	use zos_core::ports::Cancel;

	fn wanted() -> Stop<'static> {
		static NEVER: LazyLock<Cancel> = LazyLock::new(Cancel::default);
		Stop::on(&NEVER)
	}

	#[test]
	fn who_comes_while_it_is_done_gets_what_comes_of_it() {
		let (flights, done) = (Flights::default(), AtomicU32::new(0));
		let (begun, go_on) = (Barrier::new(2), Barrier::new(2));
		std::thread::scope(|scope| {
			let first = scope.spawn(|| {
				flights.join(
					&1,
					&wanted(),
					|_| true,
					|| {
						begun.wait();
						go_on.wait();
						done.fetch_add(1, Ordering::SeqCst)
					},
				)
			});
			begun.wait();
			let second = scope.spawn(|| {
				flights.join(&1, &wanted(), |_| true, || done.fetch_add(1, Ordering::SeqCst))
			});
			let unwanted = wanted();
			unwanted.fail();
			assert_eq!(flights.join(&1, &unwanted, |_| true, || 9), None);
			assert_eq!(flights.join(&2, &wanted(), |_| true, || 7), Some(7));
			std::thread::sleep(LOOK);
			go_on.wait();
			assert_eq!(first.join().expect("it ends"), Some(0));
			assert!(second.join().expect("it ends").is_some());
		});
		assert!(lock(&flights.0).is_empty());
	}

	#[test]
	fn what_is_not_shared_is_done_again() {
		let flights = Flights::default();
		let begun = Barrier::new(2);
		std::thread::scope(|scope| {
			let first = scope.spawn(|| {
				let wait = || {
					begun.wait();
					std::thread::sleep(LOOK * 4);
					1
				};
				flights.join(&"x", &wanted(), |it| *it != 1, wait)
			});
			begun.wait();
			assert_eq!(flights.join(&"x", &wanted(), |it| *it != 1, || 2), Some(2));
			assert_eq!(first.join().expect("it ends"), Some(1));
		});
	}

	#[test]
	fn a_thread_that_dies_holds_nobody_up() {
		let flights = Flights::<_, u32>::default();
		std::thread::scope(|scope| {
			let dies =
				scope.spawn(|| flights.join(&(), &wanted(), |_| true, || panic!("on purpose")));
			assert!(dies.join().is_err());
		});
		assert_eq!(flights.join(&(), &wanted(), |_| true, || 3), Some(3));
	}
}
