//! The numbers of an account's transactions.

use crate::{state::State, Error};
use std::{
	collections::BTreeSet,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use subxt::config::substrate::H256;

/// The numbers that are in use, and how far the chain has counted.
pub(super) struct Nonces {
	account: [u8; 32],
	taken: Arc<Mutex<BTreeSet<u32>>>,
	/// How far the chain had counted at a block. All transactions under way ask at the same.
	counted: tokio::sync::Mutex<Option<(H256, u32)>>,
}

/// A number that is in use until this is dropped.
pub(super) struct Slot {
	nonce: u32,
	taken: Arc<Mutex<BTreeSet<u32>>>,
}

impl Slot {
	pub(super) fn nonce(&self) -> u32 {
		self.nonce
	}
}

impl Drop for Slot {
	fn drop(&mut self) {
		lock(&self.taken).remove(&self.nonce);
	}
}

fn lock(taken: &Mutex<BTreeSet<u32>>) -> MutexGuard<'_, BTreeSet<u32>> {
	taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Nonces {
	pub(super) fn new(account: [u8; 32]) -> Self {
		Self { account, taken: Arc::default(), counted: tokio::sync::Mutex::new(None) }
	}

	/// How far the chain has counted.
	pub(super) async fn counted(&self, state: &State) -> Result<u32, Error> {
		let mut known = self.counted.lock().await;
		match *known {
			Some((hash, nonce)) if hash == state.block.hash => Ok(nonce),
			_ => {
				let nonce = state.nonce(self.account).await?;
				*known = Some((state.block.hash, nonce));
				Ok(nonce)
			},
		}
	}

	/// Take the first number that is free.
	pub(super) async fn take(&self, state: &State) -> Result<Slot, Error> {
		let counted = self.counted(state).await?;
		Ok(self.first_free(counted))
	}

	fn first_free(&self, counted: u32) -> Slot {
		let mut taken = lock(&self.taken);
		let nonce = (counted..).find(|it| !taken.contains(it)).unwrap_or(counted);
		taken.insert(nonce);
		Slot { nonce, taken: self.taken.clone() }
	}

	/// Whether a number waits for one that nobody uses.
	pub(super) fn is_stuck(&self, nonce: u32, counted: u32) -> bool {
		counted < nonce && !lock(&self.taken).contains(&counted)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn several_under_way_have_numbers_of_their_own() {
		let nonces = Nonces::new([1; 32]);
		let slots: Vec<_> = (0..3).map(|_| nonces.first_free(5)).collect();
		assert_eq!(slots.iter().map(Slot::nonce).collect::<Vec<_>>(), [5, 6, 7]);
		assert!(!nonces.is_stuck(7, 5));
	}

	#[test]
	fn a_number_that_was_given_back_is_taken_first_and_others_are_stuck_until_then() {
		let nonces = Nonces::new([1; 32]);
		let mut slots: Vec<_> = (0..3).map(|_| nonces.first_free(5)).collect();
		drop(slots.remove(0));
		assert!(nonces.is_stuck(6, 5) && nonces.is_stuck(7, 5));
		let again = nonces.first_free(5);
		assert_eq!(again.nonce(), 5);
		assert!(!nonces.is_stuck(6, 5));
	}

	#[test]
	fn what_the_chain_has_counted_is_never_taken() {
		let nonces = Nonces::new([1; 32]);
		let old = nonces.first_free(2);
		assert_eq!(nonces.first_free(9).nonce(), 9);
		assert_eq!(old.nonce(), 2);
	}
}
