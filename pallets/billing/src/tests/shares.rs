//! Who gets what.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::{ports::Bill, Balance};
use proptest::prelude::*;

/// A farm whose payout account has nothing.
const NEW_FARMER: u64 = 1_005;

/// Half a unit of compute on the farm that is new: a minute is 8 333 units, of which 5 833 are for
/// the farm. That is less than the existential deposit.
fn new_farm() -> Bill {
	Clocks::insert(5, Clock { proven: 0, last_beat: now(), dark: false });
	start(1, BOB, &[(5, usage(500, 2, 0, 0))])
}

#[test]
fn each_farm_is_paid_for_its_own_nodes() {
	world(|| {
		FarmsOf::set([(3, Some(2)), (4, None)].into());
		let all = [(1, cores(1)), (2, cores(2)), (3, cores(4)), (4, cores(8))];
		let bill = start(1, BOB, &all);
		wait(HOUR);
		close_all(bill);
		assert_eq!(total(payout_of(1)), ED + 700_000);
		assert_eq!(total(payout_of(2)), ED + 6 * 700_000);
		assert_eq!(total(payout_of(3)), ED);
		// What is for a farm that is gone is the treasury's.
		assert_eq!(total(TREASURY), ED + 15 * 200_000 + 8 * 700_000);
		assert_eq!(Burned::<Test>::get(), 15 * 100_000);
	});
}

#[test]
fn a_farmer_pays_himself() {
	world(|| {
		Payouts::set([(1, BOB), (2, TREASURY), (3, BOB)].into());
		let bill = start(1, BOB, &[(1, cores(1)), (2, cores(1))]);
		pass(2 * HOUR);
		close_all(bill);
		assert_eq!(RICH - total(BOB), 4_000_000 - 2 * 700_000);
		assert_eq!(total(TREASURY), ED + 4 * 200_000 + 2 * 700_000);
		check_empty();
	});
}

#[test]
fn a_share_that_cannot_be_received_waits_and_grows() {
	world(|| {
		let bill = new_farm();
		wait(60);
		settle(bill);
		assert!(events().contains(&Event::ShareWaits { payee: NEW_FARMER, amount: 5_833 }));
		assert_eq!(last_event(), Event::Settled { bill, paid: 8_333, old_price: false });
		assert_eq!((Unpaid::<Test>::get(NEW_FARMER), total(NEW_FARMER)), (5_833, 0));
		assert_eq!(total(WAITING), ED + 5_833);
		check();
		let none = Money::pay_share(Signed(BOB).into(), NEW_FARMER);
		assert_noop!(none, Error::<Test>::NothingWaits);
		wait(60);
		settle(bill);
		// Both together are enough for an account.
		assert!(events().contains(&Event::SharePaid { payee: NEW_FARMER, amount: 11_666 }));
		assert_eq!((Unpaid::<Test>::get(NEW_FARMER), total(NEW_FARMER)), (0, 11_666));
		assert_eq!(total(WAITING), ED);
		wait(60);
		settle(bill);
		assert_eq!(total(NEW_FARMER), 17_500);
		assert_eq!(total(WAITING), ED);
		close_all(bill);
	});
}

#[test]
fn a_share_that_waits_is_paid_on_demand() {
	world(|| {
		let bill = new_farm();
		wait(60);
		close_all(bill);
		pay(CAROL, NEW_FARMER, ED);
		assert_ok!(Money::pay_share(Signed(DUST).into(), NEW_FARMER));
		assert_eq!(last_event(), Event::SharePaid { payee: NEW_FARMER, amount: 5_833 });
		assert_eq!(total(NEW_FARMER), ED + 5_833);
		let again = Money::pay_share(Signed(DUST).into(), NEW_FARMER);
		assert_noop!(again, Error::<Test>::NothingWaits);
		assert_noop!(Money::pay_share(Signed(DUST).into(), BOB), Error::<Test>::NothingWaits);
	});
}

