//! Pays what is owed, and sees whether there is money to go on.

use crate::*;
use alloc::vec::Vec;
use frame_support::{traits::Get, weights::Weight};
use grid_primitives::{
	ports::{Availability, Bill, OnArrears},
	spec::MAX_NODES,
	Balance, NodeId,
};

/// The streams of a bill.
pub(crate) type AllStreams = Vec<(NodeId, Stream)>;

impl Stream {
	/// Owe for what was proven since the last time.
	pub(crate) fn accrue(&mut self, proven: u64) {
		if let Some(from) = self.from.filter(|from| proven > *from) {
			self.owed = self.owed.saturating_add(rates::owed(self.rate, proven - from));
			self.from = Some(proven);
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The most that a settlement weighs, with all that may come of it.
	pub(crate) fn heaviest() -> Weight {
		T::WeightInfo::settle(MAX_NODES).saturating_add(T::OnArrears::heaviest())
	}

	pub(crate) fn streams(bill: Bill) -> AllStreams {
		Streams::<T>::iter_prefix(bill).collect()
	}

	/// The second of a node's availability that it is now, if the next heartbeat proves it.
	pub(crate) fn this_second(node: NodeId) -> u64 {
		T::Availability::available_seconds(node)
			.saturating_add(T::Availability::unproven_seconds(node))
	}

	/// What all streams cost together.
	pub(crate) fn rate_of(streams: &AllStreams) -> u128 {
		streams.iter().map(|(_, stream)| u128::from(stream.rate)).sum()
	}

	/// What those that run cost together.
	pub(crate) fn running_rate(streams: &AllStreams) -> u128 {
		let running = streams.iter().filter(|(_, stream)| stream.from.is_some());
		running.map(|(_, stream)| u128::from(stream.rate)).sum()
	}

	/// What is owed if the next heartbeats prove all that they can. Rounded up.
	pub(crate) fn unproven(streams: &AllStreams, price: u64) -> Balance {
		let each = streams.iter().map(|(node, stream)| {
			let seconds =
				stream.from.map_or(0, |from| Self::this_second(*node).saturating_sub(from));
			rates::advance(stream.rate.into(), seconds, price)
		});
		each.sum()
	}

	/// Pay what a bill owes, and see whether it can go on. Says what that weighed.
	pub(crate) fn settle_bill(bill: Bill) -> Option<Weight> {
		let mut account = Accounts::<T>::get(bill)?;
		let mut streams = Self::streams(bill);
		let weight = T::WeightInfo::settle(streams.len() as u32);
		let price = Self::token();
		let was_paused = account.paused;
		if was_paused.is_none() {
			for (node, stream) in &mut streams {
				stream.accrue(T::Availability::available_seconds(*node));
			}
		}
		let owed: Balance =
			streams.iter().map(|(_, stream)| rates::units(stream.owed, price)).sum();
		let unproven = if was_paused.is_none() { Self::unproven(&streams, price) } else { 0 };
		let advance = rates::advance(Self::rate_of(&streams), T::Advance::get(), price);
		let wanted = owed.saturating_add(unproven).saturating_add(advance);
		Self::fill(&mut account, wanted);

		let mut paid = 0;
		for (node, stream) in &mut streams {
			paid += Self::pay(&mut account, *node, stream, price);
		}
		Self::say_settled(bill, paid);
		let in_full = paid == owed;
		let more = match was_paused {
			None => Self::go_on(bill, account, streams, in_full, unproven, price),
			Some(since) => Self::come_back(bill, account, streams, in_full, advance, since),
		};
		Some(weight.saturating_add(more))
	}

	/// Go on while there is money, and pause at the second at which there is none.
	fn go_on(
		bill: Bill,
		mut account: AccountOf<T>,
		streams: AllStreams,
		in_full: bool,
		unproven: Balance,
		price: u64,
	) -> Weight {
		let now = Self::now();
		let rate = Self::running_rate(&streams);
		let left = account.held.saturating_sub(unproven);
		let seconds = rates::seconds(left, rate, price);
		Self::store_streams(bill, streams);
		if in_full && (rate == 0 || seconds > 0) {
			let due = (rate > 0).then(|| now.saturating_add(seconds.min(T::Advance::get())));
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
		mut streams: AllStreams,
		in_full: bool,
		advance: Balance,
		since: u64,
	) -> Weight {
		let now = Self::now();
		if in_full && account.held >= advance {
			for (node, stream) in &mut streams {
				stream.from = stream.from.map(|_| Self::this_second(*node));
			}
			account.paused = None;
			let due =
				(Self::running_rate(&streams) > 0).then(|| now.saturating_add(T::Advance::get()));
			Self::store_streams(bill, streams);
			Self::store_settled(bill, account, due);
			Self::deposit_event(Event::Resumed { bill });
			return T::OnArrears::resumed(bill);
		}
		let ends = since.saturating_add(account.grace.into());
		Self::store_streams(bill, streams);
		if now < ends {
			Self::store_settled(bill, account, Some(ends));
			return Weight::zero();
		}
		// Whoever has to end it may need some time for it.
		Self::store_settled(bill, account, Some(now.saturating_add(T::Advance::get())));
		Self::deposit_event(Event::Ended { bill });
		T::OnArrears::ended(bill)
	}

	fn store_streams(bill: Bill, streams: AllStreams) {
		for (node, stream) in streams {
			Streams::<T>::insert(bill, node, stream);
		}
	}
}
