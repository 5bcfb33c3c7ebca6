//! A farm goes from one farmer to another, when both want it.

use crate::*;
use frame_support::{ensure, pallet_prelude::*, traits::Consideration};
use grid_primitives::{ports::Twins, FarmId};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_offer(who: T::AccountId, id: FarmId, to: T::AccountId) -> DispatchResult {
		let farm = Farms::<T>::get(id).ok_or(Error::<T>::NoFarm)?;
		ensure!(farm.farmer == who, Error::<T>::NotFarmer);
		ensure!(to != who, Error::<T>::OfferedToSelf);
		ensure!(T::Twins::twin_of(&to).is_some(), Error::<T>::NoTwin);
		Offers::<T>::insert(id, &to);
		Self::deposit_event(Event::Offered { farm: id, to });
		Ok(())
	}

	pub(crate) fn do_withdraw_offer(who: &T::AccountId, id: FarmId) -> DispatchResult {
		let to = Offers::<T>::get(id).ok_or(Error::<T>::NotOffered)?;
		let farm = Farms::<T>::get(id).ok_or(Error::<T>::NoFarm)?;
		ensure!(farm.farmer == *who || to == *who, Error::<T>::NotFarmer);
		Offers::<T>::remove(id);
		Self::deposit_event(Event::OfferWithdrawn { farm: id });
		Ok(())
	}

	pub(crate) fn do_accept_transfer(to: T::AccountId, id: FarmId) -> DispatchResult {
		ensure!(Offers::<T>::get(id).as_ref() == Some(&to), Error::<T>::NotOffered);
		let new_twin = T::Twins::twin_of(&to).ok_or(Error::<T>::NoTwin)?;
		Farms::<T>::try_mutate(id, |farm| {
			let farm = farm.as_mut().ok_or(Error::<T>::NoFarm)?;
			let from = core::mem::replace(&mut farm.farmer, to.clone());
			farm.payout = to.clone();
			let deposit = T::Consideration::new(&to, Self::footprint(farm.ips))?;
			core::mem::replace(&mut farm.deposit, deposit).drop(&from)?;
			if let Some(old_twin) = T::Twins::twin_of(&from) {
				T::Twins::detach(old_twin);
			}
			T::Twins::attach(new_twin);
			Offers::<T>::remove(id);
			Self::deposit_event(Event::Transferred { farm: id, from, to });
			Ok(())
		})
	}
}
