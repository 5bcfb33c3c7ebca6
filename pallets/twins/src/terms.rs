//! The terms, and who accepted them.

use crate::*;
use frame_support::{
	ensure,
	pallet_prelude::*,
	traits::{Consideration, Footprint},
};

impl<T: Config> Pallet<T> {
	/// Whether `who` may create a twin, so far as the terms are concerned.
	pub(crate) fn ensure_accepted(who: &T::AccountId) -> DispatchResult {
		let Some(terms) = Terms::<T>::get() else {
			return Ok(());
		};
		let accepted = Acceptances::<T>::get(who).is_some_and(|it| it.terms == terms);
		ensure!(accepted, Error::<T>::TermsNotAccepted);
		Ok(())
	}

	pub(crate) fn do_accept_terms(who: T::AccountId, terms: T::Hash) -> DispatchResult {
		ensure!(Terms::<T>::get() == Some(terms), Error::<T>::NotTheTerms);
		let deposit = match Acceptances::<T>::get(&who) {
			Some(before) => {
				ensure!(before.terms != terms, Error::<T>::AcceptedAlready);
				before.deposit
			},
			None => {
				let size = Acceptance::<T::Hash, T::Consideration>::max_encoded_len();
				T::Consideration::new(&who, Footprint::from_parts(1, size))?
			},
		};
		Acceptances::<T>::insert(&who, Acceptance { terms, deposit });
		Self::deposit_event(Event::TermsAccepted { account: who, terms });
		Ok(())
	}

	pub(crate) fn do_withdraw_acceptance(who: T::AccountId) -> DispatchResult {
		ensure!(!TwinIds::<T>::contains_key(&who), Error::<T>::HasTwin);
		ensure!(Acceptances::<T>::contains_key(&who), Error::<T>::NothingAccepted);
		Self::forget_acceptance(&who)?;
		Self::deposit_event(Event::AcceptanceWithdrawn { account: who });
		Ok(())
	}

	pub(crate) fn forget_acceptance(who: &T::AccountId) -> DispatchResult {
		match Acceptances::<T>::take(who) {
			Some(acceptance) => acceptance.deposit.drop(who),
			None => Ok(()),
		}
	}
}
