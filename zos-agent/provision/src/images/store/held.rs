use super::{super::flights::lock, Digest};
use std::{
	collections::HashMap,
	sync::{Mutex, MutexGuard},
};

/// What pulls need just now, by how many of them.
#[derive(Default)]
pub(in crate::images) struct Held(Mutex<HashMap<Digest, usize>>);

/// While this lives, these images or layers do not go away.
pub(in crate::images) struct Hold<'a> {
	held: &'a Held,
	what: Vec<Digest>,
}

impl Held {
	/// From now on these stay, whether they are there already or not.
	pub(in crate::images) fn hold(&self, what: &[Digest]) -> Hold<'_> {
		let mut held = lock(&self.0);
		for digest in what {
			*held.entry(*digest).or_default() += 1;
		}
		Hold { held: self, what: what.to_vec() }
	}

	/// Nothing more is held until this is given back.
	pub(super) fn stop(&self) -> Stopped<'_> {
		Stopped(lock(&self.0))
	}
}

/// The time in which things go away.
pub(super) struct Stopped<'a>(MutexGuard<'a, HashMap<Digest, usize>>);

impl Stopped<'_> {
	/// Whether somebody needs it.
	pub(super) fn is_held(&self, digest: Digest) -> bool {
		self.0.contains_key(&digest)
	}

	/// Whether others need it than the one who asks.
	pub(super) fn is_held_by_others(&self, digest: Digest) -> bool {
		self.0.get(&digest).is_some_and(|count| *count > 1)
	}
}

impl Drop for Hold<'_> {
	fn drop(&mut self) {
		let mut held = lock(&self.held.0);
		for digest in &self.what {
			if let Some(count) = held.get_mut(digest) {
				*count -= 1;
				if *count == 0 {
					held.remove(digest);
				}
			}
		}
	}
}
