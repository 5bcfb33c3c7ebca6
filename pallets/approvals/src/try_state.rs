use crate::*;
use codec::Encode;
use frame_support::ensure;
use grid_primitives::{approval::Action, RequestId};
use sp_crypto_hashing::blake2_256;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds between two calls.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_policies()?;
		Self::try_requests()
	}

	fn try_policies() -> Result<(), TryRuntimeError> {
		let next = NextPolicyId::<T>::get();
		let mut proposals = 0;
		for (id, policy) in Policies::<T>::iter() {
			ensure!((1..next).contains(&id), "a policy has a number that was never given");
			let needed = policy.uses > 0 || policy.proposal.is_some();
			ensure!(needed || !policy.retired, "a retired policy is there for nothing");
			try_roles(&policy.terms.roles)?;
			if let Some(request) = policy.proposal {
				proposals += 1;
				let request = Requests::<T>::get(request).ok_or("an amendment has no request")?;
				ensure!(request.policy == id, "an amendment is of another policy");
				ensure!(request.asker == policy.owner, "an amendment is not its owner's");
				ensure!(request.question.subject == u64::from(id), "an amendment asks of another");
				let revision = policy.revision + 1;
				ensure!(request.question.revision == revision, "an amendment is not the next");
			}
		}
		ensure!(Proposals::<T>::iter_keys().count() == proposals, "terms are proposed by nobody");
		for (id, terms) in Proposals::<T>::iter() {
			try_roles(&terms.roles)?;
			let request = Requests::<T>::get(id).ok_or("nobody is asked about proposed terms")?;
			let policy = Policies::<T>::get(request.policy).ok_or("terms are for no policy")?;
			ensure!(policy.proposal == Some(id), "a policy forgot its amendment");
			ensure!(request.question.action == Action::AmendPolicy, "terms are something else");
			let content = terms.using_encoded(blake2_256);
			ensure!(request.question.content == content, "other terms were proposed");
		}
		Ok(())
	}

	fn try_requests() -> Result<(), TryRuntimeError> {
		let next = NextRequestId::<T>::get();
		let mut all = 0;
		for (id, request) in Requests::<T>::iter() {
			all += 1;
			ensure!((1..next).contains(&id), "a request has a number that was never given");
			ensure!(request.policy < NextPolicyId::<T>::get(), "a request is of no policy");
			ensure!(Expiring::<T>::contains_key(request.expires, id), "a request never expires");
			let cursor = NextExpiry::<T>::get();
			ensure!(cursor.is_some_and(|it| it <= request.expires), "an expiry was passed over");
			try_roles(&request.roles)?;
			Self::try_ballot(id, &request)?;
		}
		ensure!(Votes::<T>::iter_keys().count() == all, "votes are on no request");
		ensure!(Expiring::<T>::iter_keys().count() == all, "what expires is not there");
		Ok(())
	}

	fn try_ballot(id: RequestId, request: &RequestOf<T>) -> Result<(), TryRuntimeError> {
		let roles = &request.roles;
		let ballot = Votes::<T>::get(id).ok_or("a request has no votes")?;
		for said in [ballot.approvals, ballot.objections] {
			let everybody = Marks::of(roles, |_| true);
			ensure!(said.without(&everybody).is_empty(), "somebody voted who is not there");
			for who in roles.iter().flat_map(|role| role.members.iter()) {
				let marks = Marks::of_one(roles, who);
				let alike = !said.meets(&marks) || marks.without(&said).is_empty();
				ensure!(alike, "somebody said it in one role and not in another");
			}
		}
		ensure!(!ballot.approvals.meets(&ballot.objections), "somebody said yes and no");
		let outcome = tally::outcome(roles, request.several_roles, &ballot);
		ensure!(outcome.is_none(), "a request is decided and stands");
		Ok(())
	}
}

fn try_roles<AccountId: Ord>(roles: &[Role<AccountId>]) -> Result<(), TryRuntimeError> {
	ensure!(!roles.is_empty(), "there are no roles");
	for role in roles {
		let sorted = role.members.windows(2).all(|pair| pair.first() < pair.last());
		ensure!(sorted, "the members of a role are not in order");
		let possible = (1..=role.members.len()).contains(&usize::from(role.threshold));
		ensure!(possible, "a role can never be filled");
	}
	Ok(())
}
