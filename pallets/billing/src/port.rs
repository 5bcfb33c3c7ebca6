//! How others let money flow.

use crate::*;
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
		for (node, usage) in usage {
			let rate = Self::rate_for(bill, *node, usage);
			Streams::<T>::insert(bill, node, Stream { rate, from: None, owed: 0, split: 0 });
		}
		let account = Account {
			payer: payer.clone(),
			held: 0,
			streams: usage.len() as u32,
			paused: None,
			grace: T::DefaultGrace::get(),
			due: None,
		};
		Accounts::<T>::insert(bill, account);
		Self::cover(bill, usage)?;
		Self::deposit_event(Event::Opened { bill, payer: payer.clone() });
		Ok(())
	}

	fn cover(bill: Bill, usage: &[(NodeId, Usage)]) -> Result<(), NotFunded> {
		let mut account = Accounts::<T>::get(bill).ok_or(NotFunded)?;
		let rate = usage.iter().map(|(node, it)| u128::from(Self::rate_for(bill, *node, it))).sum();
		let advance = rates::advance(rate, T::Advance::get(), Self::token());
		Self::fill(&mut account, advance);
		if account.held < advance {
			return Err(NotFunded);
		}
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
		let Some(mut stream) = Streams::<T>::take(bill, node) else {
			log::error!(target: LOG_TARGET, "{bill:?} has no stream to node {node}");
			return;
		};
		if account.paused.is_none() {
			stream.accrue(T::Availability::available_seconds(node));
		}
		let price = Self::token();
		let owed = rates::units(stream.owed, price);
		Self::fill(&mut account, owed);
		let paid = Self::pay(&mut account, node, &mut stream, price);
		Self::say_settled(bill, paid);
		account.streams = account.streams.saturating_sub(1);
		if account.streams > 0 {
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

	/// Change a stream, after what was proven until now is owed at its old rate. A new one begins
	/// if there is none and `open` says so.
	fn turn(bill: Bill, node: NodeId, change: impl FnOnce(&mut Stream), open: bool) {
		let Some(mut account) = Accounts::<T>::get(bill) else {
			log::error!(target: LOG_TARGET, "{bill:?} is to change, and is not there");
			return;
		};
		let mut stream = match Streams::<T>::get(bill, node) {
			Some(stream) => stream,
			None if open => {
				account.streams += 1;
				Stream { rate: 0, from: None, owed: 0, split: 0 }
			},
			None => {
				log::error!(target: LOG_TARGET, "{bill:?} has no stream to node {node}");
				return;
			},
		};
		if account.paused.is_none() {
			stream.accrue(T::Availability::available_seconds(node));
		}
		change(&mut stream);
		Streams::<T>::insert(bill, node, stream);
		// A pause keeps its own date. What is due already cannot be put off.
		let now = Self::now();
		let kept = account.due.filter(|due| account.paused.is_some() || *due <= now);
		let due = kept.or_else(|| Self::next_due(&account, bill));
		Self::store(bill, account, due);
	}

	/// When the advance is used up, if anything runs.
	fn next_due(account: &AccountOf<T>, bill: Bill) -> Option<u64> {
		let streams = Self::streams(bill);
		let rate = Self::running_rate(&streams);
		let price = Self::token();
		let owed: u128 = streams.iter().map(|(_, stream)| rates::units(stream.owed, price)).sum();
		let used = owed.saturating_add(Self::unproven(&streams, price));
		let seconds = rates::seconds(account.held.saturating_sub(used), rate, price);
		(rate > 0).then(|| Self::now().saturating_add(seconds.min(T::Advance::get())))
	}
}
