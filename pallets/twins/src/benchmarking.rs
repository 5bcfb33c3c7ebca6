use crate::*;
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::traits::{Consideration, EnsureOrigin, Footprint, Get};
use frame_system::RawOrigin;
use grid_primitives::ports::Twins as _;
use sp_runtime::traits::Hash;

const KEY: [u8; 32] = [7; 32];

fn longest_relay<T: Config>() -> Option<Relay<T>> {
	Some(vec![b'a'; T::MaxRelayLength::get() as usize].try_into().expect("it is as long as can be"))
}

fn terms<T: Config>() -> T::Hash {
	let terms = T::Hashing::hash(b"terms");
	Terms::<T>::put(terms);
	terms
}

/// An account that can pay for a twin and an acceptance.
fn somebody<T: Config>() -> T::AccountId {
	let who: T::AccountId = whitelisted_caller();
	T::Consideration::ensure_successful(&who, Footprint::from_parts(10, 10_000));
	who
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn create() -> Result<(), BenchmarkError> {
		let who = somebody::<T>();
		Pallet::<T>::do_accept_terms(who.clone(), terms::<T>())?;

		#[extrinsic_call]
		create(RawOrigin::Signed(who.clone()), longest_relay::<T>(), KEY);

		assert!(TwinIds::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn update() {
		let who = somebody::<T>();
		let twin = Pallet::<T>::ensure_twin(&who);

		#[extrinsic_call]
		update(RawOrigin::Signed(who), longest_relay::<T>(), KEY);

		assert_eq!(Twins::<T>::get(twin).map(|twin| twin.encryption_key), Some(KEY));
	}

	#[benchmark]
	fn delete() -> Result<(), BenchmarkError> {
		let who = somebody::<T>();
		Pallet::<T>::do_accept_terms(who.clone(), terms::<T>())?;
		Pallet::<T>::do_create(who.clone(), longest_relay::<T>(), KEY)?;

		#[extrinsic_call]
		delete(RawOrigin::Signed(who.clone()));

		assert!(!TwinIds::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn accept_terms() {
		let who = somebody::<T>();
		let terms = terms::<T>();

		#[extrinsic_call]
		accept_terms(RawOrigin::Signed(who.clone()), terms);

		assert!(Acceptances::<T>::contains_key(&who));
	}

	#[benchmark]
	fn withdraw_acceptance() -> Result<(), BenchmarkError> {
		let who = somebody::<T>();
		Pallet::<T>::do_accept_terms(who.clone(), terms::<T>())?;

		#[extrinsic_call]
		withdraw_acceptance(RawOrigin::Signed(who.clone()));

		assert!(!Acceptances::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn set_terms() -> Result<(), BenchmarkError> {
		let origin =
			T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let terms = T::Hashing::hash(b"terms");

		#[extrinsic_call]
		set_terms(origin as T::RuntimeOrigin, Some(terms));

		assert_eq!(Terms::<T>::get(), Some(terms));
		Ok(())
	}
}
