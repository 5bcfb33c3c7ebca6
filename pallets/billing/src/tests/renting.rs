//! Whole nodes cost half.

use super::world::*;
use crate::*;
use grid_primitives::{ports::Bill, spec::Usage};
use proptest::prelude::*;

#[test]
fn a_rented_node_costs_half() {
	world(|| {
		let bill = Bill::Rental(1);
		assert_eq!(try_open(bill, BOB, &[(1, usage(8_000, 32, 1_000, 2_400))]), Ok(575_000));
		// Eight units of compute, and five and two of storage: 1 150 000, and half of it.
		assert_eq!(stream(bill, 1).rate.usd, 575_000);
		assert_eq!(held(BOB), 5_750_000);
		pass(2 * HOUR);
		assert_eq!(RICH - total(BOB), 11_500_000);
		close_all(bill);
		check_empty();
	});
}

#[test]
fn the_rent_and_a_contract_are_two_bills() {
	world(|| {
		let rental = Bill::Rental(1);
		assert_eq!(try_open(rental, BOB, &[(1, cores(8))]), Ok(400_000));
		// What is on a rented node costs its addresses.
		let contract = start(1, BOB, &[(1, Usage { public_v4: 1, ..Default::default() })]);
		pass(HOUR);
		close_all(rental);
		assert_eq!(nodes_of(contract), vec![1]);
		close_all(contract);
		assert_eq!(RICH - total(BOB), 4_000_000 + 400_000);
		check_empty();
	});
}

proptest! {
	#[test]
	fn half_is_rounded_up(cru in 0u64..100_000, mru in 0u64..500, compute in 0u64..1_000) {
		world(|| {
			ThePrices::set(Prices { compute, ..PRICES });
			let usage = usage(cru, mru, 0, 0);
			let whole = rates::rate(&usage, &Money::prices(), false);
			let half = Money::rate_for(Bill::Rental(1), 1, &usage);
			// Twice the price, halved, is what it is without a detour.
			ThePrices::set(Prices { compute: 2 * compute, ..PRICES });
			assert_eq!(Money::rate_for(Bill::Rental(1), 1, &usage), whole);
			assert_eq!(half, whole.div_ceil(2));
		});
	}
}
