//! How other pallets see nodes, beside their capacity.

use crate::*;
use frame_support::traits::Get;
#[cfg(feature = "runtime-benchmarks")]
use grid_primitives::ports::Farms;
use grid_primitives::{
	ports::{self, Availability},
	query::NodeState,
	Capacity, FarmId, NodeId,
};

impl<T: Config> Availability for Pallet<T> {
	fn available_seconds(node: NodeId) -> u64 {
		Clocks::<T>::get(node).map_or(0, |clock| clock.available_seconds)
	}

	fn is_online(node: NodeId) -> bool {
		Self::is_online(node)
	}

	fn unproven_seconds(node: NodeId) -> u64 {
		let now = Self::now();
		Clocks::<T>::get(node)
			.filter(|clock| clock.is_online(now, T::MaxGap::get()))
			.map_or(0, |clock| now.saturating_sub(clock.last_beat))
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

	fn certificate_lost(node: NodeId) -> Option<u64> {
		Nodes::<T>::get(node).and_then(|node| node.certificate_lost)
	}

	fn is_expelled(node: NodeId) -> bool {
		Nodes::<T>::get(node).is_some_and(|node| node.state == NodeState::Expelled)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_node(agent: &T::AccountId) -> NodeId {
		use frame_support::traits::{Consideration, Footprint};
		T::Consideration::ensure_successful(agent, Footprint::from_parts(1_000, 1_000_000));
		let farm = T::Farms::create_farm(agent);
		Self::do_invite(agent.clone(), farm, agent.clone()).expect("whoever is measured can pay");
		Self::do_register(agent.clone(), farm, benchmarking::machine::<T>(), [7; 16])
			.expect("it is invited");
		NodeIds::<T>::get(agent).expect("just joined")
	}
}
