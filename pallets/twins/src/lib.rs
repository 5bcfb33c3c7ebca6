//! # Twins
//!
//! Who somebody is on the grid.
//!
//! ## Words
//!
//! - **twin**: a digital identity. One account has at most one.
//! - **encryption key**: the X25519 key to which others seal secrets for a twin.
//! - **relay**: where messages for a twin are taken, if it says so.
//! - **terms**: a document that governance may set, by its hash. Who accepts it, signs.
//! - **attached**: a farm or a contract needs its twin, which cannot go before it.
//!
//! ## Stories
//!
//! 1. A farmer reads the terms, calls `accept_terms` with their hash, and `create`s a twin with a
//!    fresh encryption key. Now she can create a farm.
//! 2. She loses the encryption key, makes another, and `update`s her twin.
//! 3. She is done: her farm and contracts go first, then `delete` gives all deposits back.
//!
//! The number of a twin that is gone is not given to another.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use types::{Acceptance, Twin};
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod owner;
mod port;
mod terms;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

const LOG_TARGET: &str = "runtime::twins";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{string::String, vec::Vec};
	use frame_support::{
		pallet_prelude::*,
		traits::{Consideration, Footprint},
	};
	use frame_system::pallet_prelude::*;
	use grid_primitives::{ports::Belongings, TwinId};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// Where messages for a twin are taken.
	pub type Relay<T> = BoundedVec<u8, <T as Config>::MaxRelayLength>;
	/// A twin as it is stored.
	pub type TwinOf<T> =
		Twin<<T as frame_system::Config>::AccountId, Relay<T>, <T as Config>::Consideration>;

	/// How a twin is reached: its account, its relay and its encryption key.
	pub type Contact<T> = (<T as frame_system::Config>::AccountId, Option<Relay<T>>, [u8; 32]);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who sets the terms.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// The deposit on a twin, and on an acceptance of the terms.
		type Consideration: Consideration<Self::AccountId, Footprint>;
		/// The longest name of a relay.
		#[pallet::constant]
		type MaxRelayLength: Get<u32>;
		/// What twins have that does not attach itself.
		type Belongings: Belongings;
		/// What calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Why money of an account is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It has a twin, or has accepted the terms.
		Twin,
	}

	/// Every twin.
	#[pallet::storage]
	pub type Twins<T: Config> = CountedStorageMap<_, Twox64Concat, TwinId, TwinOf<T>, OptionQuery>;

	/// The twin of each account.
	#[pallet::storage]
	pub type TwinIds<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, TwinId, OptionQuery>;

	/// The number of the next twin.
	#[pallet::storage]
	pub type NextTwinId<T: Config> = StorageValue<_, TwinId, ValueQuery, ConstU32<1>>;

	/// The hash of the terms that must be accepted before a twin is created, if there are any.
	#[pallet::storage]
	pub type Terms<T: Config> = StorageValue<_, T::Hash, OptionQuery>;

	/// Which terms each account accepted last.
	#[pallet::storage]
	pub type Acceptances<T: Config> = StorageMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Acceptance<T::Hash, T::Consideration>,
		OptionQuery,
	>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Accounts that have a twin from the beginning, with relay and encryption key.
		pub twins: Vec<(T::AccountId, Option<String>, [u8; 32])>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (account, relay, key) in &self.twins {
				let relay = relay.as_ref().map(|relay| {
					relay.clone().into_bytes().try_into().expect("genesis: a relay is too long")
				});
				Pallet::<T>::do_create(account.clone(), relay, *key)
					.expect("genesis: each twin is of another account, which can pay its deposit");
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account has a twin.
		Created { twin: TwinId, account: T::AccountId },
		/// A twin has another relay or encryption key.
		Updated { twin: TwinId },
		/// A twin is gone.
		Deleted { twin: TwinId, account: T::AccountId },
		/// Governance set the terms, or lifted them.
		TermsSet { terms: Option<T::Hash> },
		/// An account accepted the terms.
		TermsAccepted { account: T::AccountId, terms: T::Hash },
		/// An account without a twin took its acceptance back.
		AcceptanceWithdrawn { account: T::AccountId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account has a twin already.
		HasTwin,
		/// The account has no twin.
		NoTwin,
		/// A farm or a contract needs the twin. They go first.
		TwinInUse,
		/// The relay is empty, or has other characters than visible ones of ASCII.
		BadRelay,
		/// Nobody can have this encryption key.
		BadEncryptionKey,
		/// The terms must be accepted first: `accept_terms`.
		TermsNotAccepted,
		/// There are no such terms: the hash is that of others, or governance has set none.
		NotTheTerms,
		/// The account has accepted these terms already.
		AcceptedAlready,
		/// The account has accepted no terms.
		NothingAccepted,
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
		/// Make a twin for this account.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::create())]
		pub fn create(
			origin: OriginFor<T>,
			relay: Option<Relay<T>>,
			encryption_key: [u8; 32],
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_accepted(&who)?;
			Self::do_create(who, relay, encryption_key)
		}

		/// Give the account's twin another relay and encryption key.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::update())]
		pub fn update(
			origin: OriginFor<T>,
			relay: Option<Relay<T>>,
			encryption_key: [u8; 32],
		) -> DispatchResult {
			Self::do_update(&ensure_signed(origin)?, relay, encryption_key)
		}

		/// Delete the account's twin, when nothing hangs on it, and return the deposits.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::delete())]
		pub fn delete(origin: OriginFor<T>) -> DispatchResult {
			Self::do_delete(ensure_signed(origin)?)
		}

		/// Accept the terms that have this hash.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::accept_terms())]
		pub fn accept_terms(origin: OriginFor<T>, terms: T::Hash) -> DispatchResult {
			Self::do_accept_terms(ensure_signed(origin)?, terms)
		}

		/// Take the acceptance of terms back, and the deposit on it. Not while there is a twin.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::withdraw_acceptance())]
		pub fn withdraw_acceptance(origin: OriginFor<T>) -> DispatchResult {
			Self::do_withdraw_acceptance(ensure_signed(origin)?)
		}

		/// Set the terms for twins to come, or lift them. Twins that are there stay.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::set_terms())]
		pub fn set_terms(origin: OriginFor<T>, terms: Option<T::Hash>) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Terms::<T>::set(terms);
			Self::deposit_event(Event::TermsSet { terms });
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The number of an account's twin.
		pub fn twin_of(account: T::AccountId) -> Option<TwinId> {
			TwinIds::<T>::get(account)
		}

		/// The account of a twin, its relay, and the key to which secrets for it are sealed.
		pub fn contact(twin: TwinId) -> Option<Contact<T>> {
			let twin = Twins::<T>::get(twin)?;
			Some((twin.account, twin.relay, twin.encryption_key))
		}

		/// Whether an account would be asked to accept terms before it creates a twin.
		pub fn must_accept(account: T::AccountId) -> Option<T::Hash> {
			Self::ensure_accepted(&account).err().and_then(|_| Terms::<T>::get())
		}
	}
}
