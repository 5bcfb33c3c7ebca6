//! # Billing
//!
//! Money for what is reserved and available: by the second, exact to the last unit. Payers, payees and
//! rates; nothing of workloads.
//!
//! ## Words
//!
//! - **bill**: what somebody pays for: a contract, or the rent of a node.
//! - **stream**: what a bill pays for one node, from the reservation until it is given back. Its
//!   **rate**, in USD, is agreed when something is reserved, and never computed again.
//! - **proven second**: one that a node's heartbeats have shown it to be available. Only these are
//!   paid; see the port [`Availability`](grid_primitives::ports).
//! - **advance**: money of the payer that is held for a bill: enough for an hour at least. It is
//!   filled up from the payer's free balance whenever the bill is settled, so far as that is ample
//!   even for a day.
//! - **grace**: for how long what is reserved stays so when the advance cannot be filled any more. The
//!   payer chooses it, and money for it is held from the beginning: there is no debt.
//! - **settle**: to pay what is owed, at the price that the token has then.
//! - **arrears**: only the grace is left. What the bill is for pauses, and its grace pays for what stays
//!   reserved. It goes on when there is money, or ends when the grace is used up.
//! - **excused**: a node cannot do what it should, or has not answered for too long. It is not paid.
//! - **share**: what of a payment goes to the farm, to the treasury, and to nobody.
//!
//! ## Stories
//!
//! 1. Bob's contract opens a bill with a stream for each of its nodes. An hour of it is held, and a day
//!    of grace.
//! 2. Each proven second owes a 3 600th of the rate, whatever runs. When the advance would be used up, or
//!    a day has passed, the agenda settles the bill: farm and treasury are paid, something is burned,
//!    and the advance is filled up.
//! 3. The node goes dark: it proves no second, and gets nothing for it.
//! 4. Bob's balance is empty: the contract pauses at the second at which the advance is used up.
//!    Carol calls `sponsor`, and it goes on. Had she not, it would have ended with the grace.
//! 5. The contract ends: what is owed is paid to the second, and the rest of what was held is free
//!    again.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

mod agenda;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod money;
mod payer;
mod port;
pub mod rates;
mod settle;
mod stream;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod views;
pub mod weights;

