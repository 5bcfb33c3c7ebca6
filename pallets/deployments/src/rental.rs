//! Nodes that one twin has for itself.

use crate::*;
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	pallet_prelude::*,
	traits::{Consideration, Footprint},
};
use grid_primitives::{
	ports::{Bill, Meter, NoCapacity, NodeCapacity, Nodes, Rentals as _, Twins},
	spec::Usage,
	NodeId,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_rent(tenant: T::AccountId, node: NodeId, most: Option<u64>) -> DispatchResult {
		let twin = T::Twins::twin_of(&tenant).ok_or(Error::<T>::NoTwin)?;
		// What is left of a tenant before is still being cleared away.
		ensure!(!Clearing::<T>::contains_key(node), Error::<T>::NodeNotOpen);
		T::Rentals::rent(node, twin).map_err(|why| match why {
			NoCapacity::Full => Error::<T>::NodeNotEmpty,
			why => why.into(),
		})?;
		let deposit = T::Consideration::new(&tenant, Self::rental_footprint())
			.map_err(|_| Error::<T>::NotFunded)?;
		let capacity = T::Nodes::offered(node).ok_or(Error::<T>::NoNode)?;
		let usage = Usage { capacity, ..Default::default() };
		let rate = T::Meter::open(Bill::Rental(node), &tenant, &[(node, usage)], false)
			.map_err(Error::<T>::from)?;
		Self::check_price(rate, most)?;
		Rentals::<T>::insert(node, Rental { tenant, twin, paused: false, deposit });
		T::Twins::attach(twin);
		Self::deposit_event(Event::Rented { node, twin });
		Ok(())
	}

	pub(crate) fn do_release(who: &T::AccountId, node: NodeId) -> DispatchResult {
		let rental = Rentals::<T>::get(node).ok_or(Error::<T>::NotTenant)?;
		ensure!(rental.tenant == *who, Error::<T>::NotTenant);
		ensure!(T::Capacity::is_empty(node), Error::<T>::ContractsLeft);
		Self::end_rental(node, Why::Owner);
		Ok(())
	}

	/// What a rental takes of the storage.
	pub(crate) fn rental_footprint() -> Footprint {
		Footprint::from_parts(1, RentalOf::<T>::max_encoded_len())
	}

	/// End the rental of a node on which nothing is.
	pub(crate) fn end_rental(node: NodeId, why: Why) {
		let Some(rental) = Rentals::<T>::take(node) else { return };
		T::Rentals::release(node);
		T::Meter::close(Bill::Rental(node), node);
		T::Twins::detach(rental.twin);
		if let Err(error) = rental.deposit.drop(&rental.tenant) {
			log::error!(target: LOG_TARGET, "the deposit on the rent of {node} stays: {error:?}");
		}
		Self::deposit_event(Event::RentalEnded { node, twin: rental.twin, why });
	}
}
