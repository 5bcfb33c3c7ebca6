//! # Farms
//!
//! Sets of nodes under one farmer, with a pool of public addresses and an account that earns.
//!
//! ## Words
//!
//! - **farmer**: the owner of a farm. It has a twin.
//! - **payout**: the account to which a farm's earnings are paid. The farmer's, unless it says
//!   otherwise.
//! - **pool**: the public addresses of a farm, free or reserved by a contract. An address is in
//!   one pool of the whole grid at most.
//! - **offer**: a farm that its farmer wants to hand over to another, who has not accepted yet.
//!
//! ## Stories
//!
//! 1. A farmer with a twin `create`s a farm, and adds the addresses that his provider gave him.
//! 2. A contract reserves two of them, by the port [`PublicIps`](grid_primitives::ports). Until it
//!    ends they cannot be removed from the pool.
//! 3. The farmer sells: he `transfer`s the farm to the buyer, who calls `accept_transfer`. Nodes
//!    and addresses stay where they are; earnings go to the buyer from then on.
//! 4. An empty farm is `delete`d, and its name can be taken by another.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use types::{Farm, FarmAddress, GenesisFarm, PublicIp};
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod farmer;
mod handover;
mod names;
mod pool;
mod port;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

const LOG_TARGET: &str = "runtime::farms";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{Consideration, Footprint},
	};
	use frame_system::pallet_prelude::*;
	use grid_primitives::{
		ip::{Ip, IpVersion},
		ports::Twins,
		FarmId,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The longest name of a farm.
	pub const MAX_NAME: u32 = 40;

	/// The name of a farm.
	pub type Name = BoundedVec<u8, ConstU32<MAX_NAME>>;
	/// A farm as it is stored.
	pub type FarmOf<T> =
		Farm<<T as frame_system::Config>::AccountId, Name, <T as Config>::Consideration>;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who has a twin.
		type Twins: Twins<Self::AccountId>;
		/// The deposit on a farm and the addresses in its pool.
		type Consideration: Consideration<Self::AccountId, Footprint>;
		/// The most addresses in the pool of a farm.
		#[pallet::constant]
		type MaxPublicIps: Get<u32>;
		/// The most addresses that can be added at once.
		#[pallet::constant]
		type MaxAddedIps: Get<u32>;
		/// What calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Why money of an account is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It has a farm, with addresses in its pool.
		Farm,
	}

	/// Every farm.
	#[pallet::storage]
	pub type Farms<T: Config> = CountedStorageMap<_, Twox64Concat, FarmId, FarmOf<T>, OptionQuery>;

	/// The farm of each name, in lower case.
	#[pallet::storage]
	pub type FarmIds<T: Config> = StorageMap<_, Blake2_128Concat, Name, FarmId, OptionQuery>;

	/// The number of the next farm.
	#[pallet::storage]
	pub type NextFarmId<T: Config> = StorageValue<_, FarmId, ValueQuery, ConstU32<1>>;

	/// To whom a farm is offered.
	#[pallet::storage]
	pub type Offers<T: Config> = StorageMap<_, Twox64Concat, FarmId, T::AccountId, OptionQuery>;

	/// Every public address of the grid.
	#[pallet::storage]
	pub type PublicIps<T: Config> =
		CountedStorageMap<_, Blake2_128Concat, Ip, PublicIp, OptionQuery>;

	/// The addresses of each farm, the free ones apart from those that are reserved, so that a
	/// free one is found at once.
	#[pallet::storage]
	pub type Pools<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Twox64Concat, FarmId>,
			NMapKey<Identity, IpVersion>,
			NMapKey<Identity, bool>,
			NMapKey<Blake2_128Concat, Ip>,
		),
		(),
		OptionQuery,
	>;

	/// For how many addresses of the grid another one is the gateway.
	#[pallet::storage]
	pub type Gateways<T: Config> = StorageMap<_, Blake2_128Concat, Ip, u32, ValueQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The first farms, whose farmers have twins.
		pub farms: Vec<GenesisFarm<T::AccountId>>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for farm in &self.farms {
				Pallet::<T>::do_create_with_addresses(farm.clone())
					.unwrap_or_else(|error| panic!("genesis: farm {}: {error:?}", farm.name));
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// There is a new farm.
		Created { farm: FarmId, farmer: T::AccountId },
		/// A farm has another name.
		Renamed { farm: FarmId },
		/// The earnings of a farm go to another account.
		PayoutSet { farm: FarmId, payout: T::AccountId },
		/// Addresses came into the pool of a farm.
		PublicIpsAdded { farm: FarmId, number: u32 },
		/// An address left the pool of a farm.
		PublicIpRemoved { farm: FarmId, ip: Ip },
		/// A farm is offered to somebody.
		Offered { farm: FarmId, to: T::AccountId },
		/// A farm is no longer offered.
		OfferWithdrawn { farm: FarmId },
		/// A farm has another farmer.
		Transferred { farm: FarmId, from: T::AccountId, to: T::AccountId },
		/// A farm is gone.
		Deleted { farm: FarmId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such farm.
		NoFarm,
		/// Only the farmer can do this.
		NotFarmer,
		/// A farmer needs a twin: `twins.create`.
		NoTwin,
		/// A name has 3 to 40 characters: letters, digits, - and _.
		BadName,
		/// A farm has this name, or one that differs in case only.
		NameTaken,
		/// The farm has nodes. They go first.
		HasNodes,
		/// The farm has addresses in its pool. They are removed first.
		HasIps,
		/// Contracts have reserved addresses of the farm.
		HasReservedIps,
		/// The farm would have more addresses than it can.
		TooManyIps,
		/// The address is in a pool already: this farm's or another's.
		IpTaken,
		/// The address is the gateway of others.
		IpIsGateway,
		/// The gateway is an address that is in a pool.
		GatewayInPool,
		/// The address is not in the pool of the farm.
		NoIp,
		/// A contract has reserved the address.
		IpReserved,
		/// The address or its gateway cannot be reached from the internet.
		IpNotPublic,
		/// The prefix leaves no room for the address and its gateway.
		BadPrefix,
		/// The first and the last address of a subnet are nobody's.
		IpNotOfOneHost,
		/// The gateway is outside of the address's subnet.
		GatewayOutside,
		/// The farm is not offered to this account.
		NotOffered,
		/// The farm is the account's already.
		OfferedToSelf,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Create a farm. Its earnings go to the account `payout`, or to this one.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::create())]
		pub fn create(
			origin: OriginFor<T>,
			name: Name,
			payout: Option<T::AccountId>,
		) -> DispatchResult {
			Self::do_create(ensure_signed(origin)?, name, payout).map(|_| ())
		}

		/// Give a farm another name.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::update())]
		pub fn update(origin: OriginFor<T>, farm: FarmId, name: Name) -> DispatchResult {
			Self::do_rename(&ensure_signed(origin)?, farm, name)
		}

		/// Let the earnings of a farm go to another account.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_payout())]
		pub fn set_payout(
			origin: OriginFor<T>,
			farm: FarmId,
			payout: T::AccountId,
		) -> DispatchResult {
			Self::do_set_payout(&ensure_signed(origin)?, farm, payout)
		}

		/// Add addresses, each with the length of its subnet's prefix, to the pool of a farm. They
		/// share a gateway, which is in their subnet and not in the pool. All are added, or none.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::add_public_ips(ips.len() as u32))]
		pub fn add_public_ips(
			origin: OriginFor<T>,
			farm: FarmId,
			ips: BoundedVec<FarmAddress, T::MaxAddedIps>,
			gateway: Ip,
		) -> DispatchResult {
			Self::do_add_public_ips(&ensure_signed(origin)?, farm, &ips, gateway)
		}

		/// Take an address that no contract has reserved out of the pool of a farm.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::remove_public_ip())]
		pub fn remove_public_ip(origin: OriginFor<T>, farm: FarmId, ip: Ip) -> DispatchResult {
			Self::do_remove_public_ip(&ensure_signed(origin)?, farm, ip)
		}

		/// Offer a farm to another account with a twin, which becomes its farmer by accepting. A
		/// later offer replaces an earlier one.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::transfer())]
		pub fn transfer(origin: OriginFor<T>, farm: FarmId, to: T::AccountId) -> DispatchResult {
			Self::do_offer(ensure_signed(origin)?, farm, to)
		}

		/// Withdraw the offer of a farm; or decline it, for whom it is offered to.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::withdraw_offer())]
		pub fn withdraw_offer(origin: OriginFor<T>, farm: FarmId) -> DispatchResult {
			Self::do_withdraw_offer(&ensure_signed(origin)?, farm)
		}

		/// Become the farmer of a farm that is offered to this account. Its earnings go to this
		/// account from then on.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::accept_transfer())]
		pub fn accept_transfer(origin: OriginFor<T>, farm: FarmId) -> DispatchResult {
			Self::do_accept_transfer(ensure_signed(origin)?, farm)
		}

		/// Delete a farm that has no nodes and no addresses.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::delete())]
		pub fn delete(origin: OriginFor<T>, farm: FarmId) -> DispatchResult {
			Self::do_delete(&ensure_signed(origin)?, farm)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The farm of a name, in any case.
		pub fn farm_by_name(name: Name) -> Option<FarmId> {
			FarmIds::<T>::get(Self::in_lower_case(&name))
		}

		/// Some addresses of a farm, free or reserved, after `after`, at most 100.
		pub fn public_ips(
			farm: FarmId,
			version: IpVersion,
			reserved: bool,
			after: Option<Ip>,
		) -> Vec<Ip> {
			Self::page_of_ips(farm, version, reserved, after)
		}
	}
}
