//! How other pallets see nodes, beside their capacity.

use crate::*;
use grid_primitives::{
	ports::{self, Availability},
	Capacity, FarmId, NodeId,
};

impl<T: Config> Availability for Pallet<T> {
	fn available_seconds(node: NodeId) -> u64 {
		Clocks::<T>::get(node).map_or(0, |clock| clock.available_seconds)
	}

	fn is_online(node: NodeId) -> bool {
		Self::is_online(node)
	}
}

impl<T: Config> ports::Nodes<T::AccountId> for Pallet<T> {
	fn node_of(who: &T::AccountId) -> Option<NodeId> {
		NodeIds::<T>::get(who)
	}

	fn farm_of(node: NodeId) -> Option<FarmId> {
		Nodes::<T>::get(node).map(|node| node.farm)
	}

	fn offered(node: NodeId) -> Option<Capacity> {
		Nodes::<T>::get(node).map(|node| Self::offered_of(&node.machine))
	}

	fn is_certified(node: NodeId) -> bool {
		Nodes::<T>::get(node).is_some_and(|node| node.certified)
	}
}
