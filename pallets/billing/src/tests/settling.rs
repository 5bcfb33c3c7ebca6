//! What is charged, and that it does not matter how often one settles.

use super::world::*;
use crate::*;
use frame_support::assert_ok;
use frame_system::RawOrigin::Signed;
use grid_primitives::{
	ports::{Meter, NotFunded},
	spec::Usage,
	Balance, NodeId,
};
use proptest::prelude::*;

#[test]
fn an_hour_is_held_paid_and_given_back() {
	world(|| {
		let bill = contract(1);
		assert_eq!(try_open(bill, BOB, &[(1, cores(1))]), Ok(100_000));
		assert_eq!(last_event(), Event::Opened { bill, payer: BOB });
		assert_eq!((held(BOB), total(BOB)), (1_000_000, RICH));
		assert_eq!(account(bill).due, Some(START + HOUR));
		wait(HOUR);
		assert_eq!(standing(bill).owed, 1_000_000);
		settle(bill);
		assert_eq!(last_event(), Event::Settled { bill, paid: 1_000_000, old_price: false });
		assert_eq!(held(BOB), 1_000_000, "the advance is filled up");
		assert_eq!(total(BOB), RICH - 1_000_000);
		assert_eq!(total(payout_of(1)), ED + 700_000);
		assert_eq!(total(TREASURY), ED + 200_000);
		assert_eq!(Burned::<Test>::get(), 100_000);
		Money::close(bill, 1);
		assert_eq!(last_event(), Event::Closed { bill, refunded: 1_000_000 });
		check_empty();
		assert_eq!(free(BOB), RICH - 1_000_000);
	});
}

#[test]
fn the_agenda_settles_by_itself() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1)), (2, cores(3))]);
		pass(10 * HOUR);
		assert_eq!(RICH - total(BOB), 40_000_000);
		let settled = events().iter().filter(|it| matches!(it, Event::Settled { .. })).count();
		assert_eq!(settled, 10, "once an hour");
		assert_eq!(account(bill).due, Some(now() + HOUR));
		close_all(bill);
		check_empty();
	});
}

#[test]
fn what_is_reserved_costs_whether_it_runs_or_not() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1)), (2, cores(1))]);
		Money::answer(bill, 2);
		pass(3 * HOUR);
		Money::close(bill, 2);
		assert_eq!(total(BOB), RICH - 6_000_000, "both");
		pass(3 * HOUR);
		Money::close(bill, 1);
		assert_eq!(total(BOB), RICH - 9_000_000);
		check_empty();
	});
}

#[test]
fn nothing_before_the_start_is_paid() {
	world(|| {
		// Forty seconds after a heartbeat, of a node that was there for long.
		wait(DAY + 40);
		let bill = start(1, BOB, &[(1, cores(1))]);
		assert_eq!(stream(bill, 1).from, Some(proven(1) + 40));
		wait(20);
		settle(bill);
		assert_eq!(RICH - total(BOB), price_of(100_000, 20, CENTS_10));
		close_all(bill);
	});
}

#[test]
fn what_closes_is_paid_to_the_second() {
	world(|| {
		wait(10);
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(37);
		beat(1);
		wait(5);
		close_all(bill);
		assert_eq!(RICH - total(BOB), price_of(100_000, 42, CENTS_10));
		check_empty();
	});
}

#[test]
fn a_bill_closes_with_its_last_stream() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1)), (2, cores(2)), (3, cores(3))]);
		wait(HOUR / 2);
		Money::close(bill, 2);
		assert_eq!(RICH - total(BOB), 1_000_000);
		assert_eq!(account(bill).streams.len(), 2);
		assert_eq!(stream(bill, 1).owed, 0, "others are not touched");
		wait(HOUR / 2);
		Money::close(bill, 3);
		Money::close(bill, 1);
		assert_eq!(RICH - total(BOB), 5_000_000);
		check_empty();
		Money::close(bill, 1);
		Money::answer(bill, 1);
		Money::excuse(bill, 1);
		Money::arrive(bill, 1, None);
		Money::ask(bill);
		Money::agree(bill);
		Money::retract(bill);
		check_empty();
	});
}

