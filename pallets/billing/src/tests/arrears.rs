//! What happens when there is no money.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok, weights::Weight};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	ports::{Bill, Meter, NotFunded},
	Balance,
};
use proptest::prelude::*;

/// Poor, with so much left beside the advance of one unit of compute.
fn poor(left: Balance) -> Bill {
	let bill = start(1, POOR, &[(1, cores(1))]);
	leave(POOR, ED + left);
	bill
}

#[test]
fn it_pauses_at_the_second_the_money_ends() {
	for left in [0, 1, 500_000, 1_234_567] {
		world(|| {
			let bill = poor(left);
			assert_eq!(heard(), Vec::<&str>::new());
			let seconds = ((1_000_000 + left) * 3_600 / 1_000_000) as u64;
			assert_eq!(standing(bill).runs_out, Some(START + seconds));
			pass(seconds - 2);
			assert_eq!(account(bill).paused, None, "it has {left}");
			pass(4);
			let since = account(bill).paused.expect("there is no money");
			assert!(since.abs_diff(START + seconds) <= 2, "{since} with {left}");
			assert_eq!(heard(), vec!["paused"]);
			assert_eq!(last_event(), Event::Paused { bill });
			assert_eq!(account(bill).due, Some(since + DAY));
			assert_eq!(standing(bill).runs_out, None);
			assert_eq!(standing(bill).ends, Some(since + DAY));
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
fn nothing_accrues_while_it_is_paused() {
	world(|| {
		let bill = poor(0);
		pass(HOUR + 10);
		let before = (stream(bill, 1), total(POOR), standing(bill));
		pass(12 * HOUR);
		settle(bill);
		Money::change(bill, 1, cores(1));
		assert_eq!((stream(bill, 1), total(POOR), standing(bill)), before);
		close_all(bill);
		assert_eq!(total(POOR), before.1);
		check_empty();
	});
}

#[test]
fn a_third_party_brings_it_back() {
	world(|| {
		let bill = poor(0);
		pass(HOUR + 60);
		let missing = standing(bill).missing;
		assert!((990_000..=1_000_000).contains(&missing), "an hour, but for what is unproven");
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
		assert_eq!((standing.held, standing.missing, standing.paused), (1_000_000, 0, None));
		assert_eq!(standing.due, Some(now() + HOUR));
		// It is paid from here on, to the second.
		let (then, paid) = (proven(1) + now() - START - proven(1), total(POOR));
		assert_eq!(stream(bill, 1).from, Some(then));
		pass(HOUR - 120);
		settle(bill);
		assert_eq!(paid - total(POOR), price_of(100_000, proven(1) - then, CENTS_10));
		close_all(bill);
	});
}

#[test]
fn a_debt_has_to_be_paid_too() {
	world(|| {
		let bill = poor(0);
		wait(HOUR / 2);
		// The token loses nine tenths: the half hour costs five, and one is there.
		token_price(CENTS_10 / 10);
		settle(bill);
		assert_eq!(heard(), vec!["paused"]);
		assert_eq!(held(POOR), 0);
		let standing = standing(bill);
		assert_eq!((standing.owed, standing.missing), (4_000_000, 14_000_000));
		pay(BANK, POOR, 13_999_999);
		settle(bill);
		assert_eq!(heard(), Vec::<&str>::new());
		assert_eq!((free(POOR), held(POOR)), (ED, 9_999_999), "the debt is paid already");
		pay(BANK, POOR, 1);
		settle(bill);
		assert_eq!(heard(), vec!["resumed"], "a transfer and one settlement are enough");
		assert_eq!(held(POOR), 10_000_000);
		close_all(bill);
		check_empty();
		assert_eq!(total(payout_of(1)) - ED, 3_500_000, "the farm has all of it");
	});
}

#[test]
fn a_debt_for_what_is_free_now_has_to_be_paid_too() {
	for settled_before in [true, false] {
		world(|| {
			let bill = poor(0);
			wait(HOUR / 2);
			token_price(CENTS_10 / 10);
			if settled_before {
				settle(bill);
			}
			Money::change(bill, 1, cores(0));
			settle(bill);
			assert_eq!(standing(bill).missing, 4_000_000);
			assert_eq!(heard(), vec!["paused"], "no advance is needed, but the debt");
			top_up(CAROL, bill, 4_000_000);
			assert_eq!(heard(), vec!["resumed"]);
			assert_eq!(account(bill).due, None, "nothing costs anything");
			close_all(bill);
			check_empty();
		});
	}
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
fn it_ends_on_time_though_nobody_settles() {
	world(|| {
		let bill = poor(0);
		pass(HOUR + 10);
		let since = account(bill).paused.expect("there is no money");
		pass(since + DAY - 2 - now());
		assert_eq!(heard(), vec!["paused"]);
		pass(3);
		assert_eq!(heard(), vec!["ended"]);
		assert!(events().contains(&Event::Ended { bill }));
		check_empty();
	});
}

#[test]
fn who_has_money_again_does_not_end() {
	world(|| {
		let bill = poor(0);
		pass(HOUR + 10);
		pay(BANK, POOR, TFT);
		pass(DAY);
		assert_eq!(heard(), vec!["paused", "resumed"]);
		close_all(bill);
	});
}

#[test]
fn grace_is_bounded_and_chosen_by_who_pays() {
	world(|| {
		let bill = poor(0);
		let set = |who: u64, seconds| Money::set_grace(Signed(who).into(), bill, seconds);
		let (hour, month) = (HOUR as u32, 30 * DAY as u32);
		assert_noop!(set(BOB, hour), Error::<Test>::NotPayer);
		assert_noop!(set(POOR, hour - 1), Error::<Test>::BadGrace);
		assert_noop!(set(POOR, month + 1), Error::<Test>::BadGrace);
		let unknown = Money::set_grace(Signed(POOR).into(), contract(2), hour);
		assert_noop!(unknown, Error::<Test>::NoBill);
		let due = account(bill).due;
		assert_ok!(set(POOR, month));
		assert_eq!(last_event(), Event::GraceSet { bill, seconds: month });
		assert_eq!(account(bill).due, due, "it runs");

		pass(HOUR + 10);
		let since = account(bill).paused.expect("there is no money");
		assert_eq!(account(bill).due, Some(since + 30 * DAY));
		assert_ok!(set(POOR, 2 * hour));
		assert_eq!(standing(bill).ends, Some(since + 2 * HOUR));
		assert_eq!(account(bill).due, Some(since + 2 * HOUR));
		check();
		pass(HOUR);
		assert_eq!(heard(), vec!["paused"]);
		// What is over already ends with this block.
		assert_ok!(set(POOR, hour));
		idle(Weight::MAX);
		assert_eq!(heard(), vec!["ended"]);
		check_empty();
	});
}

#[test]
fn what_is_due_cannot_be_put_off() {
	world(|| {
		let bill = poor(0);
		wait(HOUR + 2);
		// In each block there is something before the agenda has its turn.
		for _ in 0..3 {
			let due = account(bill).due;
			assert_ok!(Money::set_grace(Signed(POOR).into(), bill, HOUR as u32));
			Money::run(bill, 1);
			Money::change(bill, 1, cores(1));
			assert_eq!(account(bill).due, due);
			wait(2);
		}
		idle(Weight::MAX);
		assert_eq!(heard(), vec!["paused"]);
		wait(2 * HOUR);
		for _ in 0..3 {
			assert_ok!(Money::set_grace(Signed(POOR).into(), bill, HOUR as u32));
			Money::run(bill, 1);
			wait(2);
		}
		idle(Weight::MAX);
		assert_eq!(heard(), vec!["ended"]);
	});
}

#[test]
fn two_bills_share_what_one_payer_has() {
	world(|| {
		let first = start(1, POOR, &[(1, cores(1))]);
		let second = start(2, POOR, &[(2, cores(2))]);
		leave(POOR, ED + 1_000_000);
		assert_eq!(held(POOR), 3_000_000);
		pass(4 * HOUR);
		check();
		let paused = [first, second].map(|bill| account(bill).paused.is_some());
		assert_eq!(paused, [true, true]);
		assert_eq!(free(POOR), ED);
		// There were four millions to use, but for what was unproven when it paused.
		let used = price_of(300_000, 120, CENTS_10);
		assert!(held(POOR) <= used, "{} is left", held(POOR));
		pay(BANK, POOR, 3_000_000);
		settle(first);
		settle(second);
		assert_eq!(account(first).paused, None);
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
		let top_up = |who: u64, amount| Money::sponsor(Signed(who).into(), bill, amount);
		assert_noop!(top_up(CAROL, 0), Error::<Test>::BadAmount);
		assert_noop!(top_up(CAROL, RICH - ED + 1), Error::<Test>::BadAmount);
		assert_noop!(top_up(POOR, 1), Error::<Test>::BadAmount);
		assert_noop!(top_up(DUST, 1), Error::<Test>::BadAmount);
		assert_noop!(top_up(77, 1), Error::<Test>::BadAmount);
		assert_noop!(Money::sponsor(Signed(CAROL).into(), contract(2), 1), Error::<Test>::NoBill);
		assert_noop!(Money::top_up(Signed(CAROL).into(), contract(2), 1), Error::<Test>::NoBill);
		let not_hers = Money::top_up(Signed(CAROL).into(), bill, 1);
		assert_noop!(not_hers, Error::<Test>::NotPayer);
		assert_noop!(Money::top_up(Root.into(), bill, 1), sp_runtime::DispatchError::BadOrigin);
		assert_ok!(top_up(CAROL, RICH - ED));
		assert_eq!(held(POOR), 1_000_000 + RICH - ED);
		close_all(bill);
		assert_eq!(free(POOR), ED + 1_000_000 + RICH - ED, "the payer has it");
	});
}

#[test]
fn a_payer_tops_up_ahead() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		top_up(BOB, bill, 4_000_000);
		assert_eq!(held(BOB), 5_000_000);
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
fn what_is_closed_or_covered_while_paused() {
	world(|| {
		let bill = start(1, POOR, &[(1, cores(1)), (2, cores(1))]);
		leave(POOR, ED);
		pass(HOUR + 10);
		let due = account(bill).due;
		Money::close(bill, 2);
		assert_eq!(account(bill).due, due, "the end does not move");
		check();
		pay(BANK, POOR, 500_000);
		assert_eq!(try_cover(bill, &[(1, cores(3))]), Err(NotFunded));
		pay(BANK, POOR, 2_500_000);
		assert_eq!(try_cover(bill, &[(1, cores(3))]), Ok(()));
		Money::change(bill, 1, cores(3));
		Money::change(bill, 3, cores(0));
		assert_eq!(account(bill).due, due);
		Money::run(bill, 3);
		Money::pause(bill, 1);
		Money::run(bill, 1);
		check();
		let before = total(POOR);
		pass(HOUR);
		assert_eq!(total(POOR), before, "it is still paused");
		settle(bill);
		assert_eq!(heard(), vec!["paused", "resumed"]);
		wait(HOUR);
		settle(bill);
		assert!(before - total(POOR) > 2_900_000);
		close_all(bill);
		check_empty();
	});
}

#[test]
fn what_cannot_end_at_once_is_asked_again() {
	world(|| {
		let bill = Bill::Rental(1);
		assert_eq!(try_open(bill, POOR, &[(1, cores(2))]), Ok(()));
		Money::run(bill, 1);
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
		let bill = poor(0);
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
			let usage: Vec<_> =
				(1..).zip(cores_of).map(|(node, number)| (node, cores(number))).collect();
			let bill = start(1, CAROL, &usage);
			leave(CAROL, ED + left);
			let end = standing(bill).runs_out.expect("it runs");
			while account(bill).paused.is_none() {
				assert!(now() <= end + 4, "it goes on without money");
				pass(2);
			}
			let since = account(bill).paused.expect("it is paused");
			assert!(since.abs_diff(end) <= 4, "{since} instead of {end}");
			close_all(bill);
			check_empty();
		});
	}
}
