//! What sessions call: who comes next.

use crate::*;
use alloc::vec::Vec;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_session::{historical, SessionManager};
use sp_staking::SessionIndex;

impl<T: Config> Pallet<T> {
	/// The set for the session after the next, or `None` if nothing changes.
	fn plan() -> Option<Vec<T::AccountId>> {
		let all = Standings::<T>::get();
		let next: Vec<_> = Self::able(&all).cloned().collect();
		if next.is_empty() {
			log::error!(target: LOG_TARGET, "no validator can serve; the present ones go on");
			return None;
		}
		(!T::Sessions::are_planned(&next)).then_some(next)
	}

	/// The clock of silence starts with service, not with the decision to let somebody in.
	fn greet_newcomers(now: BlockNumberFor<T>) {
		let all = Standings::<T>::get();
		for who in T::Sessions::active() {
			if all.get(&who) == Some(&Standing::Serving) && !LastSeen::<T>::contains_key(&who) {
				LastSeen::<T>::insert(who, now);
			}
		}
	}
}

impl<T: Config> SessionManager<T::AccountId> for Pallet<T> {
	fn new_session(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		Self::plan()
	}

	fn start_session(_: SessionIndex) {
		Self::greet_newcomers(frame_system::Pallet::<T>::block_number());
	}

	fn end_session(_: SessionIndex) {}
}

impl<T: Config> historical::SessionManager<T::AccountId, ()> for Pallet<T> {
	fn new_session(_: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		Self::plan().map(|next| next.into_iter().map(|who| (who, ())).collect())
	}

	fn start_session(index: SessionIndex) {
		<Self as SessionManager<_>>::start_session(index)
	}

	fn end_session(index: SessionIndex) {
		<Self as SessionManager<_>>::end_session(index)
	}
}