#[test]
fn a_stream_that_is_not_there_changes_nothing() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		let before = account(bill);
		Money::close(bill, 2);
		Money::answer(bill, 2);
		Money::excuse(bill, 2);
		Money::arrive(bill, 2, None);
		Money::agree(bill);
		Money::retract(bill);
		assert_eq!(account(bill), before);
		assert_eq!(nodes_of(bill), vec![1]);
	});
}

#[test]
fn what_cannot_be_paid_in_advance_is_not_opened() {
	world(|| {
		let whole = 10 * TFT - ED;
		let units = u64::try_from(whole / 1_000_000).expect("they are few");
		assert_eq!(try_open(contract(1), POOR, &[(1, cores(units + 1))]), Err(NotFunded));
		check_empty();
		assert_eq!(try_open(contract(1), DUST, &[(1, cores(1))]), Err(NotFunded));
		assert_eq!(try_open(contract(1), 77, &[(1, cores(1))]), Err(NotFunded));
		check_empty();
		assert!(try_open(contract(1), POOR, &[(1, cores(units))]).is_ok());
	});
}

#[test]
fn nothing_costs_nothing() {
	world(|| {
		assert_eq!(try_open(contract(1), DUST, &[(1, Usage::default())]), Err(NotFunded));
		let bill = start(1, BOB, &[(1, Usage::default())]);
		assert_eq!(stream(bill, 1).rate.usd, PRICES.least);
		pass(10 * HOUR);
		close_all(bill);
		assert_eq!(RICH - total(BOB), price_of(PRICES.least, 10 * HOUR, CENTS_10));
	});
}

#[test]
fn quotes_are_what_is_held_and_charged() {
	world(|| {
		Certified::set([2].into());
		let usage = vec![(1, usage(1_500, 3, 7, 0)), (2, usage(100, 9, 0, 5)), (3, cores(1))];
		TheGrace::set(2 * HOUR as u32);
		let quote = Money::quote(usage.clone());
		assert_eq!(quote.usd_per_hour, 76_750 + 140_886 + 100_000);
		let bill = start(1, BOB, &usage);
		assert_eq!(held(BOB), quote.advance + quote.grace);
		let standing = standing(bill);
		assert_eq!(
			(standing.usd_per_hour, standing.per_hour),
			(quote.usd_per_hour, quote.per_hour)
		);
		wait(HOUR);
		close_all(bill);
		assert_eq!(RICH - total(BOB), quote.per_hour);
		assert_eq!(Money::cost(usage, HOUR), quote.per_hour);
	});
}

#[test]
fn anyone_settles_and_nothing_twice() {
	world(|| {
		let none = Money::settle(Signed(CAROL).into(), contract(1)).expect_err("there is none");
		assert_eq!(none.error, Error::<Test>::NoBill.into());
		assert_eq!(none.post_info.actual_weight, Some(<() as WeightInfo>::serve_nothing()));
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(600);
		let weight = Money::settle(Signed(CAROL).into(), bill).expect("anyone can").actual_weight;
		assert_eq!(weight, Some(<() as WeightInfo>::settle(1)));
		let after = (total(BOB), account(bill));
		assert_ok!(Money::settle(Signed(DUST).into(), bill));
		assert_eq!((total(BOB), account(bill)), after);
	});
}

#[test]
fn less_than_a_unit_stays_owed() {
	world(|| {
		// An hour costs three units and a third.
		let (price, rate) = (3_000_000u64, 1u64);
		token_price(price);
		ThePrices::set(Prices { compute: rate, ..PRICES });
		let bill = start(1, BOB, &[(1, cores(1))]);
		let mut parts = 0u128;
		for _ in 0..50 {
			wait(61);
			settle(bill);
			parts = Balance::from(rate) * Balance::from(proven(1)) * 10_000_000;
			assert_eq!(RICH - total(BOB), parts / (3_600 * Balance::from(price)));
		}
		assert_eq!(stream(bill, 1).owed, parts % (3_600 * Balance::from(price)));
		close_all(bill);
	});
}

