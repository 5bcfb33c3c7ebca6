//! How others let money flow.

use crate::*;
use alloc::vec::Vec;
use frame_support::traits::Get;
use grid_primitives::{
	ports::{Availability, Bill, Meter, Nodes, NotFunded, Quote},
	spec::Usage,
	NodeId,
};

impl<T: Config> Meter<T::AccountId> for Pallet<T> {
	fn quote(usage: &[(NodeId, Usage)]) -> Quote {
		Self::view_quote(usage)
	}

	fn open(bill: Bill, payer: &T::AccountId, usage: &[(NodeId, Usage)]) -> Result<(), NotFunded> {
		let streams: Vec<_> = usage
			.iter()
			.map(|(node, usage)| (*node, Stream::new(Self::rate_for(bill, *node, usage))))
			.collect();
		let mut account = Account {
			payer: payer.clone(),
			held: 0,
			streams: Streams::try_from(streams).map_err(|_| NotFunded)?,
			paused: None,
			grace: T::DefaultGrace::get(),
			due: None,
		};
		let rate = account.rate();
		Self::hold_advance(&mut account, rate)?;
		Accounts::<T>::insert(bill, account);
		Self::deposit_event(Event::Opened { bill, payer: payer.clone() });
		Ok(())
	}

	fn cover(bill: Bill, usage: &[(NodeId, Usage)]) -> Result<(), NotFunded> {
		let mut account = Accounts::<T>::get(bill).ok_or(NotFunded)?;
		let rate = usage.iter().map(|(node, it)| u128::from(Self::rate_for(bill, *node, it))).sum();
		Self::hold_advance(&mut account, rate)?;
		Accounts::<T>::insert(bill, account);
		Ok(())
	}

	fn change(bill: Bill, node: NodeId, usage: Usage) {
		let rate = Self::rate_for(bill, node, &usage);
		Self::turn(bill, node, |stream| stream.rate = rate, true);
	}

	fn run(bill: Bill, node: NodeId) {
		let now = Self::this_second(node);
		let start = |stream: &mut Stream| {
			if stream.from.is_none() {
				stream.from = Some(now);
			}
		};
		Self::turn(bill, node, start, false);
	}

	fn pause(bill: Bill, node: NodeId) {
		Self::turn(bill, node, |stream| stream.from = None, false);
	}

	fn close(bill: Bill, node: NodeId) {
		let Some(mut account) = Accounts::<T>::get(bill) else {
			log::error!(target: LOG_TARGET, "{bill:?} is closed, and was not there");
			return;
		};
		let Some(mut stream) = account.take_stream(node) else {
			return Self::no_stream(bill, node);
		};
		if account.paused.is_none() {
			stream.accrue(T::Availability::available_seconds(node));
		}
		let price = Self::token();
		let owed = rates::units(stream.owed, price);
		Self::fill(&mut account, owed, owed);
		let payment = Self::pay(&mut account, &mut [(node, stream)], price);
		Self::say_settled(bill, payment.amount);
		if !account.streams.is_empty() {
			Accounts::<T>::insert(bill, account);
			return;
		}
		let refunded = account.held;
		Self::free(&mut account);
		Self::forget(bill, &account);
		Self::deposit_event(Event::Closed { bill, refunded });
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn endow(payer: &T::AccountId) {
		use frame_support::traits::fungible::Mutate;
		T::Currency::set_balance(payer, grid_primitives::Balance::MAX >> 32);
		Price::<T>::put(TokenPrice { usd: 1_000_000, set: Self::now() });
	}
}

impl<T: Config> Pallet<T> {
	/// What an hour of this costs: a rented node half of what it would in pieces.
	pub(crate) fn rate_for(bill: Bill, node: NodeId, usage: &Usage) -> u64 {
		let rate = rates::rate(usage, &T::Prices::get(), T::Nodes::is_certified(node));
		match bill {
			Bill::Contract(_) => rate,
			Bill::Rental(_) => rate.div_ceil(2),
		}
	}

	/// Hold an advance on this rate.
	fn hold_advance(account: &mut AccountOf<T>, rate: u128) -> Result<(), NotFunded> {
		let advance = rates::advance(rate, T::Advance::get(), Self::token());
		Self::fill(account, advance, advance);
		if account.held < advance {
			return Err(NotFunded);
		}
		Ok(())
	}

	/// Change a stream, after what was proven until now is owed at its old rate. A new one begins
	/// if there is none and `open` says so.
	fn turn(bill: Bill, node: NodeId, change: impl FnOnce(&mut Stream), open: bool) {
		let Some(mut account) = Accounts::<T>::get(bill) else {
			log::error!(target: LOG_TARGET, "{bill:?} is to change, and is not there");
			return;
		};
		let paused = account.paused.is_some();
		let Some(stream) = account.stream_mut(node, open) else {
			return Self::no_stream(bill, node);
		};
		if !paused {
			stream.accrue(T::Availability::available_seconds(node));
		}
		change(stream);
		// A pause keeps its own date. What is due already cannot be put off.
		let now = Self::now();
		let kept = account.due.filter(|due| paused || *due <= now);
		let due = kept.or_else(|| Self::next_due(&account));
		Self::store(bill, account, due);
	}

	/// When the advance is used up, if anything runs.
	fn next_due(account: &AccountOf<T>) -> Option<u64> {
		let rate = account.running_rate();
		let price = Self::token();
		let used = account.owed(price).saturating_add(Self::unproven(account, price));
		let seconds = rates::seconds(account.held.saturating_sub(used), rate, price);
		(rate > 0).then(|| Self::now().saturating_add(seconds.min(Self::interval())))
	}
}
