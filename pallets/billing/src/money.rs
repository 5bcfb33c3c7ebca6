//! Where money is held, and to whom it goes.

use crate::*;
use frame_support::traits::{
	fungible::{Inspect, InspectHold, Mutate, MutateHold},
	tokens::{Fortitude, Precision, Preservation, Restriction},
	Get, UnixTime,
};
use grid_primitives::{
	ports::{Bill, Farms, Nodes},
	Balance, NodeId,
};

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

	/// What an account could have held. It keeps the existential deposit, so that it can be given
	/// back what is held.
	pub(crate) fn spendable(who: &T::AccountId) -> Balance {
		let free = T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Polite);
		if T::Currency::can_hold(&Self::reason(), who, free) {
			free
		} else {
			0
		}
	}

	/// Hold this much of a payer's money for a bill, or as much as there is.
	pub(crate) fn fill(account: &mut AccountOf<T>, wanted: Balance) {
		let missing = wanted.saturating_sub(account.held);
		let amount = missing.min(Self::spendable(&account.payer));
		if amount > 0 && T::Currency::hold(&Self::reason(), &account.payer, amount).is_ok() {
			account.held += amount;
		}
	}

	/// Let a payer have all that is held for a bill. Who cannot receive it, because little else is
	/// left of the account, has it wait like a share.
	pub(crate) fn free(account: &mut AccountOf<T>) {
		let Account { payer, held, .. } = account;
		let freed = T::Currency::release(&Self::reason(), payer, *held, Precision::Exact);
		*held -= if freed.is_ok() { *held } else { Self::give(payer, payer, *held) };
	}

	/// Pay for a stream as far as there is money. Says how much was paid. What cannot be paid,
	/// which should not happen, stays held and owed.
	pub(crate) fn pay(
		account: &mut AccountOf<T>,
		node: NodeId,
		stream: &mut Stream,
		price: u64,
	) -> Balance {
		let amount = rates::units(stream.owed, price).min(account.held);
		if amount == 0 {
			return 0;
		}
		let mut carry = stream.split;
		let split = rates::split(amount, &T::Shares::get(), &mut carry);
		let farm = T::Nodes::farm_of(node).and_then(T::Farms::payout);
		let farm = farm.unwrap_or_else(T::Treasury::get);
		let paid = Self::give(&account.payer, &farm, split.farm)
			+ Self::give(&account.payer, &T::Treasury::get(), split.treasury)
			+ Self::burn(&account.payer, split.burned);
		stream.split = carry;
		stream.owed -= rates::parts(paid, price);
		account.held -= paid;
		paid
	}

	/// Give held money of a payer to somebody. If they cannot receive it, it waits for them. Says
	/// how much it was.
	fn give(payer: &T::AccountId, payee: &T::AccountId, amount: Balance) -> Balance {
		if amount == 0 {
			return 0;
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
		if Unpaid::<T>::get(payee) == 0 && to(payee).is_ok() {
			return amount;
		}
		if let Err(error) = to(&T::Waiting::get()) {
			log::error!(target: LOG_TARGET, "a share can neither be paid nor wait: {error:?}");
			return 0;
		}
		Unpaid::<T>::mutate(payee, |waiting| *waiting += amount);
		if !Self::pay_waiting(payee) {
			Self::deposit_event(Event::ShareWaits { payee: payee.clone(), amount });
		}
		amount
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
