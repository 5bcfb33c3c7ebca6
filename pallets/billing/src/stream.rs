//! What streams are worth.

use crate::*;
use frame_support::traits::Get;
use grid_primitives::{
	ports::{Availability, Bill, Nodes},
	Balance, NodeId,
};

impl Rate {
	/// What an hour costs, if the node was last no longer certified at this second.
	pub(crate) fn after(&self, lost: Option<u64>) -> u64 {
		match (self.certified, lost) {
			(Some(agreed), Some(lost)) if lost >= agreed => rates::without_premium(self.usd),
			_ => self.usd,
		}
	}
}

impl Stream {
	/// One that begins now.
	pub(crate) fn new(rate: Rate, now: u64) -> Self {
		Self {
			rate,
			next: None,
			proposed: None,
			since: now,
			from: Some(now),
			until: None,
			owed: 0,
			split: 0,
		}
	}

	/// What an hour of all that is reserved costs, if the node was last no longer certified at this
	/// second.
	pub(crate) fn rate(&self, lost: Option<u64>) -> u64 {
		let proposed = self.proposed.map_or(0, |it| it.meanwhile.after(lost));
		self.rate.after(lost).max(proposed)
	}

	/// What an hour costs when all that is in force is done, and the proposal too.
	pub(crate) fn rate_then(&self) -> u64 {
		let agreed = self.next.unwrap_or(self.rate);
		self.proposed.map_or(agreed, |it| it.then).usd
	}

	/// Whether it is only proposed.
	pub(crate) fn is_proposal(&self) -> bool {
		self.rate == Rate::default()
	}

	/// How many of the node's seconds until `second` are still to be paid.
	pub(crate) fn seconds(&self, second: u64) -> u64 {
		let second = self.until.map_or(second, |until| second.min(until));
		self.from.map_or(0, |from| second.saturating_sub(from))
	}

	/// Owe for the node's seconds until this one.
	pub(crate) fn accrue(&mut self, second: u64, lost: Option<u64>) {
		let (Some(from), seconds) = (self.from, self.seconds(second)) else { return };
		let before = lost.map_or(seconds, |lost| lost.saturating_sub(from).min(seconds));
		let owed = rates::owed(self.rate(None), before)
			.saturating_add(rates::owed(self.rate(lost), seconds - before));
		self.owed = self.owed.saturating_add(owed);
		self.from = Some(from + seconds);
	}

	/// The node is told what to run, and has to answer until this second.
	pub(crate) fn ask(&mut self, now: u64, until: u64) {
		let is_late = self.until.is_some_and(|until| until <= now);
		if self.from.is_some() && !is_late {
			self.until = Some(until);
		}
	}

	/// The node has answered.
	pub(crate) fn answer(&mut self, now: u64) {
		let was_late = self.until.is_some_and(|until| until < now);
		if self.from.is_none() || was_late {
			self.from = Some(now);
		}
		self.until = None;
	}
}

impl<AccountId> Account<AccountId> {
	/// The stream to a node.
	pub fn stream(&self, node: NodeId) -> Option<&Stream> {
		self.streams.iter().find(|(other, _)| *other == node).map(|(_, stream)| stream)
	}

	/// The stream to a node.
	pub(crate) fn stream_mut(&mut self, node: NodeId) -> Option<&mut Stream> {
		self.streams.iter_mut().find(|(other, _)| *other == node).map(|(_, stream)| stream)
	}

	/// Remove the stream to a node.
	pub(crate) fn take_stream(&mut self, node: NodeId) -> Option<Stream> {
		let at = self.streams.iter().position(|(other, _)| *other == node)?;
		Some(self.streams.remove(at).1)
	}

	/// Whether any stream owes for the seconds to come.
	pub(crate) fn owes(&self) -> bool {
		self.streams.iter().any(|(_, stream)| stream.from.is_some())
	}

	/// What is owed, in whole units.
	pub(crate) fn owed(&self, price: u64) -> Balance {
		self.streams.iter().map(|(_, stream)| rates::units(stream.owed, price)).sum()
	}
}

