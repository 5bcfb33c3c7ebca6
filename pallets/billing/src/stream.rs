//! What streams are worth.

use crate::*;
use grid_primitives::{
	ports::{Availability, Bill},
	Balance, NodeId,
};

impl Stream {
	/// One that runs nowhere yet.
	pub(crate) fn new(rate: u64) -> Self {
		Self { rate, from: None, owed: 0, split: 0 }
	}

	/// Owe for what was proven since the last time.
	pub(crate) fn accrue(&mut self, proven: u64) {
		if let Some(from) = self.from.filter(|from| proven > *from) {
			self.owed = self.owed.saturating_add(rates::owed(self.rate, proven - from));
			self.from = Some(proven);
		}
	}
}

impl<AccountId> Account<AccountId> {
	/// The stream to a node.
	pub fn stream(&self, node: NodeId) -> Option<&Stream> {
		self.streams.iter().find(|(other, _)| *other == node).map(|(_, stream)| stream)
	}

	/// The stream to a node, or a new one if `open` says so.
	pub(crate) fn stream_mut(&mut self, node: NodeId, open: bool) -> Option<&mut Stream> {
		let at = match self.streams.iter().position(|(other, _)| *other == node) {
			Some(at) => at,
			None if open => {
				self.streams.try_push((node, Stream::new(0))).ok()?;
				self.streams.len() - 1
			},
			None => return None,
		};
		Some(&mut self.streams[at].1)
	}

	/// Remove the stream to a node.
	pub(crate) fn take_stream(&mut self, node: NodeId) -> Option<Stream> {
		let at = self.streams.iter().position(|(other, _)| *other == node)?;
		Some(self.streams.remove(at).1)
	}

	/// What all streams cost together.
	pub(crate) fn rate(&self) -> u128 {
		self.streams.iter().map(|(_, stream)| u128::from(stream.rate)).sum()
	}

	/// What those that run cost together.
	pub(crate) fn running_rate(&self) -> u128 {
		let running = self.streams.iter().filter(|(_, stream)| stream.from.is_some());
		running.map(|(_, stream)| u128::from(stream.rate)).sum()
	}

	/// What is owed, in whole units.
	pub(crate) fn owed(&self, price: u64) -> Balance {
		self.streams.iter().map(|(_, stream)| rates::units(stream.owed, price)).sum()
	}
}

impl<T: Config> Pallet<T> {
	/// Owe for what was proven since the last time, unless the bill is paused.
	pub(crate) fn accrue(account: &mut AccountOf<T>) {
		if account.paused.is_none() {
			for (node, stream) in &mut account.streams {
				stream.accrue(T::Availability::available_seconds(*node));
			}
		}
	}

	/// The second of a node's availability that it is now, if the next heartbeat proves it.
	pub(crate) fn this_second(node: NodeId) -> u64 {
		T::Availability::available_seconds(node)
			.saturating_add(T::Availability::unproven_seconds(node))
	}

	/// What is owed if the next heartbeats prove all that they can. Rounded up.
	pub(crate) fn unproven(account: &AccountOf<T>, price: u64) -> Balance {
		let each = account.streams.iter().map(|(node, stream)| {
			let seconds =
				stream.from.map_or(0, |from| Self::this_second(*node).saturating_sub(from));
			rates::advance(stream.rate.into(), seconds, price)
		});
		each.sum()
	}

	/// Say of what is to change that it is not there.
	pub(crate) fn no_stream(bill: Bill, node: NodeId) {
		log::error!(target: LOG_TARGET, "{bill:?} has no stream to node {node}");
	}
}
