//! # Validators
//!
//! Who makes blocks and finalizes them.
//!
//! ## Words
//!
//! - **validator**: an account that governance let in, and that has registered session keys.
//! - **session**: a number of blocks in which the set of validators stays the same. A change is
//!   planned when a session ends, and in force one session later.
//! - **standing**: a validator is *serving*; or *resting*, because it was silent for too long; or
//!   *barred*, because it signed contradictory blocks or votes.
//!
//! ## Stories
//!
//! 1. An operator starts a node, makes session keys, registers them (`session.setKeys`) and asks
//!    governance, which calls `add`. Two sessions later the node makes its first block.
//! 2. The machine dies. After [`Timing::silence_limit`] blocks without one of its own, the
//!    validator rests, and finality no longer waits for it. Repaired, it calls `rejoin`.
//! 3. Someone starts the same keys on two machines and they sign twice. Whoever sees it reports
//!    it; the validator is disabled at once, where enough others are left, and barred from the
//!    next sessions. Only governance can `add` it again.
//! 4. An operator is done: `leave`, and when the keys are no longer in use, `withdraw_keys`.
//!
//! The set never becomes empty: the last validator can neither leave, be removed, rest nor be
//! barred.
//!
//! The pallet turns the sessions itself, by the [`Sessions`] port, and charges the block what
//! that weighs. (`pallet-session` on its own declares a whole block full whenever a session
//! turns, and users' transactions wait.)

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use types::{Sessions, Standing, Timing};
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod clock;
mod governed;
mod offences;
mod session;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

const LOG_TARGET: &str = "runtime::validators";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who lets validators in and out.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Session keys and the turn of sessions.
		type Sessions: Sessions<Self::AccountId>;
		/// The most validators there can be.
		#[pallet::constant]
		type MaxValidators: Get<u32>;
		/// The shortest session that governance can choose.
		#[pallet::constant]
		type MinSessionLength: Get<BlockNumberFor<Self>>;
		/// The longest session that governance can choose.
		#[pallet::constant]
		type MaxSessionLength: Get<BlockNumberFor<Self>>;
		/// What calls and hooks weigh.
		type WeightInfo: WeightInfo;
	}

	/// Every validator that governance has let in, with its standing.
	#[pallet::storage]
	pub type Standings<T: Config> =
		StorageValue<_, BoundedBTreeMap<T::AccountId, Standing, T::MaxValidators>, ValueQuery>;

	/// When each validator in service was last heard of: the last block it made, or the start of
	/// its service.
	#[pallet::storage]
	pub type LastSeen<T: Config> =
		StorageMap<_, Twox64Concat, T::AccountId, BlockNumberFor<T>, OptionQuery>;

	/// How long sessions are, and how long a validator may be silent.
	#[pallet::storage]
	pub type SessionTiming<T: Config> = StorageValue<_, Timing<BlockNumberFor<T>>, ValueQuery>;

	/// The block in which the present session started.
	#[pallet::storage]
	pub type SessionStart<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The first validators. Their session keys go into the session pallet's genesis.
		pub validators: Vec<T::AccountId>,
		/// How long sessions are, and how long a validator may be silent.
		pub timing: Timing<BlockNumberFor<T>>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(
				Pallet::<T>::is_sane(&self.timing),
				"genesis: validators.timing is out of bounds"
			);
			SessionTiming::<T>::put(&self.timing);
			let first: alloc::collections::BTreeMap<_, _> =
				self.validators.iter().map(|who| (who.clone(), Standing::Serving)).collect();
			let first = first.try_into().map_err(|_| "genesis: too many validators");
			Standings::<T>::put::<BoundedBTreeMap<_, _, _>>(first.unwrap());
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Governance let a validator in, or in again.
		Added { validator: T::AccountId },
		/// Governance took a validator out.
		Removed { validator: T::AccountId },
		/// A validator went of its own will.
		Left { validator: T::AccountId },
		/// A validator was silent for too long and is no longer waited for.
		Rested { validator: T::AccountId, last_seen: BlockNumberFor<T> },
		/// A validator that rested is back.
		Rejoined { validator: T::AccountId },
		/// A validator contradicted itself and is shut out.
		Barred { validator: T::AccountId },
		/// Governance changed the timing of sessions.
		TimingSet { timing: Timing<BlockNumberFor<T>> },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account is serving as a validator already.
		AlreadyServing,
		/// The account is not a validator.
		NotValidator,
		/// The validator does not rest, so it cannot rejoin.
		NotResting,
		/// The account has no session keys. It registers them with `session.setKeys` first.
		NoSessionKeys,
		/// The account's session keys are still in use: leave, then wait for two sessions to end.
		KeysInUse,
		/// This is the last serving validator: the chain would stop without it.
		LastValidator,
		/// There are as many validators as there can be.
		TooManyValidators,
		/// The session would be too short, too long, or longer than the limit of silence.
		BadTiming,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::do_on_initialize(now)
		}

		fn integrity_test() {
			assert!(T::MaxValidators::get() > 0, "there must be room for a validator");
			assert!(T::MinSessionLength::get() <= T::MaxSessionLength::get());
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Let a validator in, or one that rests or was barred in again. It must have session
		/// keys.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::add())]
		pub fn add(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_add(validator)
		}

		/// Take a validator out.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::remove())]
		pub fn remove(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_remove(&validator)?;
			Self::deposit_event(Event::Removed { validator });
			Ok(())
		}

		/// Stop being a validator.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			let validator = ensure_signed(origin)?;
			Self::do_remove(&validator)?;
			Self::deposit_event(Event::Left { validator });
			Ok(())
		}

		/// Serve again after a rest.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::rejoin())]
		pub fn rejoin(origin: OriginFor<T>) -> DispatchResult {
			Self::do_rejoin(ensure_signed(origin)?)
		}

		/// Take one's session keys back, and the deposit on them, once they are out of use.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::withdraw_keys())]
		pub fn withdraw_keys(origin: OriginFor<T>) -> DispatchResult {
			Self::do_withdraw_keys(&ensure_signed(origin)?)
		}

		/// Choose how long sessions are, and how long a validator may be silent.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::set_timing())]
		pub fn set_timing(
			origin: OriginFor<T>,
			timing: Timing<BlockNumberFor<T>>,
		) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_set_timing(timing)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Every validator that governance has let in, with its standing.
		pub fn validators() -> Vec<(T::AccountId, Standing)> {
			Standings::<T>::get().into_iter().collect()
		}

		/// The block in which the present session ends.
		pub fn session_ends() -> BlockNumberFor<T> {
			Self::next_turn()
		}
	}
}