/// What has to be held for a bill.
pub(crate) struct Needs {
	/// What is owed, and what the next heartbeats may add.
	pub(crate) used: Balance,
	/// What pays for the time after a pause.
	pub(crate) grace: Balance,
	/// What pays for the time before it, at least.
	pub(crate) advance: Balance,
	/// The same for who has plenty.
	pub(crate) plenty: Balance,
}

impl Needs {
	/// What has to be there at least.
	pub(crate) fn least(&self) -> Balance {
		self.used.saturating_add(self.grace).saturating_add(self.advance)
	}

	/// What is held of who has plenty.
	pub(crate) fn most(&self) -> Balance {
		self.used.saturating_add(self.grace).saturating_add(self.plenty)
	}
}

impl<T: Config> Pallet<T> {
	/// When a node was last no longer certified, if that matters.
	pub(crate) fn lost(node: NodeId, stream: &Stream) -> Option<u64> {
		let proposed = stream.proposed.is_some_and(|it| it.meanwhile.certified.is_some());
		let matters = proposed || stream.rate.certified.is_some();
		matters.then(|| T::Nodes::certificate_lost(node)).flatten()
	}

	/// What an hour of a stream costs.
	pub(crate) fn rate_of(node: NodeId, stream: &Stream) -> u64 {
		stream.rate(Self::lost(node, stream))
	}

	/// What an hour of all streams costs.
	pub(crate) fn rate(account: &AccountOf<T>) -> u128 {
		let each = account.streams.iter();
		each.map(|(node, stream)| u128::from(Self::rate_of(*node, stream))).sum()
	}

	/// What an hour costs of those that owe.
	pub(crate) fn running_rate(account: &AccountOf<T>) -> u128 {
		let running = account.streams.iter().filter(|(_, stream)| stream.from.is_some());
		running.map(|(node, stream)| u128::from(Self::rate_of(*node, stream))).sum()
	}

	/// Owe for what was proven since the last time.
	pub(crate) fn accrue(account: &mut AccountOf<T>) {
		for (node, stream) in &mut account.streams {
			Self::accrue_stream(*node, stream);
		}
	}

	/// Owe for what a node has proven since the last time.
	pub(crate) fn accrue_stream(node: NodeId, stream: &mut Stream) {
		let lost = Self::lost(node, stream);
		stream.accrue(T::Availability::available_seconds(node), lost);
	}

	/// Owe for the last of a stream: to the second if the node is there, and for the least time.
	pub(crate) fn accrue_last(node: NodeId, stream: &mut Stream) {
		let lost = Self::lost(node, stream);
		if T::Availability::is_online(node) {
			let least = stream.since.saturating_add(T::LeastTime::get());
			stream.accrue(T::Availability::this_second(node).max(least), lost);
		} else {
			stream.accrue(T::Availability::available_seconds(node), lost);
		}
	}

	/// What is owed if the next heartbeats prove all that they can. Rounded up.
	pub(crate) fn unproven(account: &AccountOf<T>, price: u64) -> Balance {
		let each = account.streams.iter().map(|(node, stream)| {
			let seconds = stream.seconds(T::Availability::this_second(*node));
			rates::advance(Self::rate_of(*node, stream).into(), seconds, price)
		});
		each.sum()
	}

	/// What has to be held for a bill of which everything proven is owed.
	pub(crate) fn needs(account: &AccountOf<T>, price: u64) -> Needs {
		let rate = Self::rate(account);
		let pays = |seconds| rates::advance(rate, seconds, price);
		Needs {
			used: account.owed(price).saturating_add(Self::unproven(account, price)),
			grace: pays(account.grace.into()),
			advance: pays(T::Advance::get()),
			plenty: pays(Self::interval()),
		}
	}

	/// Say of what is to change that it is not there.
	pub(crate) fn no_stream(bill: Bill, node: NodeId) {
		log::error!(target: LOG_TARGET, "{bill:?} has no stream to node {node}");
	}
}
