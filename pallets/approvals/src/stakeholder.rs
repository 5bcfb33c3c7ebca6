//! What stakeholders say to a request. Whoever is in several roles says it in all of them.

use crate::*;
use frame_support::{ensure, pallet_prelude::*};
use grid_primitives::{approval::Digest, RequestId};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_approve(
		who: T::AccountId,
		id: RequestId,
		digest: Digest,
	) -> Result<Weight, DispatchError> {
		let (request, ballot, who_marks) = Self::heard(&who, id)?;
		ensure!(digest == request.question.digest(), Error::<T>::OtherDigest);
		ensure!(!ballot.approvals.meets(&who_marks), Error::<T>::SaidAlready);
		let ballot = Ballot {
			approvals: ballot.approvals.with(&who_marks),
			objections: ballot.objections.without(&who_marks),
		};
		Self::deposit_event(Event::Approved { request: id, who });
		Ok(Self::count(id, request, ballot))
	}

	pub(crate) fn do_object(
		who: T::AccountId,
		id: RequestId,
		reason: Reason,
	) -> Result<Weight, DispatchError> {
		let (request, ballot, who_marks) = Self::heard(&who, id)?;
		ensure!(!ballot.objections.meets(&who_marks), Error::<T>::SaidAlready);
		ensure!(terms::is_text(&reason), Error::<T>::BadReason);
		let ballot = Ballot {
			approvals: ballot.approvals.without(&who_marks),
			objections: ballot.objections.with(&who_marks),
		};
		Self::deposit_event(Event::Objected { request: id, who, reason });
		Ok(Self::count(id, request, ballot))
	}

	pub(crate) fn do_retract(who: T::AccountId, id: RequestId) -> DispatchResult {
		let (_, ballot, who_marks) = Self::heard(&who, id)?;
		let said = ballot.approvals.meets(&who_marks) || ballot.objections.meets(&who_marks);
		ensure!(said, Error::<T>::NothingSaid);
		let ballot = Ballot {
			approvals: ballot.approvals.without(&who_marks),
			objections: ballot.objections.without(&who_marks),
		};
		Votes::<T>::insert(id, ballot);
		Self::deposit_event(Event::Retracted { request: id, who });
		Ok(())
	}

	/// A request that is open, what was said to it, and where one of its stakeholders is in that.
	fn heard(who: &T::AccountId, id: RequestId) -> Result<(RequestOf<T>, Ballot, Marks), Error<T>> {
		let request = Self::open_request(id)?;
		let who_marks = Marks::of_one(&request.roles, who);
		ensure!(!who_marks.is_empty(), Error::NotAMember);
		let ballot = Votes::<T>::get(id).ok_or(Error::NoRequest)?;
		Ok((request, ballot, who_marks))
	}

	/// Decide a request if this is enough for it, and else wait for more.
	fn count(id: RequestId, request: RequestOf<T>, ballot: Ballot) -> Weight {
		match tally::outcome(&request.roles, request.several_roles, &ballot) {
			Some(decision) => Self::decide(id, request, decision),
			None => {
				Votes::<T>::insert(id, ballot);
				Weight::zero()
			},
		}
	}
}
