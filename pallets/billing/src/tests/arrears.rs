//! What happens when there is no money.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok, weights::Weight};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	ports::{Bill, Meter},
	Balance,
};
use proptest::prelude::*;

/// Poor, with so much left beside the advance and a day of grace of one unit of compute.
fn poor(left: Balance) -> Bill {
	TheGrace::set(DAY as u32);
	let bill = start(1, POOR, &[(1, cores(1))]);
	leave(POOR, ED + left);
	bill
}

#[test]
fn it_pauses_at_the_second_at_which_only_the_grace_is_left() {
	for left in [0, 1, 500_000, 1_234_567] {
		world(|| {
			let bill = poor(left);
			assert_eq!(heard(), Vec::<&str>::new());
			let seconds = ((1_000_000 + left) * 3_600 / 1_000_000) as u64;
			assert_eq!(standing(bill).pauses, Some(START + seconds));
			assert!(standing(bill).ends.is_some_and(|it| it - START - seconds - DAY <= 1));
			pass(seconds - 2);
			assert_eq!(account(bill).paused, None, "it has {left}");
			pass(4);
			let since = account(bill).paused.expect("there is no money");
			assert!(since.abs_diff(START + seconds) <= 2, "{since} with {left}");
			assert_eq!(heard(), vec!["paused"]);
			assert_eq!(last_event(), Event::Paused { bill });
			let standing = standing(bill);
			assert_eq!((standing.pauses, standing.paused), (None, Some(since)));
			assert!(standing.ends.expect("it will").abs_diff(since + DAY) <= 4);
			close_all(bill);
			check_empty();
		});
	}
}

#[test]
fn a_dark_node_does_not_use_the_money_up() {
	world(|| {
		let bill = poor(0);
		dark(1, true);
		pass(10 * HOUR);
		assert_eq!(heard(), Vec::<&str>::new());
		dark(1, false);
		pass(HOUR - 2);
		assert_eq!(heard(), Vec::<&str>::new());
		pass(4);
		assert_eq!(heard(), vec!["paused"]);
		close_all(bill);
	});
}

#[test]
fn the_grace_pays_for_what_stays_reserved() {
	world(|| {
		let bill = poor(0);
		pass(HOUR);
		let before = (total(POOR), total(payout_of(1)));
		pass(12 * HOUR);
		settle(bill);
		assert!(account(bill).paused.is_some());
		assert_eq!(before.0 - total(POOR), 12_000_000);
		assert_eq!(total(payout_of(1)) - before.1, 12 * 700_000);
		close_all(bill);
		assert_eq!(free(POOR) - ED, 12_000_000, "the rest comes back");
		check_empty();
	});
}

#[test]
fn a_third_party_brings_it_back() {
	world(|| {
		let bill = poor(0);
		pass(HOUR + 60);
		let missing = standing(bill).missing;
		assert!((1_000_000..1_034_000).contains(&missing), "an hour, and what was used: {missing}");
		top_up(CAROL, bill, 400_000);
		assert!(events().contains(&Event::ToppedUp { bill, by: CAROL, amount: 400_000 }));
		assert_eq!(standing(bill).missing, missing - 400_000);
		assert_eq!(heard(), vec!["paused"]);
		top_up(CAROL, bill, missing - 400_001);
		assert_eq!(standing(bill).missing, 1);
		assert!(account(bill).paused.is_some());
		top_up(CAROL, bill, 1);
		assert_eq!(heard(), vec!["resumed"]);
		assert_eq!(last_event(), Event::Resumed { bill });
		assert_eq!(RICH - total(CAROL), missing);
		let standing = standing(bill);
		assert_eq!((standing.held, standing.missing, standing.paused), (25_000_000, 0, None));
		assert_eq!(standing.due, Some(now() + HOUR));
		close_all(bill);
	});
}

#[test]
fn a_token_that_loses_its_worth_shortens_the_grace() {
	world(|| {
		let bill = poor(0);
		wait(HOUR / 2);
		// It loses nine tenths: the half hour costs five, and two hours are left.
		token_price(CENTS_10 / 10);
		settle(bill);
		assert_eq!(heard(), vec!["paused"]);
		assert_eq!(held(POOR), 20_000_000);
		let before = standing(bill);
		assert_eq!(before.ends, Some(now() + 2 * HOUR));
		assert_eq!((before.owed, before.missing), (0, 230_000_000));
		pay(BANK, POOR, 229_999_999);
		settle(bill);
		assert_eq!(heard(), Vec::<&str>::new());
		assert_eq!(held(POOR), 20_000_000, "what is not enough stays with its owner");
		pay(BANK, POOR, 1);
		settle(bill);
		assert_eq!(heard(), vec!["resumed"], "a transfer and one settlement are enough");
		assert_eq!(held(POOR), 250_000_000);
		close_all(bill);
		check_empty();
		assert_eq!(total(payout_of(1)) - ED, 3_500_000, "the farm has all of it");
	});
}

