//! A meter with a price so simple that it can be told by heart.

use super::world::*;
use frame_support::traits::{fungible::Mutate, tokens::Preservation};
use grid_primitives::{
	ports::{Bill, Meter, NotFunded, Quote},
	spec::Usage,
	NodeId,
};
use std::collections::BTreeMap;

/// A bill of the test meter.
#[derive(Default, codec::Encode, codec::Decode, Clone, Debug, PartialEq)]
pub(super) struct TestBill {
	pub payer: u64,
	pub advance: u64,
	/// What each stream costs, and whether it runs.
	pub streams: BTreeMap<NodeId, (u64, bool)>,
}

#[frame_support::storage_alias]
pub(super) type Bills = StorageMap<TestMeter, frame_support::Blake2_128Concat, Bill, TestBill>;

/// Where the advances are.
pub(super) const VAULT: u64 = 999;

/// Takes one for each core, and five for each public address. The advance is that for ten times.
pub struct TestMeter;

impl frame_support::traits::StorageInstance for TestMeter {
	const STORAGE_PREFIX: &'static str = "Bills";
	fn pallet_prefix() -> &'static str {
		"TestMeter"
	}
}

impl TestMeter {
	fn rate(usage: &Usage) -> u64 {
		usage.capacity.cru / 1_000 + 5 * u64::from(usage.public_v4 + usage.public_v6)
	}

	fn total(usage: &[(NodeId, Usage)]) -> u64 {
		usage.iter().map(|(_, usage)| Self::rate(usage)).sum()
	}

	fn pay(from: u64, to: u64, amount: u64) -> Result<(), NotFunded> {
		Balances::transfer(&from, &to, amount, Preservation::Preserve)
			.map(|_| ())
			.map_err(|_| NotFunded)
	}
}

impl Meter<u64> for TestMeter {
	fn quote(usage: &[(NodeId, Usage)]) -> Quote {
		let per_hour = Self::total(usage).into();
		Quote { usd_per_hour: per_hour, per_hour, prepayment: per_hour * 10 }
	}

	fn open(bill: Bill, payer: &u64, usage: &[(NodeId, Usage)]) -> Result<(), NotFunded> {
		assert!(!Bills::contains_key(bill), "{bill:?} is open");
		let streams = usage.iter().map(|(node, it)| (*node, (Self::rate(it), false))).collect();
		Bills::insert(bill, TestBill { payer: *payer, advance: 0, streams });
		Self::cover(bill, usage)
	}

	fn cover(bill: Bill, usage: &[(NodeId, Usage)]) -> Result<(), NotFunded> {
		let mut it = Bills::get(bill).expect("the bill is open");
		let missing = (Self::total(usage) * 10).saturating_sub(it.advance);
		Self::pay(it.payer, VAULT, missing)?;
		it.advance += missing;
		Bills::insert(bill, it);
		Ok(())
	}

	fn change(bill: Bill, node: NodeId, usage: Usage) {
		Bills::mutate(bill, |it| {
			let it = it.as_mut().expect("the bill is open");
			let runs = it.streams.get(&node).is_some_and(|(_, runs)| *runs);
			it.streams.insert(node, (Self::rate(&usage), runs));
		});
	}

	fn run(bill: Bill, node: NodeId) {
		set_runs(bill, node, true);
	}

	fn pause(bill: Bill, node: NodeId) {
		set_runs(bill, node, false);
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

fn set_runs(bill: Bill, node: NodeId, runs: bool) {
	Bills::mutate(bill, |it| {
		let streams = &mut it.as_mut().expect("the bill is open").streams;
		streams.get_mut(&node).expect("the stream is open").1 = runs;
	});
}
