//! # Nodes
//!
//! The machines of the grid: how they join, what they have, and for how long they were there.
//!
//! ## Words
//!
//! - **node**: one machine. It has an account of its own, which its agent holds; the farmer does
//!   not.
//! - **invitation**: a farmer's word that an account may join a farm as a node. With it the node
//!   needs no money: the farmer pays the deposit, and what the node has to say costs nothing.
//! - **offered**: what a machine has, less what it needs for itself. What is **reserved** of it is
//!   never more.
//! - **heartbeat**: what a node says each minute or two. The time between two of them counts as
//!   available, if it is not longer than [`Config::MaxGap`]; a longer gap counts not at all.
//! - **boot id**: made anew whenever a machine starts. A node that started between two heartbeats
//!   was not there in between.
//! - **certified**: governance vouches for a node.
//! - **expelled**: governance has taken a node off the grid. Its farmer can only `remove` it.
//!
//! ## Stories
//!
//! 1. A farmer plugs in a machine. Its agent makes a key and shows the account; he `invite`s it.
//!    The agent `register`s what hardware it found, and beats from then on.
//! 2. Contracts reserve capacity, by the port [`NodeCapacity`](grid_primitives::ports). On several
//!    nodes they get all of it or nothing.
//! 3. A disk fails. The agent `update`s the node: not below what is reserved. It is no longer
//!    certified.
//! 4. The farmer wants to change a fan: `set_state` to `Maintenance`. Nothing new comes; what is
//!    there stays. When the last contract has ended, he can `remove` the node.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use grid_primitives::machine::{Clock, Location, Machine};
pub use pallet::*;
#[cfg(feature = "runtime-benchmarks")]
pub use types::SetTime;
pub use types::{Invitation, Node};
pub use weights::WeightInfo;

pub mod api;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod capacity;
mod clock;
mod farmer;
mod find;
mod free;
mod operator;
mod port;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

