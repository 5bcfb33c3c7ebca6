use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get, Hooks};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};

/// As many validators as there can be, less `room`, in service, with keys.
fn crowd<T: Config>(number: u32) {
	let everybody = (0..number).map(|index| {
		let who: T::AccountId = account("validator", index, 0);
		T::Sessions::register_keys(&who);
		(who, Standing::Serving)
	});
	let everybody: alloc::collections::BTreeMap<_, _> = everybody.collect();
	Standings::<T>::put(
		frame_support::BoundedBTreeMap::try_from(everybody).expect("there is room"),
	);
}

fn governance<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn add() -> Result<(), BenchmarkError> {
		crowd::<T>(T::MaxValidators::get() - 1);
		let who: T::AccountId = account("newcomer", 0, 0);
		T::Sessions::register_keys(&who);
		let origin = governance::<T>()?;

		#[extrinsic_call]
		add(origin as T::RuntimeOrigin, who.clone());

		assert_eq!(Standings::<T>::get().get(&who), Some(&Standing::Serving));
		Ok(())
	}

	#[benchmark]
	fn remove() -> Result<(), BenchmarkError> {
		crowd::<T>(T::MaxValidators::get());
		let who: T::AccountId = account("validator", 0, 0);
		let origin = governance::<T>()?;

		#[extrinsic_call]
		remove(origin as T::RuntimeOrigin, who.clone());

		assert_eq!(Standings::<T>::get().get(&who), None);
		Ok(())
	}

	#[benchmark]
	fn leave() {
		crowd::<T>(T::MaxValidators::get());
		let who: T::AccountId = account("validator", 0, 0);

		#[extrinsic_call]
		leave(RawOrigin::Signed(who.clone()));

		assert_eq!(Standings::<T>::get().get(&who), None);
	}

	#[benchmark]
	fn rejoin() {
		crowd::<T>(T::MaxValidators::get());
		let who: T::AccountId = account("validator", 0, 0);
		Standings::<T>::mutate(|all| *all.get_mut(&who).expect("it is there") = Standing::Resting);

		#[extrinsic_call]
		rejoin(RawOrigin::Signed(who.clone()));

		assert_eq!(Standings::<T>::get().get(&who), Some(&Standing::Serving));
	}

	#[benchmark]
	fn withdraw_keys() {
		crowd::<T>(T::MaxValidators::get());
		let who: T::AccountId = account("guest", 0, 0);
		T::Sessions::register_keys(&who);

		#[extrinsic_call]
		withdraw_keys(RawOrigin::Signed(who.clone()));

		assert!(!T::Sessions::has_keys(&who));
	}

	#[benchmark]
	fn set_timing() -> Result<(), BenchmarkError> {
		let timing = Timing {
			session_length: T::MinSessionLength::get(),
			silence_limit: T::MaxSessionLength::get(),
		};
		let origin = governance::<T>()?;

		#[extrinsic_call]
		set_timing(origin as T::RuntimeOrigin, timing.clone());

		assert_eq!(SessionTiming::<T>::get(), timing);
		Ok(())
	}

	/// Everybody is new and half were silent: the most that a turn can do.
	#[benchmark]
	fn turn(n: Linear<2, { T::MaxValidators::get() }>) {
		crowd::<T>(n);
		for index in 0..n / 2 {
			let who: T::AccountId = account("validator", index, 0);
			LastSeen::<T>::insert(who, BlockNumberFor::<T>::default());
		}
		let late: BlockNumberFor<T> = 1_000_000u32.into();
		frame_system::Pallet::<T>::set_block_number(late);

		#[block]
		{
			Pallet::<T>::on_initialize(late);
		}

		assert_eq!(SessionStart::<T>::get(), late);
	}
}
