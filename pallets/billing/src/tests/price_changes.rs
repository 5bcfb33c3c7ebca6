//! What changes when prices do.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::ports::{Meter, NotFunded};
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn the_rate_of_what_runs_is_fixed() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(HOUR / 2);
		ThePrices::set(Prices { compute: 300_000, ..PRICES });
		Certified::set([1].into());
		wait(HOUR / 2);
		settle(bill);
		assert_eq!(RICH - total(BOB), 1_000_000);
		Money::answer(bill, 1);
		Money::excuse(bill, 1);
		Money::arrive(bill, 1, None);
		assert_eq!(stream(bill, 1).rate, Rate { usd: 100_000, certified: None });
		assert_eq!(Money::prices().compute, 300_000);
		// A change takes what is said now.
		assert_eq!(try_propose(bill, &[(1, cores(1))]), Ok(375_000));
		Money::agree(bill);
		Money::arrive(bill, 1, None);
		assert_eq!(stream(bill, 1).rate, Rate { usd: 375_000, certified: Some(HOUR) });
		wait(HOUR);
		close_all(bill);
		assert_eq!(RICH - total(BOB), 4_750_000);
	});
}

#[test]
fn a_new_price_of_the_token_is_for_all_that_is_owed() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(HOUR / 2);
		settle(bill);
		wait(HOUR / 2);
		token_price(2 * CENTS_10);
		assert_eq!(last_event(), Event::TokenPriceSet { usd: 2 * CENTS_10 });
		let standing = standing(bill);
		assert_eq!((standing.owed, standing.per_hour), (250_000, 500_000));
		settle(bill);
		assert_eq!(RICH - total(BOB), 750_000);
		assert_eq!(account(bill).due, Some(now() + HOUR));
		close_all(bill);
		assert_eq!(held(BOB), 0, "what was too much is back");
	});
}

#[test]
fn what_is_less_than_a_unit_keeps_its_worth() {
	world(|| {
		token_price(3_000_000);
		ThePrices::set(Prices { compute: 1, ..PRICES });
		let bill = start(1, BOB, &[(1, cores(1))]);
		// In two hours 6.67 units: what is left of the seventh is worth 6.67 when a token is
		// worth a tenth.
		wait(2 * HOUR);
		settle(bill);
		assert_eq!(RICH - total(BOB), 6);
		token_price(300_000);
		settle(bill);
		assert_eq!(RICH - total(BOB), 6 + 6);
		close_all(bill);
	});
}

#[test]
fn an_old_price_is_used_and_said() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(DAY);
		settle(bill);
		assert!(matches!(last_event(), Event::Settled { old_price: false, .. }));
		let price = TokenPrice { usd: CENTS_10, set: START };
		assert_eq!(Money::token_price(), Some((price, false)));
		assert!(!standing(bill).stale_price);
		wait(60);
		assert_eq!(Money::token_price(), Some((price, true)));
		assert!(standing(bill).stale_price);
		settle(bill);
		assert_eq!(
			last_event(),
			Event::Settled { bill, paid: 16_666, old_price: true },
			"at the price that was"
		);
		wait(60);
		Money::close(bill, 1);
		assert!(events().contains(&Event::Settled { bill, paid: 16_667, old_price: true }));
	});
}

#[test]
fn the_first_price_is_as_old_as_time() {
	world(|| {
		Price::<Test>::put(TokenPrice { usd: CENTS_10, set: 0 });
		assert_eq!(Money::token_price().map(|(_, old)| old), Some(true));
	});
}

#[test]
fn without_a_price_nothing_can_be_bought() {
	world(|| {
		let running = start(1, BOB, &[(2, cores(1))]);
		close_all(running);
		Price::<Test>::kill();
		assert_eq!(Money::token_price(), None);
		assert_eq!(try_open(contract(1), BOB, &[(1, cores(1))]), Err(NotFunded));
	});
}

#[test]
fn governance_says_what_a_token_is_worth() {
	world(|| {
		assert_noop!(Money::set_token_price(Signed(BOB).into(), 5), BadOrigin);
		assert_noop!(Money::set_token_price(Root.into(), 0), Error::<Test>::BadPrice);
		assert_ok!(Money::set_token_price(Root.into(), u64::MAX));
		assert_eq!(Price::<Test>::get(), Some(TokenPrice { usd: u64::MAX, set: now() }));
	});
}

#[test]
fn a_longer_advance_is_held_from_the_next_settlement_on() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		TheAdvance::set(2 * HOUR);
		wait(HOUR);
		settle(bill);
		assert_eq!((held(BOB), account(bill).due), (2_000_000, Some(now() + 2 * HOUR)));
		TheAdvance::set(HOUR);
		wait(HOUR);
		settle(bill);
		assert_eq!((held(BOB), account(bill).due), (1_000_000, Some(now() + HOUR)));
		close_all(bill);
	});
}