#[test]
fn what_waits_is_paid_with_the_next_share() {
	world(|| {
		let bill = new_farm();
		wait(60);
		settle(bill);
		pay(CAROL, NEW_FARMER, ED);
		wait(60);
		settle(bill);
		assert_eq!(total(NEW_FARMER), ED + 11_666);
		assert_eq!(Unpaid::<Test>::iter().count(), 0);
		close_all(bill);
	});
}

#[test]
fn a_treasury_without_an_account_waits_too() {
	world(|| {
		assert_ok!(pallet_balances::Pallet::<Test>::transfer_allow_death(
			Signed(TREASURY).into(),
			BANK,
			ED
		));
		FarmsOf::set([(1, None)].into());
		let bill = start(1, BOB, &[(1, usage(500, 2, 0, 0))]);
		wait(60);
		settle(bill);
		// 8 333: 5 833 in place of the farm and 1 666 for itself.
		assert_eq!(Unpaid::<Test>::get(TREASURY), 7_499);
		wait(60);
		settle(bill);
		assert_eq!((Unpaid::<Test>::get(TREASURY), total(TREASURY)), (0, 14_999));
		close_all(bill);
	});
}

#[test]
fn all_can_go_to_one() {
	let cases = [(0, 0), (1_000_000, 0), (0, 1_000_000), (u32::MAX, u32::MAX)];
	for (farm, treasury) in cases {
		world(|| {
			TheShares::set(Shares { farm, treasury });
			let bill = start(1, BOB, &[(1, cores(1))]);
			wait(HOUR);
			close_all(bill);
			let burned = if (farm, treasury) == (0, 0) { 1_000_000 } else { 0 };
			assert_eq!(Burned::<Test>::get(), burned);
			let farm = if farm > 0 { 1_000_000 } else { 0 };
			assert_eq!(total(payout_of(1)), ED + farm);
			assert_eq!(total(TREASURY), ED + 1_000_000 - burned - farm);
		});
	}
}

fn received(who: u64) -> Balance {
	total(who) + Unpaid::<Test>::get(who)
}

/// What each payee has and waits for, and what was burned, after so many minutes.
fn outcome(payouts: &[u64], sizes: &[u64], minutes: u64, often: &[bool]) -> Vec<Balance> {
	world(|| {
		let sizes = &sizes[..payouts.len()];
		Payouts::set((1..).zip(payouts.iter().copied()).collect());
		let plan: Vec<_> =
			(1..).zip(sizes).map(|(node, size)| (node, usage(*size, 0, 0, 0))).collect();
		let bill = start(1, BANK, &plan);
		for minute in 0..minutes {
			wait(60);
			if often.get(minute as usize % often.len().max(1)) == Some(&true) {
				settle(bill);
			}
		}
		close_all(bill);
		check_empty();
		let payees = (2_000..2_004).chain([TREASURY]);
		payees.map(received).chain([Burned::<Test>::get()]).collect()
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(48))]

	#[test]
	fn shares_are_the_same_however_one_settles(
		payouts in prop::collection::vec(2_000u64..2_004, 1..5),
		sizes in prop::collection::vec(1u64..3_000, 4),
		minutes in 1u64..40,
		often in prop::collection::vec(any::<bool>(), 1..10),
	) {
		let once = outcome(&payouts, &sizes, minutes, &[]);
		prop_assert_eq!(once, outcome(&payouts, &sizes, minutes, &often));
	}

	#[test]
	fn shares_that_change_lose_nothing(
		steps in prop::collection::vec((0u32..=1_000_000, 0u32..=1_000_000, 1u64..500), 1..20),
	) {
		world(|| {
			let bill = start(1, BOB, &[(1, usage(77, 0, 3, 0)), (5, usage(501, 1, 0, 2))]);
			for (farm, treasury, seconds) in steps {
				TheShares::set(Shares { farm, treasury: treasury.min(1_000_000 - farm) });
				let before = total(BOB);
				let gained = |then: Balance| {
					let all = [payout_of(1), payout_of(5), TREASURY].map(received);
					all.iter().sum::<Balance>() + Burned::<Test>::get() - then
				};
				let then = gained(0);
				wait(seconds);
				settle(bill);
				assert_eq!(before - total(BOB), gained(then));
				check();
			}
			close_all(bill);
		});
	}
}
