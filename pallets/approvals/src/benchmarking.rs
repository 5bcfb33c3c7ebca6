use crate::*;
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{Consideration, EnsureOrigin, Footprint, Get, Hooks},
	weights::Weight,
};
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System, RawOrigin};
use grid_primitives::{approval::Digest, ports::ApprovalGate, PolicyId, RequestId};

const PEOPLE: u32 = MAX_ROLES * MAX_MEMBERS;

/// The largest terms, which need the most answers: everybody is in one role, and all must agree.
/// `variant` makes others of them.
pub(crate) fn largest_terms<T: Config>(variant: u8) -> TermsOf<T> {
	let role = |index: u32| {
		let first = index * MAX_MEMBERS;
		let members: Vec<_> = (first..first + MAX_MEMBERS).map(stakeholder::<T>).collect();
		Role {
			title: vec![b'r'; 64].try_into().expect("as long as can be"),
			members: members.try_into().expect("as many as can be"),
			threshold: MAX_MEMBERS as u8,
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

/// All agree but one, who is returned: all depends on it.
fn all_but_one_approve<T: Config>(request: RequestId) -> Result<T::AccountId, BenchmarkError> {
	let digest = digest_of::<T>(request)?;
	for index in 1..PEOPLE {
		Pallet::<T>::do_approve(stakeholder::<T>(index), request, digest)?;
	}
	Ok(stakeholder::<T>(0))
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
		let last = all_but_one_approve::<T>(request)?;

		#[extrinsic_call]
		approve(RawOrigin::Signed(last), request, digest);

		assert!(amended::<T>(policy));
		Ok(())
	}

	#[benchmark]
	fn object() -> Result<(), BenchmarkError> {
		let (_, _, request) = request::<T>()?;
		let last = all_but_one_approve::<T>(request)?;

		#[extrinsic_call]
		object(RawOrigin::Signed(last), request, reason());

		assert!(!Requests::<T>::contains_key(request));
		Ok(())
	}

	#[benchmark]
	fn retract() -> Result<(), BenchmarkError> {
		let (_, _, request) = request::<T>()?;
		let who = stakeholder::<T>(0);
		Pallet::<T>::do_approve(who.clone(), request, digest_of::<T>(request)?)?;

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
