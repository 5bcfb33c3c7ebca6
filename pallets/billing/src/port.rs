//! How others let money flow.

use crate::*;
use alloc::{vec, vec::Vec};
use frame_support::traits::Get;
use grid_primitives::{
	ports::{Availability, Bill, Meter, Nodes, NotFunded, Proposal, Quote},
	spec::Usage,
	NodeId,
};

impl<T: Config> Meter<T::AccountId> for Pallet<T> {
	fn quote(bill: Bill, proposals: &[(NodeId, Proposal)]) -> Quote {
		Self::view_quote(bill, proposals)
	}

	fn open(
		bill: Bill,
		payer: &T::AccountId,
		usage: &[(NodeId, Usage)],
		asked: bool,
	) -> Result<u128, NotFunded> {
		let mut streams = Streams::new();
		for (node, usage) in usage {
			let stream = Stream::new(
				Self::agree_on(bill, *node, usage),
				T::Availability::this_second(*node),
			);
			streams.try_push((*node, stream)).map_err(|_| NotFunded)?;
		}
		let mut account = Account {
			payer: payer.clone(),
			held: 0,
			streams,
			paused: None,
			grace: T::DefaultGrace::get(),
			due: None,
		};
		if asked {
			Self::ask_all(bill, &mut account);
		}
		let rate = Self::rate(&account);
		Self::hold_needs(&mut account)?;
		Self::store_changed(bill, account);
		Self::deposit_event(Event::Opened { bill, payer: payer.clone() });
		Ok(rate)
	}

	fn propose(bill: Bill, proposals: &[(NodeId, Proposal)]) -> Result<u128, NotFunded> {
		let mut account = Accounts::<T>::get(bill).ok_or(NotFunded)?;
		Self::accrue(&mut account);
		let mut closing = 0;
		for (node, proposal) in proposals {
			let Proposal::Use { meanwhile, then } = proposal else {
				closing += account.stream(*node).map_or(0, |it| u128::from(it.rate_then()));
				continue;
			};
			let [meanwhile, then] = [meanwhile, then].map(|it| Self::agree_on(bill, *node, it));
			let proposed = Some(Proposed { meanwhile, then });
			match account.stream_mut(*node) {
				Some(stream) => stream.proposed = proposed,
				None => {
					let new = Stream::new(Rate::default(), T::Availability::this_second(*node));
					let new = Stream { proposed, ..new };
					account.streams.try_push((*node, new)).map_err(|_| NotFunded)?;
				},
			}
		}
		let then = account.streams.iter().map(|(_, it)| u128::from(it.rate_then())).sum::<u128>();
		Self::hold_needs(&mut account)?;
		Self::store_changed(bill, account);
		Ok(then - closing)
	}

	fn retract(bill: Bill) {
		let Some(mut account) = Self::bill(bill) else { return };
		Self::accrue(&mut account);
		let (gone, mut stay): (Vec<_>, Vec<_>) = core::mem::take(&mut account.streams)
			.into_iter()
			.partition(|(_, stream)| stream.is_proposal());
		stay.iter_mut().for_each(|(_, stream)| stream.proposed = None);
		account.streams = Streams::truncate_from(stay);
		Self::close_streams(bill, account, gone);
	}

	fn agree(bill: Bill) {
		Self::change(bill, |account| {
			for (node, stream) in &mut account.streams {
				let Some(Proposed { meanwhile, then }) = stream.proposed.take() else { continue };
				let lost = T::Nodes::certificate_lost(*node);
				if meanwhile.after(lost) >= stream.rate.after(lost) {
					stream.rate = meanwhile;
				}
				stream.next = Some(then);
				Self::ask_stream(*node, stream);
			}
		});
	}

	fn ask(bill: Bill) {
		Self::change(bill, |account| Self::ask_all(bill, account));
	}

	fn answer(bill: Bill, node: NodeId) {
		Self::change_one(bill, node, |stream| stream.answer(T::Availability::this_second(node)));
	}

	fn arrive(bill: Bill, node: NodeId, proposed: Option<Usage>) {
		Self::change_one(bill, node, |stream| {
			stream.answer(T::Availability::this_second(node));
			stream.rate = stream.next.take().unwrap_or(stream.rate);
			if let (Some(usage), Some(it)) = (proposed, &mut stream.proposed) {
				let now = Self::agree_on(bill, node, &usage);
				if now.usd < it.meanwhile.usd {
					it.meanwhile = now;
				}
			}
		});
	}

