//! Where money is held, and to whom it goes.

use crate::*;
use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, InspectHold, Mutate, MutateHold},
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get, UnixTime,
	},
};
use grid_primitives::{
	ports::{Bill, Farms, Nodes, NotFunded},
	Balance, NodeId,
};

/// What became of what was owed.
pub(crate) struct Payment {
	/// How much was paid.
	pub(crate) amount: Balance,
	/// To how many payees it came late, or is yet to come.
	pub(crate) late: u32,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn now() -> u64 {
		T::Time::now().as_secs()
	}

	/// The price of the token, in 1e-7 USD. Old or not, it is the last that was said.
	pub(crate) fn token() -> u64 {
		Price::<T>::get().map_or(1, |price| price.usd)
	}

	/// Say that something was paid.
	pub(crate) fn say_settled(bill: Bill, paid: Balance) {
		if paid > 0 {
			let old_price = Price::<T>::get().is_none_or(|price| Self::is_old(&price));
			Self::deposit_event(Event::Settled { bill, paid, old_price });
		}
	}

	pub(crate) fn is_old(price: &TokenPrice) -> bool {
		Self::now().saturating_sub(price.set) > T::MaxPriceAge::get()
	}

	pub(crate) fn reason() -> T::HoldReason {
		HoldReason::Prepayment.into()
	}

	/// What is free of an account. It keeps the existential deposit, so that it can be given
	/// back what is held.
	fn free_of(who: &T::AccountId) -> Balance {
		T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Polite)
	}

	/// What an account could have held.
	pub(crate) fn spendable(who: &T::AccountId) -> Balance {
		let free = Self::free_of(who);
		if T::Currency::can_hold(&Self::reason(), who, free) {
			free
		} else {
			0
		}
	}

	/// Hold this much of a payer's money for a bill, or as much as there is. Beyond that, up to
	/// `plenty`, hold a tenth of what the payer has free: others want to be paid too.
	pub(crate) fn fill(account: &mut AccountOf<T>, wanted: Balance, plenty: Balance) {
		let missing = wanted.saturating_sub(account.held);
		let most = plenty.saturating_sub(account.held);
		if missing == 0 && most == 0 {
			return;
		}
		let free = Self::free_of(&account.payer);
		let amount = missing.max(most.min(free / 10)).min(free);
		if amount > 0 && T::Currency::hold(&Self::reason(), &account.payer, amount).is_ok() {
			account.held += amount;
		}
	}

	/// Hold all that a bill needs, of which everything proven is owed.
	pub(crate) fn hold_needs(account: &mut AccountOf<T>) -> Result<(), NotFunded> {
		let least = Self::needs(account, Self::token()).least();
		Self::fill(account, least, least);
		ensure!(account.held >= least, NotFunded);
		Ok(())
	}

	/// Hold this much of a payer's money for a bill, or nothing.
	pub(crate) fn fill_whole(account: &mut AccountOf<T>, wanted: Balance) {
		if Self::free_of(&account.payer) >= wanted.saturating_sub(account.held) {
			Self::fill(account, wanted, wanted);
		}
	}

	/// Let a payer have all that is held for a bill. Who cannot receive it, because little else is
	/// left of the account, has it wait like a share.
	pub(crate) fn free(account: &mut AccountOf<T>) {
		let Account { payer, held, .. } = account;
		let freed = T::Currency::release(&Self::reason(), payer, *held, Precision::Exact);
		*held -= if freed.is_ok() { *held } else { Self::give(payer, payer, *held).0 };
	}

	/// Pay for streams as far as there is money: each payee once. Says how much was paid. What
	/// cannot be paid, which should not happen, stays held and owed.
	pub(crate) fn pay(
		account: &mut AccountOf<T>,
		streams: &mut [(NodeId, Stream)],
		price: u64,
	) -> Payment {
		let shares = T::Shares::get();
		let mut payees = BTreeMap::<T::AccountId, Balance>::new();
		let (mut burned, mut due) = (0, 0);
		for (node, stream) in streams.iter_mut() {
			let amount = rates::units(stream.owed, price).min(account.held - due);
			if amount == 0 {
				continue;
			}
			let split = rates::split(amount, &shares, &mut stream.split);
			let farm = T::Nodes::farm_of(*node).and_then(T::Farms::payout);
			*payees.entry(farm.unwrap_or_else(T::Treasury::get)).or_default() += split.farm;
			*payees.entry(T::Treasury::get()).or_default() += split.treasury;
			burned += split.burned;
			due += amount;
			stream.owed -= rates::parts(amount, price);
		}
		let mut payment = Payment { amount: Self::burn(&account.payer, burned), late: 0 };
		for (payee, share) in payees {
			let (given, late) = Self::give(&account.payer, &payee, share);
			payment.amount += given;
			payment.late += u32::from(late);
		}
		if let Some((_, first)) = streams.first_mut() {
			first.owed += rates::parts(due - payment.amount, price);
		}
		account.held -= payment.amount;
		payment
	}

	/// Give held money of a payer to somebody. If they cannot receive it, it waits for them. Says
	/// how much it was, and whether anything waits or did.
	pub(crate) fn give(
		payer: &T::AccountId,
		payee: &T::AccountId,
		amount: Balance,
	) -> (Balance, bool) {
		if amount == 0 {
			return (0, false);
		}
		let to = |account: &T::AccountId| {
			T::Currency::transfer_on_hold(
				&Self::reason(),
				payer,
				account,
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)
		};
		if !Unpaid::<T>::contains_key(payee) && to(payee).is_ok() {
			return (amount, false);
		}
		if let Err(error) = to(&T::Waiting::get()) {
			log::error!(target: LOG_TARGET, "a share can neither be paid nor wait: {error:?}");
			return (0, true);
		}
		Unpaid::<T>::mutate(payee, |waiting| *waiting += amount);
		if !Self::pay_waiting(payee) {
			Self::deposit_event(Event::ShareWaits { payee: payee.clone(), amount });
		}
		(amount, true)
	}

	/// Pay what waits for somebody, if they can receive it now.
	pub(crate) fn pay_waiting(payee: &T::AccountId) -> bool {
		let amount = Unpaid::<T>::get(payee);
		let pot = T::Waiting::get();
		let paid = amount > 0
			&& T::Currency::transfer(&pot, payee, amount, Preservation::Preserve).is_ok();
		if paid {
			Unpaid::<T>::remove(payee);
			Self::deposit_event(Event::SharePaid { payee: payee.clone(), amount });
		}
		paid
	}

	fn burn(payer: &T::AccountId, amount: Balance) -> Balance {
		if amount == 0 {
			return 0;
		}
		let burned = T::Currency::burn_held(
			&Self::reason(),
			payer,
			amount,
			Precision::Exact,
			Fortitude::Force,
		);
		match burned {
			Ok(burned) => {
				Burned::<T>::mutate(|all| *all += burned);
				burned
			},
			Err(error) => {
				log::error!(target: LOG_TARGET, "a share cannot be burned: {error:?}");
				0
			},
		}
	}
}
