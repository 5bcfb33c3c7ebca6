//! How other pallets see farms and their addresses.

use crate::*;
use alloc::vec::Vec;
use grid_primitives::{
	ip::{Ip, IpVersion},
	ports, FarmId,
};

impl<T: Config> ports::Farms<T::AccountId> for Pallet<T> {
	fn owner(farm: FarmId) -> Option<T::AccountId> {
		Farms::<T>::get(farm).map(|farm| farm.farmer)
	}

	fn payout(farm: FarmId) -> Option<T::AccountId> {
		Farms::<T>::get(farm).map(|farm| farm.payout)
	}

	fn free_ips(farm: FarmId, version: IpVersion) -> u32 {
		Farms::<T>::get(farm).map_or(0, |mut farm| *Self::free(&mut farm, version))
	}

	fn attach_node(farm: FarmId) {
		Self::count_nodes(farm, |nodes| nodes.checked_add(1));
	}

	fn detach_node(farm: FarmId) {
		Self::count_nodes(farm, |nodes| nodes.checked_sub(1));
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_farm(farmer: &T::AccountId) -> FarmId {
		use grid_primitives::ports::Twins;
		T::Twins::ensure_twin(farmer);
		let name = alloc::format!("farm-{}", NextFarmId::<T>::get()).into_bytes();
		let name = name.try_into().expect("it is short");
		Self::do_create(farmer.clone(), name, None).expect("whoever is measured can pay")
	}
}

impl<T: Config> ports::PublicIps for Pallet<T> {
	fn reserve(farm: FarmId, version: IpVersion, number: u32) -> Option<Vec<Ip>> {
		Farms::<T>::mutate(farm, |record| {
			let free = Self::free(record.as_mut()?, version);
			let left = free.checked_sub(number)?;
			let ips: Vec<Ip> =
				Pools::<T>::iter_key_prefix((farm, version, false)).take(number as usize).collect();
			if ips.len() < number as usize {
				log::error!(target: LOG_TARGET, "the free addresses of farm {farm} were miscounted");
				return None;
			}
			*free = left;
			ips.iter().for_each(|ip| Self::mark(ip, true));
			Some(ips)
		})
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn supply(farm: FarmId, number: u32) {
		let farmer = Farms::<T>::get(farm).expect("it is there").farmer;
		let ips = benchmarking::addresses::<T>(number);
		Self::do_add_public_ips(&farmer, farm, &ips, benchmarking::GATEWAY).expect("they are new");
	}

	fn release(ips: &[Ip]) {
		for ip in ips {
			let Some(PublicIp { farm, reserved: true, .. }) = PublicIps::<T>::get(ip) else {
				log::error!(target: LOG_TARGET, "{ip} was released and not reserved");
				continue;
			};
			Self::mark(ip, false);
			Farms::<T>::mutate(farm, |farm| {
				if let Some(farm) = farm {
					*Self::free(farm, ip.version()) += 1;
				}
			});
		}
	}
}

impl<T: Config> Pallet<T> {
	fn count_nodes(id: FarmId, change: impl FnOnce(u32) -> Option<u32>) {
		Farms::<T>::mutate(id, |farm| {
			let Some(farm) = farm else {
				log::error!(target: LOG_TARGET, "a node is of farm {id}, which is not there");
				return;
			};
			match change(farm.nodes) {
				Some(nodes) => farm.nodes = nodes,
				None => log::error!(target: LOG_TARGET, "the nodes of farm {id} were miscounted"),
			}
		});
	}
}
