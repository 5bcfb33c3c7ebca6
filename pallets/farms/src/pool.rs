//! The public addresses of farms.

use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, pallet_prelude::*, traits::Consideration};
use grid_primitives::{
	ip::{self, Ip, IpFault, IpVersion},
	FarmId,
};

/// How many addresses one question to the pool returns at most.
const PAGE: usize = 100;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_add_public_ips(
		who: &T::AccountId,
		id: FarmId,
		ips: &[FarmAddress],
		gateway: Ip,
	) -> DispatchResult {
		let number = ips.len() as u32;
		Self::change(who, id, |farm| {
			farm.ips = farm.ips.saturating_add(number);
			ensure!(farm.ips <= T::MaxPublicIps::get(), Error::<T>::TooManyIps);
			for FarmAddress { ip, prefix } in ips {
				ip::check(ip, *prefix, &gateway).map_err(Self::fault)?;
				ensure!(!PublicIps::<T>::contains_key(ip), Error::<T>::IpTaken);
				ensure!(!Gateways::<T>::contains_key(ip), Error::<T>::IpIsGateway);
				let address = PublicIp { farm: id, prefix: *prefix, gateway, reserved: false };
				PublicIps::<T>::insert(ip, address);
				Pools::<T>::insert((id, ip.version(), false, ip), ());
				*Self::free(farm, ip.version()) += 1;
			}
			ensure!(!PublicIps::<T>::contains_key(gateway), Error::<T>::GatewayInPool);
			if number > 0 {
				Gateways::<T>::mutate(gateway, |uses| *uses = uses.saturating_add(number));
			}
			farm.deposit = farm.deposit.clone().update(who, Self::footprint(farm.ips))?;
			Self::deposit_event(Event::PublicIpsAdded { farm: id, number });
			Ok(())
		})
	}

	pub(crate) fn do_remove_public_ip(who: &T::AccountId, id: FarmId, ip: Ip) -> DispatchResult {
		Self::change(who, id, |farm| {
			let address = PublicIps::<T>::get(ip).ok_or(Error::<T>::NoIp)?;
			ensure!(address.farm == id, Error::<T>::NoIp);
			ensure!(!address.reserved, Error::<T>::IpReserved);
			PublicIps::<T>::remove(ip);
			Pools::<T>::remove((id, ip.version(), false, ip));
			Gateways::<T>::mutate_exists(address.gateway, |uses| {
				*uses = uses.and_then(|uses| uses.checked_sub(1)).filter(|uses| *uses > 0);
			});
			farm.ips = farm.ips.saturating_sub(1);
			let free = Self::free(farm, ip.version());
			*free = free.saturating_sub(1);
			farm.deposit = farm.deposit.clone().update(who, Self::footprint(farm.ips))?;
			Self::deposit_event(Event::PublicIpRemoved { farm: id, ip });
			Ok(())
		})
	}

	/// How many free addresses of a version a farm has.
	pub(crate) fn free(farm: &mut FarmOf<T>, version: IpVersion) -> &mut u32 {
		match version {
			IpVersion::V4 => &mut farm.free_v4,
			IpVersion::V6 => &mut farm.free_v6,
		}
	}

	/// Mark an address as reserved or as free, in its record and in its farm's pool.
	pub(crate) fn mark(ip: &Ip, reserved: bool) {
		PublicIps::<T>::mutate(ip, |address| {
			let Some(address) = address else {
				log::error!(target: LOG_TARGET, "the pool has {ip}, which is not there");
				return;
			};
			address.reserved = reserved;
			Pools::<T>::remove((address.farm, ip.version(), !reserved, ip));
			Pools::<T>::insert((address.farm, ip.version(), reserved, ip), ());
		});
	}

	pub(crate) fn page_of_ips(
		farm: FarmId,
		version: IpVersion,
		reserved: bool,
		after: Option<Ip>,
	) -> Vec<Ip> {
		let prefix = (farm, version, reserved);
		let ips: &mut dyn Iterator<Item = Ip> = match after {
			None => &mut Pools::<T>::iter_key_prefix(prefix),
			Some(ip) => {
				let last = Pools::<T>::hashed_key_for((farm, version, reserved, ip));
				&mut Pools::<T>::iter_key_prefix_from(prefix, last)
			},
		};
		ips.take(PAGE).collect()
	}

	fn fault(fault: IpFault) -> Error<T> {
		match fault {
			IpFault::NotPublic => Error::IpNotPublic,
			IpFault::BadPrefix => Error::BadPrefix,
			IpFault::NotOfOneHost => Error::IpNotOfOneHost,
			IpFault::GatewayOutside => Error::GatewayOutside,
			IpFault::GatewayIsAddress => Error::GatewayInPool,
		}
	}
}