#[test]
fn huge_rates_and_tiny_prices_make_and_lose_nothing() {
	world(|| {
		let all = u64::MAX;
		ThePrices::set(Prices {
			compute: all,
			storage: all,
			public_v4: all,
			public_v6: all,
			least: all,
		});
		assert_eq!(try_open(contract(1), BOB, &[(1, cores(1_000))]), Err(NotFunded));
		token_price(all);
		let bill = start(1, BANK, &[(1, usage(1_000_000_000, 1 << 30, 1 << 30, 1 << 30))]);
		assert_eq!(stream(bill, 1).rate.usd, all);
		wait(HOUR / 2);
		token_price(1);
		settle(bill);
		assert_eq!(free(BANK), ED, "all is taken, and no more");
		assert_eq!(held(BANK), 0);
		assert_eq!(heard(), vec!["paused"]);
		check();
		pass(2 * DAY);
		assert_eq!(heard(), vec!["ended"]);
		check_empty();
	});
}

/// What somebody paid, what the farms have, the treasury, and what was burned.
type Sums = (Balance, Vec<Balance>, Balance, Balance);

fn run_in_pieces(usage: &[(NodeId, Usage)], price: u64, pieces: &[u64], tops: bool) -> Sums {
	world(|| {
		token_price(price);
		let bill = start(1, BANK, usage);
		let before = total(BANK);
		for piece in pieces {
			wait(*piece);
			if tops {
				top_up(BANK, bill, 1);
			} else {
				settle(bill);
			}
			check();
		}
		close_all(bill);
		check_empty();
		let farms = (1..=4).map(|farm| total(payout_of(farm))).collect();
		(before - total(BANK), farms, total(TREASURY), Burned::<Test>::get())
	})
}

fn some_usage() -> impl Strategy<Value = Usage> {
	(0u64..32_000, 0u64..128, 0u64..3_000, 0u64..9_000, 0u32..3, 0u32..3).prop_map(
		|(cru, memory, sru, hru, public_v4, public_v6)| Usage {
			public_v4,
			public_v6,
			..usage(cru, memory, sru, hru)
		},
	)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn a_thousand_settlements_are_one(
		usage in prop::collection::vec(some_usage(), 1..4),
		price in prop_oneof![1_000u64..10_000_000, 1u64 << 36..1 << 44],
		minutes in 1u64..6_000,
		cuts in prop::collection::vec(0u64..1_000_000, 0..30),
		tops: bool,
	) {
		let seconds = minutes * 60;
		let usage: Vec<_> = (1..).zip(usage).collect();
		let once = run_in_pieces(&usage, price, &[seconds], false);
		let mut cuts: Vec<u64> = cuts.into_iter().map(|cut| cut % (seconds + 1)).collect();
		cuts.extend([0, seconds]);
		cuts.sort();
		let pieces: Vec<u64> = cuts.windows(2).map(|two| two[1] - two[0]).collect();
		let often = run_in_pieces(&usage, price, &pieces, tops);
		prop_assert_eq!(&once, &often);
		let cost = world(|| {
			token_price(price);
			Money::cost(usage, seconds)
		});
		prop_assert_eq!(once.0, cost, "what is charged is what was said");
	}
}

#[test]
fn seven_or_a_thousand_settlements_are_one() {
	let usage = [(1, usage(1_234, 3, 17, 5)), (2, cores(3))];
	let price = 123_456_789;
	let once = run_in_pieces(&usage, price, &[7_000 * 60], false);
	assert_eq!(once, run_in_pieces(&usage, price, &[1_000 * 60; 7], false));
	assert_eq!(once, run_in_pieces(&usage, price, &[7 * 60; 1_000], false));
	assert_eq!(once, run_in_pieces(&usage, price, &[7 * 60; 1_000], true));
	assert!(once.0 > 0);
}
