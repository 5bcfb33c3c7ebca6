use crate::*;
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{Consideration, EnsureOrigin, Footprint, Get, Hooks},
	weights::Weight,
};
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System, RawOrigin};
use grid_primitives::{approval::Digest, ports::ApprovalGate, PolicyId, RequestId};

/// People of whom each is in a role and the next one: half as many as there are memberships.
const PEOPLE: u32 = MAX_ROLES * MAX_MEMBERS / 2;
const PEOPLE_EACH: u32 = MAX_MEMBERS / 2;
/// One less than there are people for, so that nobody's objection alone decides.
const THRESHOLD: u32 = PEOPLE_EACH - 1;

/// The largest terms, whose roles are the hardest to fill: in a ring, each role shares half of its
/// members with the one before and half with the one after. `variant` makes others of them.
pub(crate) fn largest_terms<T: Config>(variant: u8) -> TermsOf<T> {
	let role = |index: u32| {
		let first = index * PEOPLE_EACH;
		let members = (first..first + MAX_MEMBERS).map(|it| stakeholder::<T>(it % PEOPLE));
		let mut members: Vec<_> = members.collect();
		members.sort();
		Role {
			title: vec![b'r'; 64].try_into().expect("as long as can be"),
			members: members.try_into().expect("as many as can be"),
			threshold: THRESHOLD as u8,
			veto: false,
		}
	};
	let roles: Vec<_> = (0..MAX_ROLES).map(role).collect();
	Terms {
		title: vec![b'a' + variant; 128].try_into().expect("as long as can be"),
		roles: roles.try_into().expect("as many as can be"),
		ttl: T::MaxTtl::get(),
		guards: Guards { create: true, amend: true, cancel: true },
		acceptance: true,
		several_roles: false,
		open: true,
	}
}

fn stakeholder<T: Config>(index: u32) -> T::AccountId {
	account("stakeholder", index, 0)
}

fn owner<T: Config>() -> T::AccountId {
	let owner: T::AccountId = account("owner", 0, 0);
	let much = Footprint::from_parts(1_000, 1_000_000);
	T::PolicyConsideration::ensure_successful(&owner, much);
	T::RequestConsideration::ensure_successful(&owner, much);
	owner
}

/// The largest policy, with something under it.
fn policy<T: Config>() -> Result<(T::AccountId, PolicyId), BenchmarkError> {
	let owner = owner::<T>();
	let policy = Pallet::<T>::largest_policy(&owner);
	Pallet::<T>::bind(policy, &owner).map_err(|_| "it is open")?;
	Ok((owner, policy))
}

/// A request about the largest amendment of the largest policy.
fn request<T: Config>() -> Result<(T::AccountId, PolicyId, RequestId), BenchmarkError> {
	let (owner, policy) = policy::<T>()?;
	Pallet::<T>::do_amend_policy(&owner, policy, largest_terms::<T>(1))?;
	let request = Policies::<T>::get(policy).and_then(|it| it.proposal).ok_or("just proposed")?;
	Ok((owner, policy, request))
}

fn digest_of<T: Config>(request: RequestId) -> Result<Digest, BenchmarkError> {
	Ok(Requests::<T>::get(request).ok_or("it is there")?.question.digest())
}

fn when_it_expires<T: Config>(request: RequestId) -> Result<BlockNumberFor<T>, BenchmarkError> {
	let expires = Requests::<T>::get(request).ok_or("it is there")?.expires;
	System::<T>::set_block_number(expires);
	Ok(expires)
}

