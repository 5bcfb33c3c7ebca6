use crate::*;
use frame_support::{ensure, traits::Get};
use grid_primitives::{ip::IpVersion, FarmId};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds between two calls.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let next = NextFarmId::<T>::get();
		for (id, farm) in Farms::<T>::iter() {
			ensure!((1..next).contains(&id), "a farm has a number that was never given");
			let name = Self::in_lower_case(&farm.name);
			ensure!(FarmIds::<T>::get(name) == Some(id), "a farm lost its name");
			ensure!(farm.ips <= T::MaxPublicIps::get(), "a farm has too many addresses");
			let count = |version, reserved| {
				Pools::<T>::iter_key_prefix((id, version, reserved)).count() as u32
			};
			ensure!(farm.free_v4 == count(IpVersion::V4, false), "free addresses were miscounted");
			ensure!(farm.free_v6 == count(IpVersion::V6, false), "free addresses were miscounted");
			let reserved = count(IpVersion::V4, true) + count(IpVersion::V6, true);
			ensure!(
				farm.ips == farm.free_v4 + farm.free_v6 + reserved,
				"addresses were miscounted"
			);
		}
		ensure!(
			FarmIds::<T>::iter().count() == Farms::<T>::count() as usize,
			"a name is of no farm"
		);
		for id in Offers::<T>::iter_keys() {
			ensure!(Farms::<T>::contains_key(id), "what is offered is not there");
		}
		Self::try_pools()
	}

	fn try_pools() -> Result<(), TryRuntimeError> {
		for (ip, address) in PublicIps::<T>::iter() {
			let PublicIp { farm, prefix, gateway, reserved } = address;
			let in_pool = Pools::<T>::contains_key((farm, ip.version(), reserved, ip));
			ensure!(in_pool, "an address is in no pool");
			ensure!(grid_primitives::ip::check(&ip, prefix, &gateway).is_ok(), "a bad address");
			ensure!(!Gateways::<T>::contains_key(ip), "an address in a pool is a gateway");
			ensure!(Gateways::<T>::get(gateway) > 0, "a gateway is forgotten");
		}
		let all = PublicIps::<T>::count();
		let in_pools = Pools::<T>::iter_keys().count() as u32;
		ensure!(in_pools == all, "a pool has an address that is not there");
		let behind_gateways: u32 = Gateways::<T>::iter_values().sum();
		ensure!(behind_gateways == all, "the uses of gateways were miscounted");
		let farm_is_there = |farm: FarmId| Farms::<T>::contains_key(farm);
		ensure!(
			Pools::<T>::iter_keys().all(|(farm, ..)| farm_is_there(farm)),
			"a pool is of no farm"
		);
		Ok(())
	}
}
