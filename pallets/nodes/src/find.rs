//! Looks for nodes.

use crate::*;
use alloc::{boxed::Box, collections::BTreeMap};
use frame_support::traits::Get;
use grid_primitives::{
	ip::IpVersion,
	ports::Farms,
	query::{NodeFilter, NodePage, NodeSummary, Tenancy},
	FarmId, NodeId,
};

/// How many nodes one question looks at, at most.
const MAX_SEEN: usize = 1_000;
/// How many it returns, at most.
const MAX_PAGE: usize = 100;

impl<T: Config> Pallet<T> {
	/// Some of the nodes that a filter lets through, after `after`. At most `limit`, and 100.
	pub fn find(filter: &NodeFilter, after: Option<NodeId>, limit: u32) -> NodePage {
		let limit = MAX_PAGE.min(limit as usize);
		let mut farms = FarmIps::<T>::default();
		let mut page = NodePage::default();
		let mut last = after;
		let mut ids = Self::ids(filter.farm, after);
		for id in ids.by_ref().take(MAX_SEEN) {
			if page.nodes.len() == limit {
				page.next = last;
				return page;
			}
			last = Some(id);
			page.nodes.extend(Self::matching(filter, id, &mut farms));
		}
		page.next = last.filter(|_| ids.next().is_some());
		page
	}

	fn ids(farm: Option<FarmId>, after: Option<NodeId>) -> Box<dyn Iterator<Item = NodeId>> {
		match (farm, after) {
			(None, after) => {
				let first = after.map_or(1, |after| after.saturating_add(1));
				Box::new(first..NextNodeId::<T>::get())
			},
			(Some(farm), None) => Box::new(NodesOfFarm::<T>::iter_key_prefix(farm)),
			(Some(farm), Some(after)) => {
				let last = NodesOfFarm::<T>::hashed_key_for(farm, after);
				Box::new(NodesOfFarm::<T>::iter_key_prefix_from(farm, last))
			},
		}
	}

	fn matching(filter: &NodeFilter, id: NodeId, farms: &mut FarmIps<T>) -> Option<NodeSummary> {
		let node = Nodes::<T>::get(id)?;
		let wanted = filter.country.is_none_or(|it| it == node.machine.location.country)
			&& filter.farm.is_none_or(|it| it == node.farm)
			&& filter.certified.is_none_or(|it| it == node.certified)
			&& filter.state.is_none_or(|it| it == node.state)
			&& Self::free_of(&node).covers(&filter.free)
			&& filter.tenancy.is_none_or(|it| match it {
				Tenancy::Shared => node.tenant.is_none(),
				Tenancy::Rentable => node.tenant.is_none() && node.reservations == 0,
				Tenancy::RentedBy(twin) => node.tenant == Some(twin),
			}) && farms.have(node.farm, filter);
		let summary = wanted.then(|| Self::summarize(id, &node))?;
		filter.online.is_none_or(|it| it == summary.online).then_some(summary)
	}

	pub(crate) fn summarize(id: NodeId, node: &NodeOf<T>) -> NodeSummary {
		let clock = Clocks::<T>::get(id);
		NodeSummary {
			node: id,
			farm: node.farm,
			country: node.machine.location.country,
			state: node.state,
			online: clock
				.as_ref()
				.is_some_and(|clock| clock.is_online(Self::now(), T::MaxGap::get())),
			certified: node.certified,
			tenant: node.tenant,
			offered: Self::offered_of(&node.machine),
			free: Self::free_of(node),
			available_seconds: clock.map_or(0, |clock| clock.available_seconds),
		}
	}
}

/// The free addresses of the farms that were met, each asked for once.
struct FarmIps<T>(BTreeMap<FarmId, (u32, u32)>, core::marker::PhantomData<T>);

impl<T> Default for FarmIps<T> {
	fn default() -> Self {
		Self(BTreeMap::new(), core::marker::PhantomData)
	}
}

impl<T: Config> FarmIps<T> {
	fn have(&mut self, farm: FarmId, filter: &NodeFilter) -> bool {
		if filter.public_v4 == 0 && filter.public_v6 == 0 {
			return true;
		}
		let free = |version| T::Farms::free_ips(farm, version);
		let (v4, v6) =
			*self.0.entry(farm).or_insert_with(|| (free(IpVersion::V4), free(IpVersion::V6)));
		v4 >= filter.public_v4 && v6 >= filter.public_v6
	}
}