const LOG_TARGET: &str = "runtime::billing";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		dispatch::WithPostDispatchInfo,
		pallet_prelude::*,
		traits::{
			fungible::{Inspect, Mutate, MutateHold},
			UnixTime,
		},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use grid_primitives::{
		ports::{Availability, Bill, Farms, Nodes, OnArrears, Proposal, Quote},
		spec::Usage,
		Balance, NodeId,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// A bill as it is stored.
	pub type AccountOf<T> = Account<<T as frame_system::Config>::AccountId>;

	/// When a bill is due: big-endian, so that the storage is in the order of time.
	pub type Due = [u8; 8];

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who says what a token is worth.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// The reason for which advances are held.
		type HoldReason: From<HoldReason>;
		/// Money.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::HoldReason>;
		/// Which seconds are proven.
		type Availability: Availability;
		/// Which farm a node is of.
		type Nodes: Nodes<Self::AccountId>;
		/// Where farms are paid.
		type Farms: Farms<Self::AccountId>;
		/// Hears when money runs out.
		type OnArrears: OnArrears<Weight>;
		/// What time it is.
		type Time: UnixTime;
		/// The treasury.
		type Treasury: Get<Self::AccountId>;
		/// Where the shares of those wait who cannot receive them yet.
		type Waiting: Get<Self::AccountId>;
		/// What an hour of everything costs, for streams that open.
		type Prices: Get<Prices>;
		/// Who gets what.
		type Shares: Get<Shares>;
		/// For how many seconds money is held in advance, at least.
		type Advance: Get<u64>;
		/// For how many seconds it is held by who has plenty, and the longest time between two
		/// settlements.
		type Interval: Get<u64>;
		/// The seconds after which a price of the token is old.
		type MaxPriceAge: Get<u64>;
		/// For how many seconds a node may not answer, and is paid nevertheless.
		type AnswerTime: Get<u64>;
		/// For how many seconds the shortest reservation is paid.
		type LeastTime: Get<u64>;
		/// For how many seconds things without money stay reserved, unless the payer chooses.
		#[pallet::constant]
		type DefaultGrace: Get<u32>;
		/// The shortest grace.
		#[pallet::constant]
		type MinGrace: Get<u32>;
		/// The longest grace.
		#[pallet::constant]
		type MaxGrace: Get<u32>;
		/// What calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Why money of an account is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It is paid in advance for what the account uses.
		Prepayment,
	}

	/// Every bill.
	#[pallet::storage]
	pub type Accounts<T: Config> = StorageMap<_, Twox64Concat, Bill, AccountOf<T>, OptionQuery>;

	/// When bills are due, in the order of time.
	#[pallet::storage]
	pub type Agenda<T: Config> = StorageMap<_, Identity, (Due, Bill), (), OptionQuery>;

	/// Shares that could not be paid.
	#[pallet::storage]
	pub type Unpaid<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Balance, ValueQuery>;

	/// What a token is worth.
	#[pallet::storage]
	pub type Price<T: Config> = StorageValue<_, TokenPrice, OptionQuery>;

	/// All that was ever burned here.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type Burned<T: Config> = StorageValue<_, Balance, ValueQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// What a token is worth in the beginning, in 1e-7 USD.
		pub token_price: u64,
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			if self.token_price > 0 {
				Price::<T>::put(TokenPrice { usd: self.token_price, set: 0 });
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// There is a new bill.
		Opened { bill: Bill, payer: T::AccountId },
		/// What was owed was paid, as far as there was money. The price of the token may have been
		/// an old one.
		Settled { bill: Bill, paid: Balance, old_price: bool },
		/// Money came in advance.
		ToppedUp { bill: Bill, by: T::AccountId, amount: Balance },
		/// Only the grace is left: what the bill is for pauses.
		Paused { bill: Bill },
		/// There is money again.
		Resumed { bill: Bill },
		/// The grace is used up: what the bill is for ends.
		Ended { bill: Bill },
		/// A bill is closed. What was left of what was held is free.
		Closed { bill: Bill, refunded: Balance },
		/// What was held and not needed is free again.
		Withdrawn { bill: Bill, amount: Balance },
		/// For how many seconds something without money stays reserved.
		GraceSet { bill: Bill, seconds: u32 },
		/// A token is worth this, in 1e-7 USD.
		TokenPriceSet { usd: u64 },
		/// Somebody could not receive a share. It waits.
		ShareWaits { payee: T::AccountId, amount: Balance },
		/// Shares that had waited were paid.
		SharePaid { payee: T::AccountId, amount: Balance },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such bill.
		NoBill,
		/// Only who pays can do this.
		NotPayer,
		/// The grace is shorter or longer than it can be.
		BadGrace,
		/// The account cannot pay for a longer grace.
		NotFunded,
		/// What is paused gets no longer grace: top it up first.
		Paused,
		/// All that is held is needed.
		NothingToWithdraw,
		/// A token is worth something.
		BadPrice,
		/// The amount is nothing, or more than the account has.
		BadAmount,
		/// No share of this account waits, or it still cannot receive it.
		NothingWaits,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MinGrace::get() <= T::DefaultGrace::get());
			assert!(T::DefaultGrace::get() <= T::MaxGrace::get());
			let Shares { farm, treasury } = T::Shares::get();
			assert!(farm + treasury <= rates::MILLION);
		}

		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::serve(&mut meter);
			meter.consumed()
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Pay what a bill owes. By anyone.
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::heaviest())]
		pub fn settle(origin: OriginFor<T>, bill: Bill) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let settled = Self::settle_bill(bill);
			let none = || Error::<T>::NoBill.with_weight(T::WeightInfo::serve_nothing());
			Ok(Some(settled.ok_or_else(none)?).into())
		}

		/// Add money to the advance of one's own bill, and settle it.
		#[pallet::call_index(1)]
		#[pallet::weight(Pallet::<T>::heaviest().saturating_add(T::WeightInfo::top_up()))]
		pub fn top_up(
			origin: OriginFor<T>,
			bill: Bill,
			amount: Balance,
		) -> DispatchResultWithPostInfo {
			Self::do_top_up(ensure_signed(origin)?, bill, amount)
				.map_err(|refused| refused.error.with_weight(T::WeightInfo::top_up()))
		}

		/// Choose for how many seconds something without money stays reserved. They are held in advance.
		/// For who pays.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_grace())]
		pub fn set_grace(origin: OriginFor<T>, bill: Bill, seconds: u32) -> DispatchResult {
			Self::do_set_grace(&ensure_signed(origin)?, bill, seconds)
		}

		/// Say what a token is worth, in 1e-7 USD. For governance.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::set_token_price())]
		pub fn set_token_price(origin: OriginFor<T>, usd: u64) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			ensure!(usd > 0, Error::<T>::BadPrice);
			Price::<T>::put(TokenPrice { usd, set: Self::now() });
			Self::deposit_event(Event::TokenPriceSet { usd });
			Ok(())
		}

		/// Pay the shares that wait for an account. By anyone.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::pay_share())]
		pub fn pay_share(origin: OriginFor<T>, payee: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			ensure!(Self::pay_waiting(&payee), Error::<T>::NothingWaits);
			Ok(())
		}

		/// Give money to who pays a bill, into its advance, and settle it. By anyone. What is left of it
		/// when the bill is closed is the payer's.
		#[pallet::call_index(5)]
		#[pallet::weight(Pallet::<T>::heaviest().saturating_add(T::WeightInfo::top_up()))]
		pub fn sponsor(
			origin: OriginFor<T>,
			bill: Bill,
			amount: Balance,
		) -> DispatchResultWithPostInfo {
			Self::do_sponsor(ensure_signed(origin)?, bill, amount)
				.map_err(|refused| refused.error.with_weight(T::WeightInfo::top_up()))
		}

		/// Have back what is held for a bill and not needed. For who pays.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, bill: Bill) -> DispatchResult {
			Self::do_withdraw(&ensure_signed(origin)?, bill)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// How a bill stands.
		pub fn standing(bill: Bill) -> Option<Standing<T::AccountId>> {
			Self::view_standing(bill)
		}

		/// What so many available seconds of this much on these nodes would cost, to the last unit.
		pub fn cost(usage: Vec<(NodeId, Usage)>, seconds: u64) -> Balance {
			Self::view_cost(&usage, seconds)
		}

		/// What this much on these nodes would cost a new contract in an hour, in advance, and for the
		/// grace.
		pub fn quote(usage: Vec<(NodeId, Usage)>) -> Quote {
			let new: Vec<_> =
				usage.into_iter().map(|(node, usage)| (node, Proposal::of(usage))).collect();
			Self::view_quote(Bill::NEW, &new)
		}

		/// What an hour of everything costs now, in 1e-7 USD.
		pub fn prices() -> Prices {
			T::Prices::get()
		}

		/// What a token is worth, and whether that is old.
		pub fn token_price() -> Option<(TokenPrice, bool)> {
			Price::<T>::get().map(|price| (price, Self::is_old(&price)))
		}
	}
}
