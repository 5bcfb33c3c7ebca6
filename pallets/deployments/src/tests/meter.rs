//! A meter with a price so simple that it can be told by heart.

use super::world::*;
use frame_support::traits::{fungible::Mutate, tokens::Preservation};
use grid_primitives::{
	ports::{Bill, Meter, NotFunded, Proposal, Quote},
	spec::Usage,
	NodeId,
};
use std::collections::BTreeMap;

/// A bill of the test meter.
#[derive(Default, codec::Encode, codec::Decode, Clone, Debug, PartialEq)]
pub(super) struct TestBill {
	pub payer: u64,
	pub advance: u64,
	pub streams: BTreeMap<NodeId, TestStream>,
}

/// A stream of the test meter.
#[derive(Default, codec::Encode, codec::Decode, Clone, Debug, PartialEq)]
pub(super) struct TestStream {
	/// What it costs, and as soon as the node has changed.
	pub rate: u64,
	pub next: Option<u64>,
	/// What a proposal costs, until it is in force and then.
	pub proposed: Option<(u64, u64)>,
	/// Whether the node is asked and has not answered.
	pub asked: bool,
	/// Whether the node cannot do it.
	pub excused: bool,
}

impl TestStream {
	fn costs(&self) -> u64 {
		self.rate.max(self.proposed.map_or(0, |it| it.0))
	}

	fn then(&self) -> u64 {
		self.proposed.map_or(self.next.unwrap_or(self.rate), |it| it.1)
	}
}

impl TestBill {
	/// What a stream costs, and whether that is owed.
	pub(super) fn stream(&self, node: NodeId) -> (u64, bool) {
		let stream = &self.streams[&node];
		(stream.costs(), !stream.excused)
	}

	pub(super) fn is_asked(&self, node: NodeId) -> bool {
		self.streams[&node].asked
	}

	/// Hold what is missing of the advance.
	fn cover(&mut self) -> Result<(), NotFunded> {
		let all: u64 = self.streams.values().map(TestStream::costs).sum();
		let missing = (all * 10).saturating_sub(self.advance);
		TestMeter::pay(self.payer, VAULT, missing)?;
		self.advance += missing;
		Ok(())
	}
}

#[frame_support::storage_alias]
pub(super) type Bills = StorageMap<TestMeter, frame_support::Blake2_128Concat, Bill, TestBill>;

/// Where the advances are.
pub(super) const VAULT: u64 = 999;

/// Takes one for each core, five for each public address, and one at least. The advance is that for ten
/// times.
pub struct TestMeter;

impl frame_support::traits::StorageInstance for TestMeter {
	const STORAGE_PREFIX: &'static str = "Bills";
	fn pallet_prefix() -> &'static str {
		"TestMeter"
	}
}

impl TestMeter {
	fn rate(usage: &Usage) -> u64 {
		let addresses = u64::from(usage.public_v4 + usage.public_v6);
		(usage.capacity.cru / 1_000 + 5 * addresses).max(1)
	}

	fn pay(from: u64, to: u64, amount: u64) -> Result<(), NotFunded> {
		Balances::transfer(&from, &to, amount, Preservation::Preserve)
			.map(|_| ())
			.map_err(|_| NotFunded)
	}
}

impl Meter<u64> for TestMeter {
	fn quote(bill: Bill, proposals: &[(NodeId, Proposal)]) -> Quote {
		let mut rates: BTreeMap<_, _> = Bills::get(bill)
			.iter()
			.flat_map(|it| it.streams.iter().map(|(node, stream)| (*node, stream.then())))
			.collect();
		for (node, proposal) in proposals {
			match proposal {
				Proposal::Use { then, .. } => rates.insert(*node, Self::rate(then)),
				Proposal::Close => rates.remove(node),
			};
		}
		let per_hour = rates.into_values().map(u128::from).sum();
		Quote { usd_per_hour: per_hour, per_hour, advance: per_hour * 10, ..Default::default() }
	}

	fn open(
		bill: Bill,
		payer: &u64,
		usage: &[(NodeId, Usage)],
		asked: bool,
	) -> Result<u128, NotFunded> {
		assert!(!Bills::contains_key(bill), "{bill:?} is open");
		let stream = |usage| TestStream { rate: Self::rate(usage), asked, ..Default::default() };
		let streams = usage.iter().map(|(node, it)| (*node, stream(it))).collect();
		let mut it = TestBill { payer: *payer, advance: 0, streams };
		it.cover()?;
		let rate = it.streams.values().map(|it| u128::from(it.rate)).sum();
		Bills::insert(bill, it);
		Ok(rate)
	}

	fn propose(bill: Bill, proposals: &[(NodeId, Proposal)]) -> Result<u128, NotFunded> {
		let mut it = Bills::get(bill).expect("the bill is open");
		let mut closing = 0;
		for (node, proposal) in proposals {
			let Proposal::Use { meanwhile, then } = proposal else {
				closing += it.streams[node].then();
				continue;
			};
			let stream = it.streams.entry(*node).or_default();
			stream.proposed = Some((Self::rate(meanwhile), Self::rate(then)));
		}
		it.cover()?;
		let then: u64 = it.streams.values().map(TestStream::then).sum();
		Bills::insert(bill, it);
		Ok((then - closing).into())
	}

	fn retract(bill: Bill) {
		change(bill, |it| {
			it.streams.retain(|_, stream| stream.rate > 0);
			it.streams.values_mut().for_each(|stream| stream.proposed = None);
		});
	}

	fn agree(bill: Bill) {
		change(bill, |it| {
			for stream in it.streams.values_mut() {
				let Some((meanwhile, then)) = stream.proposed.take() else { continue };
				stream.rate = stream.rate.max(meanwhile);
				stream.next = Some(then);
				stream.asked = true;
			}
		});
	}

	fn ask(bill: Bill) {
		change(bill, |it| it.streams.values_mut().for_each(|stream| stream.asked = true));
	}

	fn answer(bill: Bill, node: NodeId) {
		change_one(bill, node, |stream| (stream.asked, stream.excused) = (false, false));
	}

	fn arrive(bill: Bill, node: NodeId, _: Option<Usage>) {
		Self::answer(bill, node);
		change_one(bill, node, |stream| stream.rate = stream.next.take().unwrap_or(stream.rate));
	}

	fn excuse(bill: Bill, node: NodeId) {
		change_one(bill, node, |stream| stream.excused = true);
	}

	fn close(bill: Bill, node: NodeId) {
		let mut it = Bills::take(bill).expect("the bill is open");
		it.streams.remove(&node).expect("the stream is open");
		if it.streams.is_empty() {
			assert_eq!(Self::pay(VAULT, it.payer, it.advance), Ok(()));
		} else {
			Bills::insert(bill, it);
		}
	}
}

fn change(bill: Bill, change: impl FnOnce(&mut TestBill)) {
	Bills::mutate(bill, |it| change(it.as_mut().expect("the bill is open")));
}

fn change_one(bill: Bill, node: NodeId, with: impl FnOnce(&mut TestStream)) {
	change(bill, |it| with(it.streams.get_mut(&node).expect("the stream is open")));
}
