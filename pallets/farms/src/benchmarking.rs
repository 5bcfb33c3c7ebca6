use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{Consideration, Footprint, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use grid_primitives::{
	ip::Ip,
	ports::{Farms as _, Twins as _},
	FarmId,
};

pub(crate) const GATEWAY: Ip = Ip::V4([203, 0, 0, 1]);

/// An account with a twin, and money for a farm with many addresses.
fn farmer<T: Config>(index: u32) -> T::AccountId {
	let who: T::AccountId = account("farmer", index, 0);
	T::Consideration::ensure_successful(&who, Footprint::from_parts(100_000, 10_000_000));
	T::Twins::ensure_twin(&who);
	who
}

fn farm<T: Config>() -> (T::AccountId, FarmId) {
	let who = farmer::<T>(0);
	let farm = Pallet::<T>::create_farm(&who);
	(who, farm)
}

fn longest_name() -> Name {
	alloc::vec![b'A'; MAX_NAME as usize].try_into().expect("it is as long as can be")
}

pub(crate) fn addresses<T: Config>(number: u32) -> BoundedVec<FarmAddress, T::MaxAddedIps> {
	let address = |index: u32| {
		let [_, _, c, d] = (index + 2).to_be_bytes();
		FarmAddress { ip: Ip::V4([203, 0, c, d]), prefix: 16 }
	};
	(0..number).map(address).collect::<Vec<_>>().try_into().expect("as many as can be added")
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn create() {
		let who = farmer::<T>(0);

		#[extrinsic_call]
		create(RawOrigin::Signed(who), longest_name(), None);

		assert!(Pallet::<T>::farm_by_name(longest_name()).is_some());
	}

	#[benchmark]
	fn update() {
		let (who, farm) = farm::<T>();

		#[extrinsic_call]
		update(RawOrigin::Signed(who), farm, longest_name());

		assert_eq!(Pallet::<T>::farm_by_name(longest_name()), Some(farm));
	}

	#[benchmark]
	fn set_payout() {
		let (who, farm) = farm::<T>();
		let payout: T::AccountId = account("payout", 0, 0);

		#[extrinsic_call]
		set_payout(RawOrigin::Signed(who), farm, payout.clone());

		assert_eq!(Farms::<T>::get(farm).map(|farm| farm.payout), Some(payout));
	}

	#[benchmark]
	fn add_public_ips(n: Linear<1, { T::MaxAddedIps::get() }>) {
		let (who, farm) = farm::<T>();

		#[extrinsic_call]
		add_public_ips(RawOrigin::Signed(who), farm, addresses::<T>(n), GATEWAY);

		assert_eq!(Farms::<T>::get(farm).map(|farm| farm.ips), Some(n));
	}

	#[benchmark]
	fn remove_public_ip() -> Result<(), BenchmarkError> {
		let (who, farm) = farm::<T>();
		Pallet::<T>::do_add_public_ips(&who, farm, &addresses::<T>(1), GATEWAY)?;

		#[extrinsic_call]
		remove_public_ip(RawOrigin::Signed(who), farm, addresses::<T>(1)[0].ip);

		assert_eq!(Farms::<T>::get(farm).map(|farm| farm.ips), Some(0));
		Ok(())
	}

	#[benchmark]
	fn transfer() {
		let (who, farm) = farm::<T>();
		let to = farmer::<T>(1);

		#[extrinsic_call]
		transfer(RawOrigin::Signed(who), farm, to.clone());

		assert_eq!(Offers::<T>::get(farm), Some(to));
	}

	#[benchmark]
	fn withdraw_offer() -> Result<(), BenchmarkError> {
		let (who, farm) = farm::<T>();
		Pallet::<T>::do_offer(who.clone(), farm, farmer::<T>(1))?;

		#[extrinsic_call]
		withdraw_offer(RawOrigin::Signed(who), farm);

		assert_eq!(Offers::<T>::get(farm), None);
		Ok(())
	}

	#[benchmark]
	fn accept_transfer() -> Result<(), BenchmarkError> {
		let (who, farm) = farm::<T>();
		let to = farmer::<T>(1);
		Pallet::<T>::do_offer(who, farm, to.clone())?;

		#[extrinsic_call]
		accept_transfer(RawOrigin::Signed(to.clone()), farm);

		assert_eq!(Farms::<T>::get(farm).map(|farm| farm.farmer), Some(to));
		Ok(())
	}

	#[benchmark]
	fn delete() {
		let (who, farm) = farm::<T>();

		#[extrinsic_call]
		delete(RawOrigin::Signed(who), farm);

		assert!(!Farms::<T>::contains_key(farm));
	}
}