#[test]
fn who_closes_pays_more_than_was_held() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(HOUR / 2);
		token_price(CENTS_10 / 10);
		close_all(bill);
		assert_eq!(RICH - total(BOB), 5_000_000);
		check_empty();
	});
}

#[test]
fn the_existential_deposit_is_never_held() {
	world(|| {
		System::inc_providers(&POOR);
		let bill = start(1, POOR, &[(1, cores(1))]);
		token_price(CENTS_10 / 1_000);
		settle(bill);
		assert_eq!(free(POOR), ED);
		assert_eq!(held(POOR), 10 * TFT - ED);
		close_all(bill);
		check_empty();
	});
}

#[test]
fn it_ends_when_the_grace_is_used_up_though_nobody_settles() {
	world(|| {
		let bill = poor(0);
		pass(HOUR + 10);
		let since = account(bill).paused.expect("only the grace is left");
		pass(since + DAY - 4 - now());
		assert_eq!(heard(), vec!["paused"]);
		pass(8);
		assert_eq!(heard(), vec!["ended"]);
		assert!(events().contains(&Event::Ended { bill }));
		check_empty();
		let earned = total(payout_of(1)) - ED;
		assert!((17_495_000..=17_500_000).contains(&earned), "the farm earned {earned}");
	});
}

#[test]
fn who_has_money_again_does_not_end() {
	world(|| {
		let bill = poor(0);
		pass(HOUR + 10);
		pay(BANK, POOR, TFT);
		pass(2 * HOUR);
		assert_eq!(heard(), vec!["paused", "resumed"]);
		close_all(bill);
	});
}

#[test]
fn grace_is_bounded_paid_in_advance_and_chosen_by_who_pays() {
	world(|| {
		let bill = poor(0);
		let set = |who: u64, seconds| Money::set_grace(Signed(who).into(), bill, seconds);
		let (hour, month) = (HOUR as u32, 30 * DAY as u32);
		assert_noop!(set(BOB, hour), Error::<Test>::NotPayer);
		assert_noop!(set(POOR, month + 1), Error::<Test>::BadGrace);
		let unknown = Money::set_grace(Signed(POOR).into(), contract(2), hour);
		assert_noop!(unknown, Error::<Test>::NoBill);
		assert_noop!(set(POOR, month), Error::<Test>::NotFunded);
		pay(BANK, POOR, 1_000_000_000);
		assert_ok!(set(POOR, month));
		assert_eq!(last_event(), Event::GraceSet { bill, seconds: month });
		assert_eq!(held(POOR), 721_000_000);
		assert_eq!(standing(bill).grace, 720_000_000);
		close_all(bill);
		check_empty();
	});
}

#[test]
fn what_is_held_and_not_needed_is_given_back() {
	world(|| {
		let bill = poor(0);
		let withdraw = |who: u64| Money::withdraw(Signed(who).into(), bill);
		assert_noop!(withdraw(POOR), Error::<Test>::NothingToWithdraw);
		top_up(CAROL, bill, 5_000_000);
		assert_noop!(withdraw(CAROL), Error::<Test>::NotPayer);
		assert_noop!(Money::withdraw(Signed(POOR).into(), contract(2)), Error::<Test>::NoBill);
		wait(HOUR);
		assert_ok!(withdraw(POOR));
		assert_eq!(last_event(), Event::Withdrawn { bill, amount: 4_000_000 });
		assert_eq!(held(POOR), 26_000_000, "with what is owed");
		leave(POOR, ED);
		pass(HOUR - 2);
		assert_eq!(heard(), Vec::<&str>::new());
		pass(4);
		assert_eq!(heard(), vec!["paused"]);
		assert_noop!(withdraw(POOR), Error::<Test>::NothingToWithdraw);
		close_all(bill);
	});
}

#[test]
fn a_shorter_grace_pays_for_a_longer_life() {
	world(|| {
		let bill = poor(0);
		let set = |seconds| Money::set_grace(Signed(POOR).into(), bill, seconds);
		let hour = HOUR as u32;
		assert_ok!(set(2 * hour));
		assert_eq!(standing(bill).pauses, Some(START + 23 * HOUR));
		pass(23 * HOUR - 2);
		assert_eq!(heard(), Vec::<&str>::new());
		pass(4);
		assert_eq!(heard(), vec!["paused"]);
		let ends = standing(bill).ends;
		assert_noop!(set(3 * hour), Error::<Test>::Paused);
		assert_ok!(set(hour));
		assert_eq!(standing(bill).ends, ends, "what is held is used for it");
		check();
		close_all(bill);
	});
}

