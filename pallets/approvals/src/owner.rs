//! What the owner of a policy does with it.

use crate::*;
use codec::{Encode, MaxEncodedLen};
use frame_support::{
	ensure,
	pallet_prelude::*,
	traits::{Consideration, Footprint},
};
use grid_primitives::{
	approval::{Action, Question},
	PolicyId,
};
use sp_crypto_hashing::blake2_256;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_create_policy(
		owner: T::AccountId,
		terms: TermsOf<T>,
	) -> Result<PolicyId, DispatchError> {
		let terms = Self::check_terms(terms)?;
		let deposit = T::PolicyConsideration::new(&owner, Self::policy_footprint(&terms, None))?;
		let id = NextPolicyId::<T>::mutate(|next| core::mem::replace(next, *next + 1));
		let policy = Policy {
			owner: owner.clone(),
			terms,
			uses: 0,
			retired: false,
			revision: 1,
			proposal: None,
			deposit,
		};
		Policies::<T>::insert(id, policy);
		Self::deposit_event(Event::PolicyCreated { policy: id, owner });
		Ok(id)
	}

	pub(crate) fn do_amend_policy(
		who: &T::AccountId,
		id: PolicyId,
		terms: TermsOf<T>,
	) -> DispatchResult {
		let mut policy = Self::policy_of(who, id)?;
		ensure!(policy.proposal.is_none(), Error::<T>::AmendmentPending);
		let terms = Self::check_terms(terms)?;
		ensure!(terms != policy.terms, Error::<T>::NothingChanged);
		let revision = policy.revision + 1;
		if policy.uses == 0 {
			let footprint = Self::policy_footprint(&terms, None);
			policy.deposit = policy.deposit.update(who, footprint)?;
			policy.terms = terms;
			policy.revision = revision;
			Policies::<T>::insert(id, policy);
			Self::deposit_event(Event::PolicyAmended { policy: id, revision });
			return Ok(());
		}
		// The deposit covers both from now on: nothing can be missing when it is decided.
		let footprint = Self::policy_footprint(&policy.terms, Some(&terms));
		policy.deposit = policy.deposit.update(who, footprint)?;
		let question = Question {
			action: Action::AmendPolicy,
			subject: id.into(),
			revision,
			content: terms.using_encoded(blake2_256),
		};
		let request = Self::open(id, &policy.terms, who.clone(), question)?;
		policy.proposal = Some(request);
		Policies::<T>::insert(id, policy);
		Proposals::<T>::insert(request, terms);
		Self::deposit_event(Event::AmendmentProposed { policy: id, request, revision });
		Ok(())
	}

	pub(crate) fn do_withdraw_amendment(who: &T::AccountId, id: PolicyId) -> DispatchResult {
		let policy = Self::policy_of(who, id)?;
		let request = policy.proposal.ok_or(Error::<T>::NoAmendment)?;
		Self::take_back(request)?;
		Ok(())
	}

	pub(crate) fn do_retire_policy(who: &T::AccountId, id: PolicyId) -> DispatchResult {
		let mut policy = Self::policy_of(who, id)?;
		ensure!(!policy.retired, Error::<T>::Retired);
		policy.retired = true;
		Self::deposit_event(Event::PolicyRetired { policy: id });
		Self::keep(id, policy);
		Ok(())
	}

	fn policy_of(who: &T::AccountId, id: PolicyId) -> Result<PolicyOf<T>, Error<T>> {
		let policy = Policies::<T>::get(id).ok_or(Error::NoPolicy)?;
		ensure!(policy.owner == *who, Error::NotOwner);
		Ok(policy)
	}

	/// Store a policy after a change; or remove it, if it is retired and nothing needs it.
	pub(crate) fn keep(id: PolicyId, policy: PolicyOf<T>) {
		if !policy.retired || policy.uses > 0 || policy.proposal.is_some() {
			Policies::<T>::insert(id, policy);
			return;
		}
		Policies::<T>::remove(id);
		if let Err(error) = policy.deposit.drop(&policy.owner) {
			log::error!(target: LOG_TARGET, "the deposit on policy {id} is stuck: {error:?}");
		}
		Self::deposit_event(Event::PolicyGone { policy: id });
	}

	/// What a policy takes of the storage, with proposed terms beside those that hold.
	pub(crate) fn policy_footprint(terms: &TermsOf<T>, proposed: Option<&TermsOf<T>>) -> Footprint {
		let record = PolicyOf::<T>::max_encoded_len() - TermsOf::<T>::max_encoded_len();
		let size = record + terms.encoded_size() + proposed.map_or(0, |it| it.encoded_size());
		Footprint::from_parts(1 + usize::from(proposed.is_some()), size)
	}
}