const LOG_TARGET: &str = "runtime::nodes";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{Consideration, Footprint, UnixTime},
	};
	use frame_system::pallet_prelude::*;
	use grid_primitives::{
		ports::{Farms, OnNode},
		query::{NodeState, NodeSummary},
		Capacity, FarmId, NodeId,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// A node as it is stored.
	pub type NodeOf<T> = Node<<T as frame_system::Config>::AccountId, <T as Config>::Consideration>;
	/// An invitation as it is stored.
	pub type InvitationOf<T> =
		Invitation<<T as frame_system::Config>::AccountId, <T as Config>::Consideration>;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who certifies nodes.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// The farms that nodes are of.
		type Farms: Farms<Self::AccountId>;
		/// Hears what becomes of nodes.
		type OnNode: OnNode;
		/// The deposit on a node, which its farmer pays with the invitation.
		type Consideration: Consideration<Self::AccountId, Footprint>;
		/// What time it is.
		type Time: UnixTime;
		/// How small a machine may be. Disks of both kinds count together, as `sru`.
		type Least: Get<Capacity>;
		/// How large a machine may be.
		#[pallet::constant]
		type Most: Get<Capacity>;
		/// What a machine needs for itself and cannot be reserved.
		#[pallet::constant]
		type Overhead: Get<Capacity>;
		/// The seconds that must pass between two heartbeats.
		type MinGap: Get<u64>;
		/// The seconds between two heartbeats that count as available, at most.
		type MaxGap: Get<u64>;
		/// The seconds that must pass between two updates of a node.
		type UpdateInterval: Get<u64>;
		/// What calls weigh.
		type WeightInfo: WeightInfo;
		/// Turns the time on, to measure what happens later.
		#[cfg(feature = "runtime-benchmarks")]
		type SetTime: SetTime;
	}

	/// Why money of an account is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It has invited a node.
		Node,
	}

	/// Every node.
	#[pallet::storage]
	pub type Nodes<T: Config> = CountedStorageMap<_, Twox64Concat, NodeId, NodeOf<T>, OptionQuery>;

	/// The node that each account operates.
	#[pallet::storage]
	pub type NodeIds<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, NodeId, OptionQuery>;

	/// The nodes of each farm.
	#[pallet::storage]
	pub type NodesOfFarm<T: Config> =
		StorageDoubleMap<_, Twox64Concat, FarmId, Twox64Concat, NodeId, (), OptionQuery>;

	/// The availability of each node.
	#[pallet::storage]
	pub type Clocks<T: Config> = StorageMap<_, Twox64Concat, NodeId, Clock, OptionQuery>;

	/// Who may join which farm as a node.
	#[pallet::storage]
	pub type Invitations<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		FarmId,
		InvitationOf<T>,
		OptionQuery,
	>;

	/// The number of the next node.
	#[pallet::storage]
	pub type NextNodeId<T: Config> = StorageValue<_, NodeId, ValueQuery, ConstU32<1>>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Accounts that are invited as nodes of farms.
		pub invitations: Vec<(FarmId, T::AccountId)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (farm, node) in &self.invitations {
				let farmer = T::Farms::owner(*farm).expect("genesis: a node is invited to no farm");
				Pallet::<T>::do_invite(farmer, *farm, node.clone())
					.expect("genesis: each node is invited once, by who can pay");
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account may join a farm as a node.
		Invited { farm: FarmId, account: T::AccountId },
		/// An account may no longer join a farm.
		InvitationWithdrawn { farm: FarmId, account: T::AccountId },
		/// A node joined.
		Registered { node: NodeId, farm: FarmId, account: T::AccountId },
		/// A node has other hardware, another place or another key.
		Updated { node: NodeId },
		/// A node started again, or was away for too long. It is available from now on.
		Returned { node: NodeId },
		/// A farmer said what a node may be used for.
		StateSet { node: NodeId, state: NodeState },
		/// Governance vouches for a node.
		Certified { node: NodeId },
		/// Governance no longer vouches for a node.
		CertificateLost { node: NodeId },
		/// A node is gone.
		Removed { node: NodeId, farm: FarmId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such node, or this account operates none.
		NoNode,
		/// There is no such farm.
		NoFarm,
		/// Only the farmer can do this.
		NotFarmer,
		/// The farm has invited the account already.
		InvitedAlready,
		/// The farm has not invited the account.
		NotInvited,
		/// The account operates a node already.
		OperatesAlready,
		/// The machine is too small: it needs a core, 2 GiB of memory and 100 GiB of disk.
		TooSmall,
		/// No machine is that large.
		TooLarge,
		/// The place is not on earth, or the country is not two capital letters.
		BadLocation,
		/// Nobody can have this encryption key.
		BadEncryptionKey,
		/// Contracts have reserved more than that.
		CapacityReserved,
		/// The node was updated a moment ago.
		UpdatedJustNow,
		/// The update changes nothing.
		NothingChanged,
		/// The last heartbeat is too recent.
		TooEarly,
		/// The machine had been running for longer in the last heartbeat.
		FromThePast,
		/// Contracts are on the node, or somebody rents it.
		NotEmpty,
		/// The node is in this state already.
		InThatState,
		/// Governance has taken the node off the grid.
		Expelled,
		/// Only governance takes nodes off the grid: `force_expel`.
		NotForFarmers,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MinGap::get() < T::MaxGap::get());
			assert!(T::Most::get().covers(&T::Least::get()));
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Let an account join a farm as a node. For the farmer, who pays the deposit on the node.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::invite())]
		pub fn invite(origin: OriginFor<T>, farm: FarmId, node: T::AccountId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let farmer = T::Farms::owner(farm).ok_or(Error::<T>::NoFarm)?;
			ensure!(farmer == who, Error::<T>::NotFarmer);
			Self::do_invite(who, farm, node)
		}

		/// Withdraw an invitation, and return the deposit. For who gave it, and for the farmer.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::withdraw_invitation())]
		pub fn withdraw_invitation(
			origin: OriginFor<T>,
			farm: FarmId,
			node: T::AccountId,
		) -> DispatchResult {
			Self::do_withdraw_invitation(&ensure_signed(origin)?, farm, node)
		}

		/// Join a farm that has invited this account, with a machine that started with this boot
		/// id. Costs nothing.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(
			origin: OriginFor<T>,
			farm: FarmId,
			machine: Machine,
			boot_id: [u8; 16],
		) -> DispatchResult {
			Self::do_register(ensure_signed(origin)?, farm, machine, boot_id)
		}

		/// Say that this node is there. Costs nothing when it is due.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::heartbeat())]
		pub fn heartbeat(origin: OriginFor<T>, boot_id: [u8; 16], uptime: u64) -> DispatchResult {
			Self::do_heartbeat(&ensure_signed(origin)?, boot_id, uptime)
		}

		/// Say what has changed of this node. Costs nothing when it is true news.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::update())]
		pub fn update(origin: OriginFor<T>, machine: Machine) -> DispatchResult {
			Self::do_update(&ensure_signed(origin)?, machine)
		}

		/// Say what a node may be used for. For its farmer.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::set_state())]
		pub fn set_state(origin: OriginFor<T>, node: NodeId, state: NodeState) -> DispatchResult {
			Self::do_set_state(&ensure_signed(origin)?, node, state)
		}

		/// Vouch for a node, or no longer. For governance.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::certify())]
		pub fn certify(origin: OriginFor<T>, node: NodeId, certified: bool) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_certify(node, certified)
		}

		/// Remove an empty node. For its farmer. The deposit goes to whoever paid it.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::remove())]
		pub fn remove(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			Self::do_remove(&ensure_signed(origin)?, node)
		}

		/// Take a node off the grid for good. What is on it ends, and is refunded. For governance.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::force_expel())]
		pub fn force_expel(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_expel(node)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The node that an account operates.
		pub fn node_of(account: T::AccountId) -> Option<NodeId> {
			NodeIds::<T>::get(account)
		}

		/// A node in short.
		pub fn summary(node: NodeId) -> Option<NodeSummary> {
			Some(Self::summarize(node, &Nodes::<T>::get(node)?))
		}
	}
}
