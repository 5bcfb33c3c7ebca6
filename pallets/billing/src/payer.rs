//! What people do with bills.

use crate::*;
use frame_support::{
	ensure,
	pallet_prelude::*,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Preservation},
	},
};
use grid_primitives::{ports::Bill, Balance};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_top_up(
		by: T::AccountId,
		bill: Bill,
		amount: Balance,
	) -> DispatchResultWithPostInfo {
		let mut account = Accounts::<T>::get(bill).ok_or(Error::<T>::NoBill)?;
		ensure!(by == account.payer, Error::<T>::NotPayer);
		ensure!(amount > 0 && amount <= Self::spendable(&by), Error::<T>::BadAmount);
		let wanted = account.held.saturating_add(amount);
		Self::fill(&mut account, wanted, wanted);
		Self::topped_up(by, bill, account, amount)
	}

	pub(crate) fn do_sponsor(
		by: T::AccountId,
		bill: Bill,
		amount: Balance,
	) -> DispatchResultWithPostInfo {
		let mut account = Accounts::<T>::get(bill).ok_or(Error::<T>::NoBill)?;
		if by == account.payer {
			return Self::do_top_up(by, bill, amount);
		}
		ensure!(amount > 0 && amount <= Self::spendable(&by), Error::<T>::BadAmount);
		T::Currency::transfer_and_hold(
			&Self::reason(),
			&by,
			&account.payer,
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		account.held += amount;
		Self::topped_up(by, bill, account, amount)
	}

	/// Settle a bill to whose advance somebody has added.
	fn topped_up(
		by: T::AccountId,
		bill: Bill,
		account: AccountOf<T>,
		amount: Balance,
	) -> DispatchResultWithPostInfo {
		Accounts::<T>::insert(bill, account);
		Self::deposit_event(Event::ToppedUp { bill, by, amount });
		let settled = Self::settle_bill(bill).ok_or(Error::<T>::NoBill)?;
		Ok(Some(T::WeightInfo::top_up().saturating_add(settled)).into())
	}

	pub(crate) fn do_withdraw(who: &T::AccountId, bill: Bill) -> DispatchResult {
		let mut account = Accounts::<T>::get(bill).ok_or(Error::<T>::NoBill)?;
		ensure!(account.payer == *who, Error::<T>::NotPayer);
		Self::accrue(&mut account);
		let needs = Self::needs(&account, Self::token()).least();
		let amount = account.held.saturating_sub(needs);
		// What is paused comes back with that much: settling it is what helps.
		ensure!(amount > 0 && account.paused.is_none(), Error::<T>::NothingToWithdraw);
		T::Currency::release(&Self::reason(), who, amount, Precision::Exact)?;
		account.held -= amount;
		Self::store_changed(bill, account);
		Self::deposit_event(Event::Withdrawn { bill, amount });
		Ok(())
	}

	pub(crate) fn do_set_grace(who: &T::AccountId, bill: Bill, seconds: u32) -> DispatchResult {
		let mut account = Accounts::<T>::get(bill).ok_or(Error::<T>::NoBill)?;
		ensure!(account.payer == *who, Error::<T>::NotPayer);
		let possible = T::MinGrace::get()..=T::MaxGrace::get();
		ensure!(possible.contains(&seconds), Error::<T>::BadGrace);
		let is_more = seconds > account.grace;
		account.grace = seconds;
		Self::accrue(&mut account);
		if is_more {
			// Whoever is paused has none for more.
			ensure!(account.paused.is_none(), Error::<T>::Paused);
			Self::hold_needs(&mut account).map_err(|_| Error::<T>::NotFunded)?;
		}
		Self::store_changed(bill, account);
		Self::deposit_event(Event::GraceSet { bill, seconds });
		Ok(())
	}
}