fn amended<T: Config>(policy: PolicyId) -> bool {
	Policies::<T>::get(policy).is_some_and(|it| it.revision == 2 && it.proposal.is_none())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn create_policy() {
		let owner = owner::<T>();
		let next = NextPolicyId::<T>::get();

		#[extrinsic_call]
		create_policy(RawOrigin::Signed(owner), largest_terms::<T>(0));

		assert!(Policies::<T>::contains_key(next));
	}

	#[benchmark]
	fn amend_policy() -> Result<(), BenchmarkError> {
		let (owner, policy) = policy::<T>()?;
		let next = NextRequestId::<T>::get();

		#[extrinsic_call]
		amend_policy(RawOrigin::Signed(owner), policy, largest_terms::<T>(1));

		assert!(Proposals::<T>::contains_key(next));
		Ok(())
	}

	#[benchmark]
	fn withdraw_amendment() -> Result<(), BenchmarkError> {
		let (owner, policy, request) = request::<T>()?;

		#[extrinsic_call]
		withdraw_amendment(RawOrigin::Signed(owner), policy);

		assert!(!Requests::<T>::contains_key(request));
		Ok(())
	}

	#[benchmark]
	fn retire_policy() -> Result<(), BenchmarkError> {
		let (owner, policy) = policy::<T>()?;
		Pallet::<T>::unbind(policy);

		#[extrinsic_call]
		retire_policy(RawOrigin::Signed(owner), policy);

		assert!(!Policies::<T>::contains_key(policy));
		Ok(())
	}

	#[benchmark]
	fn approve() -> Result<(), BenchmarkError> {
		let (_, policy, request) = request::<T>()?;
		let digest = digest_of::<T>(request)?;
		// The last seat is at the end of a chain through all the others.
		let needed = MAX_ROLES * THRESHOLD;
		for index in 0..needed - 1 {
			Pallet::<T>::do_approve(stakeholder::<T>(index), request, digest)?;
		}
		let last = stakeholder::<T>(needed - 1);

		#[extrinsic_call]
		approve(RawOrigin::Signed(last), request, digest);

		assert!(amended::<T>(policy));
		Ok(())
	}

	#[benchmark]
	fn object() -> Result<(), BenchmarkError> {
		let (_, _, request) = request::<T>()?;
		// So many that all others are needed.
		for index in 0..MAX_ROLES {
			Pallet::<T>::do_object(stakeholder::<T>(index * PEOPLE_EACH), request, reason())?;
		}

		#[extrinsic_call]
		object(RawOrigin::Signed(stakeholder::<T>(1)), request, reason());

		assert!(!Requests::<T>::contains_key(request));
		Ok(())
	}

	#[benchmark]
	fn retract() -> Result<(), BenchmarkError> {
		let (_, _, request) = request::<T>()?;
		let who = stakeholder::<T>(0);
		Pallet::<T>::do_object(who.clone(), request, reason())?;

		#[extrinsic_call]
		retract(RawOrigin::Signed(who), request);

		assert_eq!(Votes::<T>::get(request), Some(Ballot::default()));
		Ok(())
	}

	#[benchmark]
	fn expire() -> Result<(), BenchmarkError> {
		let (_, _, request) = request::<T>()?;
		when_it_expires::<T>(request)?;

		#[extrinsic_call]
		expire(RawOrigin::Signed(account("anyone", 0, 0)), request);

		assert!(!Requests::<T>::contains_key(request));
		Ok(())
	}

	#[benchmark]
	fn force_decide() -> Result<(), BenchmarkError> {
		let (_, policy, request) = request::<T>()?;
		let origin =
			T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		force_decide(origin as T::RuntimeOrigin, request, true);

		assert!(amended::<T>(policy));
		Ok(())
	}

	#[benchmark]
	fn sweep_nothing() -> Result<(), BenchmarkError> {
		let (_, _, request) = request::<T>()?;

		#[block]
		{
			Pallet::<T>::on_idle(System::<T>::block_number(), Weight::MAX);
		}

		assert!(Requests::<T>::contains_key(request));
		Ok(())
	}

	#[benchmark]
	fn sweep_empty_block() -> Result<(), BenchmarkError> {
		let (_, _, request) = request::<T>()?;
		let now = System::<T>::block_number();
		NextExpiry::<T>::put(now);

		#[block]
		{
			Pallet::<T>::on_idle(now, Weight::MAX);
		}

		assert!(NextExpiry::<T>::get().is_some_and(|next| next > now));
		assert!(Requests::<T>::contains_key(request));
		Ok(())
	}

	#[benchmark]
	fn expire_one() -> Result<(), BenchmarkError> {
		let (_, _, request) = request::<T>()?;
		let expires = when_it_expires::<T>(request)?;

		#[block]
		{
			Pallet::<T>::on_idle(expires, Weight::MAX);
		}

		assert!(!Requests::<T>::contains_key(request));
		assert_eq!(NextExpiry::<T>::get(), None);
		Ok(())
	}
}

fn reason() -> Reason {
	vec![b'n'; 256].try_into().expect("as long as can be")
}