#[test]
fn what_is_due_cannot_be_put_off() {
	world(|| {
		let bill = poor(0);
		let meddle = || {
			// In each block there is something before the agenda has its turn.
			for _ in 0..3 {
				let due = account(bill).due;
				assert_ok!(Money::set_grace(Signed(POOR).into(), bill, DAY as u32));
				Money::answer(bill, 1);
				Money::ask(bill);
				Money::arrive(bill, 1, None);
				assert_eq!(account(bill).due, due);
				wait(2);
			}
			idle(Weight::MAX);
		};
		wait(HOUR + 2);
		meddle();
		assert_eq!(heard(), vec!["paused"]);
		wait(DAY);
		meddle();
		assert_eq!(heard(), vec!["ended"]);
	});
}

#[test]
fn two_bills_share_what_one_payer_has() {
	world(|| {
		TheGrace::set(DAY as u32);
		let first = start(1, POOR, &[(1, cores(1))]);
		let second = start(2, POOR, &[(2, cores(2))]);
		leave(POOR, ED + 1_000_000);
		assert_eq!(held(POOR), 75_000_000);
		pass(4 * HOUR);
		check();
		let paused = [first, second].map(|bill| account(bill).paused.is_some());
		assert_eq!(paused, [true, true]);
		assert_eq!(free(POOR), ED);
		pay(BANK, POOR, standing(first).missing);
		settle(second);
		settle(first);
		assert_eq!(account(first).paused, None);
		assert!(account(second).paused.is_some());
		check();
		close_all(first);
		settle(second);
		assert_eq!(account(second).paused, None, "what one gave back is there for the other");
		close_all(second);
		check_empty();
	});
}

#[test]
fn top_ups_that_are_refused() {
	world(|| {
		let bill = poor(0);
		let sponsor = |who: u64, bill, amount| {
			Money::sponsor(Signed(who).into(), bill, amount).map_err(|refused| refused.error)
		};
		let own = |origin, bill| Money::top_up(origin, bill, 1).map_err(|refused| refused.error);
		let top_up = |who, amount| sponsor(who, bill, amount);
		assert_noop!(top_up(CAROL, 0), Error::<Test>::BadAmount);
		assert_noop!(top_up(CAROL, RICH - ED + 1), Error::<Test>::BadAmount);
		assert_noop!(top_up(POOR, 1), Error::<Test>::BadAmount);
		assert_noop!(top_up(DUST, 1), Error::<Test>::BadAmount);
		assert_noop!(top_up(77, 1), Error::<Test>::BadAmount);
		assert_noop!(sponsor(CAROL, contract(2), 1), Error::<Test>::NoBill);
		assert_noop!(own(Signed(CAROL).into(), contract(2)), Error::<Test>::NoBill);
		assert_noop!(own(Signed(CAROL).into(), bill), Error::<Test>::NotPayer);
		assert_noop!(own(Root.into(), bill), sp_runtime::DispatchError::BadOrigin);
		assert_ok!(top_up(CAROL, RICH - ED));
		assert_eq!(held(POOR), 25_000_000 + RICH - ED);
		close_all(bill);
		assert_eq!(free(POOR), ED + 25_000_000 + RICH - ED, "the payer has it");
	});
}

#[test]
fn a_payer_tops_up_ahead() {
	world(|| {
		TheGrace::set(DAY as u32);
		let bill = start(1, BOB, &[(1, cores(1))]);
		top_up(BOB, bill, 4_000_000);
		assert_eq!(held(BOB), 29_000_000);
		leave(BOB, ED);
		pass(5 * HOUR - 4);
		assert_eq!(heard(), Vec::<&str>::new());
		pass(8);
		assert_eq!(heard(), vec!["paused"]);
		close_all(bill);
	});
}

#[test]
fn what_hears_of_arrears_may_call_at_once() {
	world(|| {
		Meddles::set(true);
		let bill = poor(0);
		pass(HOUR + 4);
		assert_eq!(heard(), vec!["paused"]);
		assert_eq!(stream(bill, 1).from, None);
		assert!(account(bill).paused.is_some());
		check();
		top_up(CAROL, bill, 2_000_000);
		assert_eq!(heard(), vec!["resumed"]);
		assert!(stream(bill, 1).from.is_some());
		check();
		pass(HOUR);
		close_all(bill);
		check_empty();
	});
}

