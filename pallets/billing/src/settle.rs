//! Pays what is owed, and sees whether there is money to go on.

use crate::*;
use frame_support::{traits::Get, weights::Weight};
use grid_primitives::{
	ports::{Bill, OnArrears},
	spec::MAX_NODES,
};

/// The payees of a bill: the farms of its nodes, and the treasury.
const MAX_PAYEES: u32 = MAX_NODES + 1;

impl<T: Config> Pallet<T> {
	/// The most that a settlement weighs, with all that may come of it.
	pub(crate) fn heaviest() -> Weight {
		Self::weight_of(MAX_NODES, MAX_PAYEES).saturating_add(T::OnArrears::heaviest())
	}

	/// What a settlement of so many streams weighs, when so many payees are paid late.
	fn weight_of(streams: u32, late: u32) -> Weight {
		let late = T::WeightInfo::late_share().saturating_mul(late.into());
		T::WeightInfo::settle(streams).saturating_add(late)
	}

	/// Pay what a bill owes, and see whether it can go on. Says what that weighed.
	pub(crate) fn settle_bill(bill: Bill) -> Option<Weight> {
		let mut account = Accounts::<T>::get(bill)?;
		let price = Self::token();
		Self::accrue(&mut account);
		let needs = Self::needs(&account, price);
		let owed = account.owed(price);
		match account.paused {
			None => Self::fill(&mut account, needs.least(), needs.most()),
			Some(_) => Self::fill_whole(&mut account, needs.least()),
		}

		let mut streams = core::mem::take(&mut account.streams);
		let payment = Self::pay(&mut account, streams.as_mut(), price);
		account.streams = streams;
		Self::say_settled(bill, payment.amount);
		let weight = Self::weight_of(account.streams.len() as u32, payment.late);
		let in_full = payment.amount == owed;
		let more = match account.paused {
			None => Self::go_on(bill, account, in_full, price),
			Some(_) => Self::come_back(bill, account, in_full, price),
		};
		Some(weight.saturating_add(more))
	}

	/// The longest time between two settlements.
	pub(crate) fn interval() -> u64 {
		T::Interval::get().max(T::Advance::get())
	}

	/// For how many seconds there is money: until it pauses, or until it ends if it is paused. None if it
	/// owes nothing.
	fn lasts(account: &AccountOf<T>, price: u64) -> Option<u64> {
		if !account.owes() {
			return None;
		}
		let needs = Self::needs(account, price);
		let kept = if account.paused.is_none() { needs.grace } else { 0 };
		let left = account.held.saturating_sub(needs.used).saturating_sub(kept);
		Some(rates::seconds(left, Self::running_rate(account), price))
	}

	fn due_after(seconds: u64) -> u64 {
		Self::now().saturating_add(seconds.min(Self::interval()))
	}

	/// When a bill is due, if it owes anything.
	pub(crate) fn next_due(account: &AccountOf<T>, price: u64) -> Option<u64> {
		Self::lasts(account, price).map(Self::due_after)
	}

	/// Go on while there is money, and pause at the second at which only the grace is left.
	fn go_on(bill: Bill, mut account: AccountOf<T>, in_full: bool, price: u64) -> Weight {
		let lasts = Self::lasts(&account, price);
		if in_full && lasts != Some(0) {
			Self::store_settled(bill, account, lasts.map(Self::due_after));
			return Weight::zero();
		}
		account.paused = Some(Self::now());
		let due = Self::next_due(&account, price);
		Self::store_settled(bill, account, due);
		Self::deposit_event(Event::Paused { bill });
		T::OnArrears::paused(bill)
	}

	/// Come back if there is money again; end when the grace is used up.
	fn come_back(bill: Bill, mut account: AccountOf<T>, in_full: bool, price: u64) -> Weight {
		if in_full && account.held >= Self::needs(&account, price).least() {
			account.paused = None;
			Self::ask_all(bill, &mut account);
			let due = Self::next_due(&account, price);
			Self::store_settled(bill, account, due);
			Self::deposit_event(Event::Resumed { bill });
			return T::OnArrears::resumed(bill);
		}
		let lasts = Self::lasts(&account, price);
		if in_full && lasts != Some(0) {
			Self::store_settled(bill, account, lasts.map(Self::due_after));
			return Weight::zero();
		}
		// Whoever has to end it may need some time for it.
		let due = Self::now().saturating_add(T::Advance::get());
		Self::store_settled(bill, account, Some(due));
		Self::deposit_event(Event::Ended { bill });
		T::OnArrears::ended(bill)
	}
}
