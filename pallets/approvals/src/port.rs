//! How other pallets ask stakeholders.

use crate::*;
use grid_primitives::{
	approval::{Action, Question},
	ports::{ApprovalGate, CannotAsk},
	PolicyId, RequestId,
};

impl<T: Config> ApprovalGate<T::AccountId> for Pallet<T> {
	fn bind(id: PolicyId, by: &T::AccountId) -> Result<(), CannotAsk> {
		let mut policy = Policies::<T>::get(id).ok_or(CannotAsk::NoPolicy)?;
		if policy.retired {
			return Err(CannotAsk::Retired);
		}
		if !policy.terms.open && policy.owner != *by {
			return Err(CannotAsk::NotOpen);
		}
		policy.uses += 1;
		Policies::<T>::insert(id, policy);
		Ok(())
	}

	fn unbind(id: PolicyId) {
		let Some(mut policy) = Policies::<T>::get(id) else {
			log::error!(target: LOG_TARGET, "something was under policy {id}, which is not there");
			return;
		};
		let Some(uses) = policy.uses.checked_sub(1) else {
			log::error!(target: LOG_TARGET, "what is under policy {id} was miscounted");
			return;
		};
		policy.uses = uses;
		Self::keep(id, policy);
	}

	/// What is under a policy that is not there cannot be asked about, and so is not done.
	fn guards(id: PolicyId, action: Action) -> bool {
		Policies::<T>::get(id).is_none_or(|policy| policy.terms.guard(action))
	}

	fn ask(id: PolicyId, by: &T::AccountId, question: &Question) -> Result<RequestId, CannotAsk> {
		let policy = Policies::<T>::get(id).ok_or(CannotAsk::NoPolicy)?;
		Self::open(id, &policy.terms, by.clone(), *question).map_err(|_| CannotAsk::NoDeposit)
	}

	fn withdraw(id: RequestId) {
		if Self::take_back(id).is_err() {
			log::error!(target: LOG_TARGET, "request {id} was withdrawn, which is not there");
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn largest_policy(by: &T::AccountId) -> PolicyId {
		let terms = benchmarking::largest_terms::<T>(0);
		Self::do_create_policy(by.clone(), terms).expect("whoever is measured can pay")
	}
}
