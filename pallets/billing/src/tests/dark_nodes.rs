//! No proof of availability, no charge.

use super::world::*;
use proptest::prelude::*;

#[test]
fn a_node_that_goes_dark_earns_nothing() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		pass(HOUR / 2);
		dark(1, true);
		pass(5 * HOUR);
		assert_eq!(RICH - total(BOB), 500_000);
		assert_eq!(heard(), Vec::<&str>::new(), "nobody is in arrears");
		dark(1, false);
		assert_eq!(proven(1), HOUR / 2, "the gap proves nothing");
		pass(HOUR / 2);
		settle(bill);
		assert_eq!(RICH - total(BOB), 1_000_000);
		close_all(bill);
		check_empty();
	});
}

#[test]
fn a_short_silence_is_paid_when_it_is_proven() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		dark(1, true);
		wait(300);
		settle(bill);
		assert_eq!(total(BOB), RICH);
		dark(1, false);
		settle(bill);
		assert_eq!(RICH - total(BOB), price_of(100_000, 300, CENTS_10));
		close_all(bill);
	});
}

#[test]
fn only_the_nodes_that_are_there_are_paid() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1)), (2, cores(1))]);
		dark(2, true);
		pass(DAY);
		settle(bill);
		assert_eq!(RICH - total(BOB), 24_000_000);
		assert_eq!(total(payout_of(2)), ED);
		close_all(bill);
	});
}

#[test]
fn what_starts_on_a_dark_node_costs_nothing_until_it_is_back() {
	world(|| {
		dark(1, true);
		wait(DAY);
		let bill = start(1, BOB, &[(1, cores(1))]);
		pass(DAY);
		assert_eq!(total(BOB), RICH);
		dark(1, false);
		wait(HOUR);
		settle(bill);
		assert_eq!(RICH - total(BOB), 1_000_000);
		close_all(bill);
	});
}

#[test]
fn a_start_in_a_silence_that_is_never_proven_costs_at_most_that_later() {
	// What runs is paid from the second that the next heartbeat would have proven. If it proves
	// nothing, as many seconds are not paid after it. However often one settles.
	for settles in [false, true] {
		world(|| {
			wait(10 * HOUR);
			dark(1, true);
			wait(250);
			let bill = start(1, BOB, &[(1, cores(1))]);
			wait(HOUR);
			dark(1, false);
			for _ in 0..60 {
				wait(60);
				if settles {
					settle(bill);
				}
			}
			settle(bill);
			assert_eq!(RICH - total(BOB), price_of(100_000, HOUR - 250, CENTS_10));
			close_all(bill);
		});
	}
}

#[test]
fn a_counter_that_goes_nowhere_or_back_is_no_harm() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1)), (99, cores(1))]);
		wait(HOUR);
		settle(bill);
		Clocks::insert(1, Clock { proven: 5, last_beat: 0, dark: true });
		pass(3 * HOUR);
		settle(bill);
		assert_eq!(RICH - total(BOB), 1_000_000);
		close_all(bill);
		check_empty();
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn gaps_are_never_paid_however_one_settles(
		times in prop::collection::vec((1u64..2_000, any::<bool>(), any::<bool>()), 1..30),
	) {
		world(|| {
			let bill = start(1, BOB, &[(1, cores(3))]);
			let mut lit = true;
			for (seconds, light, settles) in times {
				if light != lit {
					dark(1, !light);
					lit = light;
				}
				wait(seconds);
				if settles {
					settle(bill);
				}
			}
			close_all(bill);
			assert_eq!(RICH - total(BOB), price_of(300_000, this_second(1), CENTS_10));
			check_empty();
		});
	}
}
