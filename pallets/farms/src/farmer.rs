//! What a farmer does with a farm.

use crate::*;
use frame_support::{
	ensure,
	pallet_prelude::*,
	traits::{Consideration, Footprint},
};
use grid_primitives::{ports::Twins, FarmId};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_create(
		farmer: T::AccountId,
		name: Name,
		payout: Option<T::AccountId>,
	) -> Result<FarmId, DispatchError> {
		let twin = T::Twins::twin_of(&farmer).ok_or(Error::<T>::NoTwin)?;
		let id = NextFarmId::<T>::get();
		Self::take_name(&name, id)?;
		let deposit = T::Consideration::new(&farmer, Self::footprint(0))?;
		let payout = payout.unwrap_or_else(|| farmer.clone());
		let farm = Farm {
			name,
			farmer: farmer.clone(),
			payout,
			nodes: 0,
			ips: 0,
			free_v4: 0,
			free_v6: 0,
			deposit,
		};
		Farms::<T>::insert(id, farm);
		NextFarmId::<T>::put(id + 1);
		T::Twins::attach(twin);
		Self::deposit_event(Event::Created { farm: id, farmer });
		Ok(id)
	}

	pub(crate) fn do_create_with_addresses(farm: GenesisFarm<T::AccountId>) -> DispatchResult {
		let name = farm.name.into_bytes().try_into().map_err(|_| Error::<T>::BadName)?;
		let id = Self::do_create(farm.farmer.clone(), name, None)?;
		for (ips, gateway) in farm.public_ips {
			Self::do_add_public_ips(&farm.farmer, id, &ips, gateway)?;
		}
		Ok(())
	}

	pub(crate) fn do_rename(who: &T::AccountId, id: FarmId, name: Name) -> DispatchResult {
		Self::change(who, id, |farm| {
			Self::free_name(&farm.name);
			Self::take_name(&name, id)?;
			farm.name = name;
			Self::deposit_event(Event::Renamed { farm: id });
			Ok(())
		})
	}

	pub(crate) fn do_set_payout(
		who: &T::AccountId,
		id: FarmId,
		payout: T::AccountId,
	) -> DispatchResult {
		Self::change(who, id, |farm| {
			farm.payout = payout.clone();
			Self::deposit_event(Event::PayoutSet { farm: id, payout });
			Ok(())
		})
	}

	pub(crate) fn do_delete(who: &T::AccountId, id: FarmId) -> DispatchResult {
		let farm = Farms::<T>::get(id).ok_or(Error::<T>::NoFarm)?;
		ensure!(farm.farmer == *who, Error::<T>::NotFarmer);
		ensure!(farm.nodes == 0, Error::<T>::HasNodes);
		ensure!(farm.free_v4 + farm.free_v6 == farm.ips, Error::<T>::HasReservedIps);
		ensure!(farm.ips == 0, Error::<T>::HasIps);
		farm.deposit.drop(who)?;
		Self::free_name(&farm.name);
		Farms::<T>::remove(id);
		Offers::<T>::remove(id);
		if let Some(twin) = T::Twins::twin_of(who) {
			T::Twins::detach(twin);
		}
		Self::deposit_event(Event::Deleted { farm: id });
		Ok(())
	}

	/// Change a farm in the name of its farmer, whole or not at all.
	pub(crate) fn change(
		who: &T::AccountId,
		id: FarmId,
		change: impl FnOnce(&mut FarmOf<T>) -> DispatchResult,
	) -> DispatchResult {
		Farms::<T>::try_mutate(id, |farm| {
			let farm = farm.as_mut().ok_or(Error::<T>::NoFarm)?;
			ensure!(farm.farmer == *who, Error::<T>::NotFarmer);
			change(farm)
		})
	}

	/// What a farm with so many addresses takes of the storage, however it is called.
	pub(crate) fn footprint(ips: u32) -> Footprint {
		let each = PublicIp::max_encoded_len() as u64;
		let farm = FarmOf::<T>::max_encoded_len() as u64;
		Footprint { count: 2 + 2 * u64::from(ips), size: farm + each * u64::from(ips) }
	}
}