	fn excuse(bill: Bill, node: NodeId) {
		Self::change_one(bill, node, |stream| {
			stream.from = None;
			stream.until = None;
		});
	}

	fn close(bill: Bill, node: NodeId) {
		let Some(mut account) = Self::bill(bill) else { return };
		match account.take_stream(node) {
			Some(stream) => Self::close_streams(bill, account, vec![(node, stream)]),
			None => Self::no_stream(bill, node),
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn endow(payer: &T::AccountId) {
		use frame_support::traits::fungible::Mutate;
		T::Currency::set_balance(payer, grid_primitives::Balance::MAX >> 32);
		Price::<T>::put(TokenPrice { usd: 1_000_000, set: Self::now() });
	}
}

impl<T: Config> Pallet<T> {
	/// What an hour of this costs, if it is agreed now.
	fn agree_on(bill: Bill, node: NodeId, usage: &Usage) -> Rate {
		let certified = T::Nodes::is_certified(node).then(|| T::Availability::this_second(node));
		Rate { usd: Self::rate_for(bill, node, usage), certified }
	}

	/// What an hour of this costs: a rented node half of what it would in pieces.
	pub(crate) fn rate_for(bill: Bill, node: NodeId, usage: &Usage) -> u64 {
		let rate = rates::rate(usage, &T::Prices::get(), T::Nodes::is_certified(node));
		match bill {
			Bill::Contract(_) => rate,
			Bill::Rental(_) => rate.div_ceil(2),
		}
	}

	/// A bill that should be there.
	fn bill(bill: Bill) -> Option<AccountOf<T>> {
		let found = Accounts::<T>::get(bill);
		if found.is_none() {
			log::error!(target: LOG_TARGET, "{bill:?} is to change, and is not there");
		}
		found
	}

	/// Whoever of a contract's nodes owes has to answer.
	pub(crate) fn ask_all(bill: Bill, account: &mut AccountOf<T>) {
		// Nobody asks a node whether it is rented.
		if matches!(bill, Bill::Contract(_)) {
			for (node, stream) in &mut account.streams {
				Self::ask_stream(*node, stream);
			}
		}
	}

	fn ask_stream(node: NodeId, stream: &mut Stream) {
		let now = T::Availability::this_second(node);
		stream.ask(now, now.saturating_add(T::AnswerTime::get()));
	}

	/// Change a bill, after what was proven until now is owed at its old rates.
	fn change(bill: Bill, change: impl FnOnce(&mut AccountOf<T>)) {
		let Some(mut account) = Self::bill(bill) else { return };
		Self::accrue(&mut account);
		change(&mut account);
		Self::store_changed(bill, account);
	}

	/// Change a stream, after what was proven until now is owed at its old rate.
	fn change_one(bill: Bill, node: NodeId, change: impl FnOnce(&mut Stream)) {
		let Some(mut account) = Self::bill(bill) else { return };
		let Some(stream) = account.stream_mut(node) else {
			return Self::no_stream(bill, node);
		};
		Self::accrue_stream(node, stream);
		change(stream);
		Self::store_changed(bill, account);
	}

	/// Take what is owed for the last of streams that were taken from a bill. With the last of the bill,
	/// what is left of what was held goes back.
	fn close_streams(bill: Bill, mut account: AccountOf<T>, mut gone: Vec<(NodeId, Stream)>) {
		let price = Self::token();
		for (node, stream) in &mut gone {
			Self::accrue_last(*node, stream);
		}
		let owed = gone.iter().map(|(_, stream)| rates::units(stream.owed, price)).sum();
		Self::fill(&mut account, owed, owed);
		let payment = Self::pay(&mut account, &mut gone, price);
		Self::say_settled(bill, payment.amount);
		if !account.streams.is_empty() {
			return Self::store_changed(bill, account);
		}
		let refunded = account.held;
		Self::free(&mut account);
		Self::forget(bill, &account);
		Self::deposit_event(Event::Closed { bill, refunded });
	}

	/// Store a bill that has changed. What is due already cannot be put off.
	pub(crate) fn store_changed(bill: Bill, account: AccountOf<T>) {
		let kept = account.due.filter(|due| *due <= Self::now());
		let due = kept.or_else(|| Self::next_due(&account, Self::token()));
		Self::store(bill, account, due);
	}
}
