//! Pays what is owed, and sees whether there is money to go on.

use crate::*;
use frame_support::{traits::Get, weights::Weight};
use grid_primitives::{
	ports::{Bill, OnArrears},
	spec::MAX_NODES,
	Balance,
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
		let owed = account.owed(price);
		let unproven = if account.paused.is_none() { Self::unproven(&account, price) } else { 0 };
		let used = owed.saturating_add(unproven);
		let advance = |seconds| rates::advance(account.rate(), seconds, price);
		let (least, plenty) = (advance(T::Advance::get()), advance(Self::interval()));
		Self::fill(&mut account, used.saturating_add(least), used.saturating_add(plenty));

		let mut streams = core::mem::take(&mut account.streams);
		let payment = Self::pay(&mut account, streams.as_mut(), price);
		account.streams = streams;
		Self::say_settled(bill, payment.amount);
		let weight = Self::weight_of(account.streams.len() as u32, payment.late);
		let in_full = payment.amount == owed;
		let more = match account.paused {
			None => Self::go_on(bill, account, in_full, unproven, price),
			Some(since) => Self::come_back(bill, account, in_full, least, since),
		};
		Some(weight.saturating_add(more))
	}

	/// The longest time between two settlements.
	pub(crate) fn interval() -> u64 {
		T::Interval::get().max(T::Advance::get())
	}

	/// Go on while there is money, and pause at the second at which there is none.
	fn go_on(
		bill: Bill,
		mut account: AccountOf<T>,
		in_full: bool,
		unproven: Balance,
		price: u64,
	) -> Weight {
		let now = Self::now();
		let rate = account.running_rate();
		let left = account.held.saturating_sub(unproven);
		let seconds = rates::seconds(left, rate, price);
		if in_full && (rate == 0 || seconds > 0) {
			let due = (rate > 0).then(|| now.saturating_add(seconds.min(Self::interval())));
			Self::store_settled(bill, account, due);
			return Weight::zero();
		}
		account.paused = Some(now);
		let due = now.saturating_add(account.grace.into());
		Self::store_settled(bill, account, Some(due));
		Self::deposit_event(Event::Paused { bill });
		T::OnArrears::paused(bill)
	}

	/// Come back if there is money again; end when the grace is over.
	fn come_back(
		bill: Bill,
		mut account: AccountOf<T>,
		in_full: bool,
		advance: Balance,
		since: u64,
	) -> Weight {
		let now = Self::now();
		if in_full && account.held >= advance {
			for (node, stream) in &mut account.streams {
				stream.from = stream.from.map(|_| Self::this_second(*node));
			}
			account.paused = None;
			let due = (account.running_rate() > 0).then(|| now.saturating_add(T::Advance::get()));
			Self::store_settled(bill, account, due);
			Self::deposit_event(Event::Resumed { bill });
			return T::OnArrears::resumed(bill);
		}
		let ends = since.saturating_add(account.grace.into());
		if now < ends {
			Self::store_settled(bill, account, Some(ends));
			return Weight::zero();
		}
		// Whoever has to end it may need some time for it.
		Self::store_settled(bill, account, Some(now.saturating_add(T::Advance::get())));
		Self::deposit_event(Event::Ended { bill });
		T::OnArrears::ended(bill)
	}
}
