//! What an hour costs.

use super::world::*;
use crate::{
	rates::{self, rate, MILLION},
	Prices, Shares,
};
use grid_primitives::{capacity::bytes::GIB, spec::Usage, Capacity};
use proptest::prelude::*;
use sp_core::U512;

#[test]
fn the_price_list() {
	let cost = |usage: Usage| rate(&usage, &PRICES, false);
	// One core and 4 GiB are a unit of compute: max(4/4, 1/2) = 1, max(4/8, 1) = 1.
	assert_eq!(cost(usage(1_000, 4, 0, 0)), 100_000);
	// Half as much is half a unit, and eight times as much eight.
	assert_eq!(cost(usage(500, 2, 0, 0)), 50_000);
	assert_eq!(cost(usage(8_000, 32, 0, 0)), 800_000);
	// Much memory: min(max(64/4, 1/2), max(64/8, 1), max(64/2, 1/4)) = 8.
	assert_eq!(cost(usage(1_000, 64, 0, 0)), 800_000);
	// Many cores: min(max(4/4, 16/2), max(4/8, 16), max(4/2, 16/4)) = 4.
	assert_eq!(cost(usage(16_000, 4, 0, 0)), 400_000);
	// Between: min(max(8/4, 1/2), max(8/8, 1), max(8/2, 1/4)) = 1.
	assert_eq!(cost(usage(1_000, 8, 0, 0)), 100_000);
	// Two cores, 4 GiB: min(max(1, 1), max(1/2, 2), max(2, 1/2)) = 1.
	assert_eq!(cost(usage(2_000, 4, 0, 0)), 100_000);
	// Only cores: min(max(0, 4), max(0, 8), max(0, 2)) = 2. Only memory: min(8, 4, 16) = 4.
	assert_eq!(cost(usage(8_000, 0, 0, 0)), 200_000);
	assert_eq!(cost(usage(0, 32, 0, 0)), 400_000);
	// Disks.
	assert_eq!(cost(usage(0, 0, 200, 0)), 50_000);
	assert_eq!(cost(usage(0, 0, 0, 1_200)), 50_000);
	assert_eq!(cost(usage(0, 0, 100, 600)), 50_000);
	// Addresses.
	assert_eq!(cost(Usage { public_v4: 2, ..Default::default() }), 80_000);
	assert_eq!(cost(Usage { public_v6: 3, ..Default::default() }), 30_000);
	// All together, and nothing.
	let all = Usage { public_v4: 1, public_v6: 1, ..usage(1_000, 4, 200, 1_200) };
	assert_eq!(cost(all), 100_000 + 100_000 + 50_000);
	assert_eq!(cost(Usage::default()), PRICES.least, "nothing costs nothing");
}

#[test]
fn certified_nodes_cost_a_quarter_more() {
	assert_eq!(rate(&usage(1_000, 4, 0, 0), &PRICES, true), 125_000);
	let address = Usage { public_v4: 1, ..Default::default() };
	assert_eq!(rate(&address, &PRICES, true), 50_000);
}

#[test]
fn it_is_rounded_up_once() {
	let prices = Prices { compute: 1, storage: 1, public_v4: 1, public_v6: 1, least: 0 };
	// A third and a sixth of a unit of each: a half, not one and one.
	let both = Usage {
		capacity: Capacity { cru: 250, mru: GIB, sru: 50 * GIB, hru: 0 },
		..Default::default()
	};
	assert_eq!(rate(&both, &prices, false), 1);
	assert_eq!(rate(&both, &prices, true), 1);
	// A byte costs something.
	let byte = Usage { capacity: Capacity { hru: 1, ..Capacity::ZERO }, ..Default::default() };
	assert_eq!(rate(&byte, &prices, false), 1);
	// 0.8 of a unit, certified, is exactly 1; a little more is 2.
	let exact = Usage {
		capacity: Capacity { cru: 0, mru: 0, sru: 160 * GIB, hru: 0 },
		..Default::default()
	};
	assert_eq!(rate(&exact, &prices, true), 1);
	let more = Usage { capacity: Capacity { hru: 1, ..exact.capacity }, ..exact };
	assert_eq!(rate(&more, &prices, true), 2);
}

#[test]
fn what_is_too_much_to_count_is_the_most() {
	let all = u64::MAX;
	let most = Usage {
		capacity: Capacity { cru: all, mru: all, sru: all, hru: all },
		public_v4: u32::MAX,
		public_v6: u32::MAX,
	};
	let prices = Prices { compute: all, storage: all, public_v4: all, public_v6: all, least: 0 };
	for certified in [false, true] {
		assert_eq!(rate(&most, &prices, certified), all);
	}
	assert_eq!(rates::owed(all, all), u128::MAX);
	assert_eq!(rates::units(u128::MAX, 0), u128::MAX / 3_600);
	assert_eq!(rates::seconds(u128::MAX, 0, all), all);
	assert_eq!(rates::seconds(0, u128::MAX, 1), 0);
	assert!(rates::advance(u128::MAX, all, 1) <= u128::MAX / 3_600 + 1);
	let mut carry = MILLION - 1;
	let split = rates::split(u128::MAX, &SHARES, &mut carry);
	assert_eq!(split.farm + split.treasury + split.burned, u128::MAX, "nothing is made or lost");
}

/// A fraction, so wide that nothing is rounded.
#[derive(Clone, Copy)]
struct Ratio(U512, U512);

