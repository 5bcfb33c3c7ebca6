//! How a request begins, and how it ends: once, whatever the way.

use crate::*;
use codec::{Encode, MaxEncodedLen};
use frame_support::{
	ensure,
	pallet_prelude::*,
	traits::{Consideration, Footprint},
};
use frame_system::Pallet as System;
use grid_primitives::{
	approval::Question,
	ports::{Decision, OnDecision},
	PolicyId, RequestId,
};
use sp_runtime::traits::Saturating;

impl<T: Config> Pallet<T> {
	/// Put a question to the stakeholders that a policy has now.
	pub(crate) fn open(
		policy: PolicyId,
		terms: &TermsOf<T>,
		asker: T::AccountId,
		question: Question,
	) -> Result<RequestId, DispatchError> {
		let deposit = T::RequestConsideration::new(&asker, Self::request_footprint(&terms.roles))?;
		let id = NextRequestId::<T>::mutate(|next| core::mem::replace(next, *next + 1));
		let expires = System::<T>::block_number().saturating_add(terms.ttl);
		let request = Request {
			policy,
			asker,
			question,
			roles: terms.roles.clone(),
			several_roles: terms.several_roles,
			expires,
			deposit,
		};
		Requests::<T>::insert(id, request);
		Votes::<T>::insert(id, Ballot::default());
		Self::await_expiry(id, expires);
		let digest = question.digest();
		Self::deposit_event(Event::Asked { request: id, policy, question, digest, expires });
		Ok(id)
	}

	pub(crate) fn do_force_decide(id: RequestId, approved: bool) -> Result<Weight, DispatchError> {
		let request = Self::open_request(id)?;
		let decision = if approved { Decision::Approved } else { Decision::Rejected };
		Self::deposit_event(Event::Forced { request: id, approved });
		Ok(Self::decide(id, request, decision))
	}

	/// A request that can still be answered.
	pub(crate) fn open_request(id: RequestId) -> Result<RequestOf<T>, Error<T>> {
		let request = Requests::<T>::get(id).ok_or(Error::NoRequest)?;
		ensure!(!Self::has_expired(&request), Error::Expired);
		Ok(request)
	}

	/// End a request with an answer, and tell whom it concerns. How much work that was for others.
	pub(crate) fn decide(id: RequestId, request: RequestOf<T>, decision: Decision) -> Weight {
		let question = request.question;
		let policy = request.policy;
		// It is gone before anybody hears of it, who may call back.
		Self::close(id, request);
		Self::deposit_event(Event::Decided { request: id, decision });
		let Some(terms) = Proposals::<T>::take(id) else {
			return T::Decided::decided(&question, decision);
		};
		if decision == Decision::Approved {
			Self::end_amendment(policy, Some(terms));
		} else {
			Self::deposit_event(Event::AmendmentRefused { policy, request: id });
			Self::end_amendment(policy, None);
		}
		Weight::zero()
	}

	/// End a request without an answer.
	pub(crate) fn take_back(id: RequestId) -> Result<(), Error<T>> {
		let request = Requests::<T>::get(id).ok_or(Error::NoRequest)?;
		let policy = request.policy;
		Self::close(id, request);
		Self::deposit_event(Event::Withdrawn { request: id });
		if Proposals::<T>::take(id).is_some() {
			Self::deposit_event(Event::AmendmentWithdrawn { policy, request: id });
			Self::end_amendment(policy, None);
		}
		Ok(())
	}

	/// Forget a request, and return the deposit.
	fn close(id: RequestId, request: RequestOf<T>) {
		Requests::<T>::remove(id);
		Votes::<T>::remove(id);
		Expiring::<T>::remove(request.expires, id);
		if let Err(error) = request.deposit.drop(&request.asker) {
			log::error!(target: LOG_TARGET, "the deposit on request {id} is stuck: {error:?}");
		}
	}

	/// The stakeholders of a policy are no longer asked about other terms. These hold, if they
	/// agreed.
	fn end_amendment(id: PolicyId, agreed: Option<TermsOf<T>>) {
		let Some(mut policy) = Policies::<T>::get(id) else {
			log::error!(target: LOG_TARGET, "an amendment is of policy {id}, which is not there");
			return;
		};
		policy.proposal = None;
		if let Some(terms) = agreed {
			policy.terms = terms;
			policy.revision += 1;
			let revision = policy.revision;
			Self::deposit_event(Event::PolicyAmended { policy: id, revision });
		}
		let footprint = Self::policy_footprint(&policy.terms, None);
		match policy.deposit.clone().update(&policy.owner, footprint) {
			Ok(deposit) => policy.deposit = deposit,
			Err(error) => {
				log::error!(target: LOG_TARGET, "the deposit on policy {id} stays: {error:?}");
			},
		}
		Self::keep(id, policy);
	}

	/// What a request takes of the storage, with what is said to it and when it expires.
	fn request_footprint(roles: &Roles<T::AccountId>) -> Footprint {
		let record = RequestOf::<T>::max_encoded_len() - Roles::<T::AccountId>::max_encoded_len();
		Footprint::from_parts(3, record + roles.encoded_size() + Ballot::max_encoded_len())
	}

	/// What a call weighs at most that may decide a request.
	pub(crate) fn with_decision(own: Weight) -> Weight {
		own.saturating_add(T::Decided::heaviest())
	}

	/// What such a call was: its own weight, and the work of who heard of a decision.
	pub(crate) fn spent(
		own: Weight,
		done: Result<Weight, DispatchError>,
	) -> DispatchResultWithPostInfo {
		use frame_support::dispatch::WithPostDispatchInfo;
		let others = done.map_err(|error| error.with_weight(own))?;
		Ok(Some(own.saturating_add(others)).into())
	}
}