#[test]
fn what_was_held_for_two_is_enough_for_one() {
	world(|| {
		TheGrace::set(DAY as u32);
		let bill = start(1, POOR, &[(1, cores(1)), (2, cores(1))]);
		leave(POOR, ED);
		pass(HOUR + 10);
		assert_eq!(heard(), vec!["paused"]);
		Money::close(bill, 2);
		settle(bill);
		assert_eq!(heard(), vec!["resumed"]);
		close_all(bill);
		check_empty();
	});
}

#[test]
fn what_cannot_end_at_once_is_asked_again() {
	world(|| {
		TheGrace::set(DAY as u32);
		let bill = Bill::Rental(1);
		assert_eq!(try_open(bill, POOR, &[(1, cores(2))]), Ok(100_000));
		leave(POOR, ED);
		pass(HOUR + 10 + DAY);
		assert_eq!(heard(), vec!["paused", "ended"]);
		pass(HOUR + 2);
		assert_eq!(heard(), vec!["ended"]);
		assert!(account(bill).paused.is_some());
		Money::close(bill, 1);
		check_empty();
	});
}

#[test]
fn a_payer_with_money_on_hold_stays() {
	world(|| {
		TheGrace::set(DAY as u32);
		let bill = start(1, POOR, &[(1, cores(1))]);
		// It can be emptied to the existential deposit, and no further.
		let all = free(POOR);
		let send = |amount| {
			pallet_balances::Pallet::<Test>::transfer_allow_death(Signed(POOR).into(), BANK, amount)
		};
		assert!(send(all).is_err());
		assert_ok!(send(all - ED));
		pass(HOUR + 10);
		assert_eq!(heard(), vec!["paused"]);
		check();
		close_all(bill);
		check_empty();
		assert!(free(POOR) >= ED);
	});
}

#[test]
fn a_payer_whom_something_else_keeps_alive_loses_nothing() {
	world(|| {
		System::inc_providers(&POOR);
		let bill = start(1, POOR, &[(1, cores(1))]);
		wait(60);
		settle(bill);
		assert!(free(POOR) >= ED);
		// All that is free goes away, and the rest of the advance is less than an account has to
		// have.
		let all = free(POOR);
		assert_ok!(pallet_balances::Pallet::<Test>::transfer_allow_death(
			Signed(POOR).into(),
			BANK,
			all
		));
		assert_eq!(free(POOR), 0);
		wait(HOUR - 60);
		settle(bill);
		wait(30);
		beat(1);
		let left = held(POOR) - standing(bill).owed;
		assert!((1..ED).contains(&left), "{left}");
		close_all(bill);
		check_empty();
		assert_eq!(Unpaid::<Test>::get(POOR), left, "what cannot be given back waits");
		pay(BANK, POOR, ED);
		assert_ok!(Money::pay_share(Signed(DUST).into(), POOR));
		assert_eq!(free(POOR), ED + left);
	});
}

#[test]
fn somebody_who_is_gone_cannot_be_topped_up() {
	world(|| {
		let bill = start(1, POOR, &[(1, cores(1))]);
		leave(POOR, ED);
		wait(HOUR);
		settle(bill);
		assert_eq!(held(POOR), 0, "all is used");
		assert_ok!(pallet_balances::Pallet::<Test>::transfer_all(Signed(POOR).into(), BANK, false));
		assert_eq!(total(POOR), 0);
		assert!(Money::sponsor(Signed(CAROL).into(), bill, TFT).is_err());
		check();
		pay(CAROL, POOR, ED);
		top_up(CAROL, bill, TFT);
		assert_eq!(heard(), vec!["paused", "resumed"]);
		close_all(bill);
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn money_ends_when_it_is_said(
		cores_of in prop::collection::vec(1u64..50, 1..4),
		left in 0u128..5 * 10_000_000,
		price in 200_000u64..10_000_000,
	) {
		world(|| {
			token_price(price);
			TheGrace::set(HOUR as u32);
			let usage: Vec<_> =
				(1..).zip(cores_of).map(|(node, number)| (node, cores(number))).collect();
			let bill = start(1, CAROL, &usage);
			leave(CAROL, ED + left);
			let end = standing(bill).pauses.expect("it runs");
			while account(bill).paused.is_none() {
				assert!(now() <= end + 4, "it goes on without money");
				pass(2);
			}
			let since = account(bill).paused.expect("it is paused");
			assert!(since.abs_diff(end) <= 4, "{since} instead of {end}");
			let end = standing(bill).ends.expect("it is paused");
			assert!(end.abs_diff(since + HOUR) <= 4, "{end} after {since}");
			while Accounts::<Test>::contains_key(bill) {
				assert!(now() <= end + 4, "it stays without money");
				pass(2);
			}
			assert!(now().abs_diff(end) <= 4, "{} instead of {end}", now());
			check_empty();
		});
	}
}