impl Ratio {
	fn of(number: u64, of: u64) -> Self {
		Self(number.into(), of.into())
	}
	fn plus(self, other: Self) -> Self {
		Self(self.0 * other.1 + other.0 * self.1, self.1 * other.1)
	}
	fn times(self, other: Self) -> Self {
		Self(self.0 * other.0, self.1 * other.1)
	}
	fn less(&self, other: &Self) -> bool {
		self.0 * other.1 < other.0 * self.1
	}
	fn max(self, other: Self) -> Self {
		if self.less(&other) {
			other
		} else {
			self
		}
	}
	fn min(self, other: Self) -> Self {
		if self.less(&other) {
			self
		} else {
			other
		}
	}
	fn up(self) -> U512 {
		(self.0 + self.1 - 1) / self.1
	}
}

/// The formula as it is written in the design.
fn oracle(usage: &Usage, prices: &Prices, certified: bool) -> u64 {
	let part = |number: u64| Ratio::of(1, number);
	let c = Ratio::of(usage.capacity.cru, 1_000);
	let [m, h, s] = [usage.capacity.mru, usage.capacity.hru, usage.capacity.sru]
		.map(|bytes| Ratio::of(bytes, GIB));
	let compute = (m.times(part(4)).max(c.times(part(2))))
		.min(m.times(part(8)).max(c))
		.min(m.times(part(2)).max(c.times(part(4))));
	let storage = h.times(part(1_200)).plus(s.times(part(200)));
	let addresses = Ratio::of(usage.public_v4.into(), 1)
		.times(Ratio::of(prices.public_v4, 1))
		.plus(Ratio::of(usage.public_v6.into(), 1).times(Ratio::of(prices.public_v6, 1)));
	let all = compute
		.times(Ratio::of(prices.compute, 1))
		.plus(storage.times(Ratio::of(prices.storage, 1)))
		.plus(addresses);
	let factor = if certified { Ratio::of(5, 4) } else { Ratio::of(1, 1) };
	let all = all.times(factor).up();
	if all > u64::MAX.into() {
		u64::MAX
	} else {
		all.as_u64()
	}
}

fn capacities() -> impl Strategy<Value = Usage> {
	// Up to a thousand cores, 64 TiB of memory and 4 PiB of disks, in whole units and in any.
	let some = |most: u64, unit: u64| {
		prop_oneof![Just(0), 0..=most, (0..=most / unit).prop_map(move |it| it * unit)]
	};
	(
		some(1_000_000, 1_000),
		some(1 << 46, GIB),
		some(1 << 52, GIB),
		some(1 << 52, GIB),
		0u32..300,
		0u32..300,
	)
		.prop_map(|(cru, mru, sru, hru, public_v4, public_v6)| Usage {
			capacity: Capacity { cru, mru, sru, hru },
			public_v4,
			public_v6,
		})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn rates_are_those_of_the_formula(
		usage in capacities(),
		prices in prop_oneof![
			Just(PRICES),
			(0u64..10_000_000, 0u64..10_000_000, 0u64..10_000_000, 0u64..10_000_000).prop_map(
				|(compute, storage, public_v4, public_v6)| Prices {
					compute, storage, public_v4, public_v6, least: 7,
				}
			),
		],
		certified: bool,
	) {
		let expected = oracle(&usage, &prices, certified).max(prices.least);
		prop_assert_eq!(rate(&usage, &prices, certified), expected);
	}

	#[test]
	fn without_its_premium_a_certified_rate_is_that_of_others(
		usage in capacities(),
		prices in (0u64..10_000_000).prop_map(|compute| Prices { compute, ..PRICES }),
	) {
		let plain = rate(&usage, &prices, false);
		let without = rates::without_premium(rate(&usage, &prices, true));
		prop_assert!((plain - 1..=plain).contains(&without), "{without} of {plain}");
	}

	#[test]
	fn an_advance_is_enough_and_not_more(
		rate in 0u128..1 << 70,
		seconds in 0u64..10_000_000,
		price in 1u64..1 << 40,
	) {
		let units = rates::advance(rate, seconds, price);
		let owed = rate * u128::from(seconds) * 10_000_000;
		prop_assert!(rates::parts(units, price) >= owed);
		prop_assert!(units == 0 || rates::parts(units - 1, price) < owed);
		if rate > 0 {
			prop_assert!(rates::seconds(units, rate, price) >= seconds);
			let least = rates::seconds(units, rate, price);
			prop_assert!(rates::advance(rate, least, price) <= units);
			prop_assert!(rates::advance(rate, least + 1, price) > units);
		}
	}

	#[test]
	fn no_part_is_ever_more_than_the_amount(
		farm in 0u32..=1_000_000,
		more in 0u32..=1_000_000,
		carry in 0u32..1_000_000,
		amount in 0u128..1_000,
	) {
		let shares = Shares { farm, treasury: more.min(1_000_000 - farm) };
		let mut carry = carry;
		let split = rates::split(amount, &shares, &mut carry);
		let parts = [split.farm, split.treasury, split.burned];
		prop_assert!(parts.iter().all(|part| *part <= amount), "{parts:?} of {amount}");
		prop_assert_eq!(parts.iter().sum::<u128>(), amount);
	}

	#[test]
	fn many_splits_are_one(
		amounts in prop::collection::vec(prop_oneof![0u128..10, 0u128..1 << 60], 0..50),
		farm in 0u32..=MILLION,
		rest in 0u32..=MILLION,
	) {
		let shares = Shares { farm, treasury: rest.min(MILLION - farm) };
		let mut carry = 0;
		let mut sums = [0; 3];
		for amount in &amounts {
			let split = rates::split(*amount, &shares, &mut carry);
			prop_assert_eq!(split.farm + split.treasury + split.burned, *amount);
			for (sum, part) in sums.iter_mut().zip([split.farm, split.treasury, split.burned]) {
				*sum += part;
			}
		}
		let once = rates::split(amounts.iter().sum(), &shares, &mut 0);
		prop_assert_eq!(sums, [once.farm, once.treasury, once.burned]);
	}
}
