//! What contracts hold of nodes. Nothing else changes it.

use crate::*;
use alloc::collections::BTreeMap;
use grid_primitives::{
	ports::{NoCapacity, NodeCapacity, Rentals},
	query::NodeState,
	Capacity, NodeId, TwinId,
};

impl<T: Config> Pallet<T> {
	/// What can be reserved of a machine.
	pub(crate) fn offered_of(machine: &Machine) -> Capacity {
		use frame_support::traits::Get;
		machine.capacity.saturating_sub(T::Overhead::get())
	}

	/// What is free of a node.
	pub(crate) fn free_of(node: &NodeOf<T>) -> Capacity {
		Self::offered_of(&node.machine).saturating_sub(node.reserved)
	}

	fn ensure_takes_more(id: NodeId, node: &NodeOf<T>) -> Result<(), NoCapacity> {
		if node.state != NodeState::Open {
			return Err(NoCapacity::NotOpen);
		}
		if !Self::is_online(id) {
			return Err(NoCapacity::Offline);
		}
		Ok(())
	}

	/// A node after one more reservation.
	fn with_reservation(
		id: NodeId,
		mut node: NodeOf<T>,
		by: TwinId,
		wanted: Capacity,
	) -> Result<NodeOf<T>, NoCapacity> {
		Self::ensure_takes_more(id, &node)?;
		if node.tenant.is_some_and(|tenant| tenant != by) {
			return Err(NoCapacity::RentedByOther);
		}
		node.reserved = node
			.reserved
			.checked_add(wanted)
			.filter(|reserved| Self::offered_of(&node.machine).covers(reserved))
			.ok_or(NoCapacity::Full)?;
		node.reservations += 1;
		Ok(node)
	}
}

impl<T: Config> NodeCapacity for Pallet<T> {
	fn reserve(by: TwinId, wanted: &[(NodeId, Capacity)]) -> Result<(), (NodeId, NoCapacity)> {
		let mut changed = BTreeMap::new();
		for (id, wanted) in wanted {
			let node = match changed.remove(id) {
				Some(node) => node,
				None => Nodes::<T>::get(id).ok_or((*id, NoCapacity::NoNode))?,
			};
			let node =
				Self::with_reservation(*id, node, by, *wanted).map_err(|error| (*id, error))?;
			changed.insert(*id, node);
		}
		for (id, node) in changed {
			Nodes::<T>::insert(id, node);
		}
		Ok(())
	}

	fn resize(id: NodeId, from: Capacity, to: Capacity) -> Result<(), NoCapacity> {
		let mut node = Nodes::<T>::get(id).ok_or(NoCapacity::NoNode)?;
		if !from.covers(&to) {
			Self::ensure_takes_more(id, &node)?;
		}
		node.reserved = node
			.reserved
			.checked_sub(from)
			.and_then(|others| others.checked_add(to))
			.filter(|reserved| Self::offered_of(&node.machine).covers(reserved))
			.ok_or(NoCapacity::Full)?;
		Nodes::<T>::insert(id, node);
		Ok(())
	}

	fn release(id: NodeId, held: Capacity) {
		Nodes::<T>::mutate(id, |node| {
			let Some(node) = node else {
				log::error!(target: LOG_TARGET, "capacity of node {id} was released, which is gone");
				return;
			};
			let left = node.reserved.checked_sub(held).zip(node.reservations.checked_sub(1));
			let Some((reserved, reservations)) = left else {
				log::error!(target: LOG_TARGET, "more was released of node {id} than was reserved");
				return;
			};
			node.reserved = reserved;
			node.reservations = reservations;
		});
	}

	fn is_empty(id: NodeId) -> bool {
		Nodes::<T>::get(id).is_none_or(|node| node.reservations == 0)
	}

	fn wake(id: NodeId) {
		Nodes::<T>::mutate(id, |node| {
			if let Some(node) = node {
				node.generation += 1;
			}
		});
	}

	fn generation(id: NodeId) -> u64 {
		Nodes::<T>::get(id).map_or(0, |node| node.generation)
	}
}

impl<T: Config> Rentals for Pallet<T> {
	fn rent(id: NodeId, by: TwinId) -> Result<(), NoCapacity> {
		let mut node = Nodes::<T>::get(id).ok_or(NoCapacity::NoNode)?;
		Self::ensure_takes_more(id, &node)?;
		if node.tenant.is_some() {
			return Err(NoCapacity::RentedByOther);
		}
		if node.reservations > 0 {
			return Err(NoCapacity::Full);
		}
		node.tenant = Some(by);
		Nodes::<T>::insert(id, node);
		Ok(())
	}

	fn tenant(id: NodeId) -> Option<TwinId> {
		Nodes::<T>::get(id).and_then(|node| node.tenant)
	}

	fn release(id: NodeId) {
		Nodes::<T>::mutate(id, |node| {
			if let Some(node) = node {
				node.tenant = None;
			}
		});
	}
}
