//! What is reserved is paid: whatever becomes of it, and unless the node is to blame.

use super::world::*;
use crate::*;
use grid_primitives::{
	ports::{Bill, Meter, NotFunded, Proposal},
	Balance,
};

fn paid() -> Balance {
	RICH - total(BOB)
}

#[test]
fn a_node_that_cannot_is_not_paid_until_it_can() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(HOUR);
		Money::excuse(bill, 1);
		assert_eq!(stream(bill, 1).from, None);
		pass(10 * HOUR);
		assert_eq!(paid(), 1_000_000, "what was proven before");
		assert_eq!(account(bill).due, None);
		Money::answer(bill, 1);
		Money::answer(bill, 1);
		wait(HOUR);
		close_all(bill);
		assert_eq!(paid(), 2_000_000);
	});
}

/// A bill of which the node was told.
fn asked() -> Bill {
	let bill = contract(1);
	assert_eq!(Money::open(bill, &BOB, &[(1, cores(1))], true), Ok(100_000));
	bill
}

#[test]
fn a_node_that_does_not_answer_is_paid_for_five_minutes() {
	world(|| {
		let bill = asked();
		pass(5 * HOUR);
		settle(bill);
		assert_eq!(paid(), price_of(100_000, 300, CENTS_10));
		// Told once more, it has no more time.
		Money::ask(bill);
		pass(HOUR);
		settle(bill);
		assert_eq!(paid(), price_of(100_000, 300, CENTS_10));
		Money::answer(bill, 1);
		pass(HOUR);
		close_all(bill);
		assert_eq!(paid(), price_of(100_000, HOUR + 300, CENTS_10));
	});
}

#[test]
fn a_node_that_answers_in_time_loses_nothing() {
	for after in [0, 200, 300] {
		world(|| {
			let bill = asked();
			wait(after);
			Money::answer(bill, 1);
			wait(HOUR - after);
			close_all(bill);
			assert_eq!(paid(), 1_000_000);
		});
	}
}

#[test]
fn nobody_asks_a_node_whether_it_is_rented() {
	world(|| {
		let bill = Bill::Rental(1);
		assert_eq!(Money::open(bill, &BOB, &[(1, cores(2))], true), Ok(100_000));
		Money::ask(bill);
		wait(HOUR);
		close_all(bill);
		assert_eq!(paid(), 1_000_000);
	});
}

#[test]
fn the_shortest_reservation_is_paid_for_the_least_time() {
	for (seconds, expected) in [(0, 300), (299, 300), (301, 301)] {
		world(|| {
			TheLeastTime::set(300);
			wait(40);
			let bill = start(1, BOB, &[(1, cores(1))]);
			wait(seconds);
			close_all(bill);
			assert_eq!(paid(), price_of(100_000, expected, CENTS_10), "after {seconds} s");
			check_empty();
		});
	}
}

#[test]
fn of_a_dark_node_only_what_it_proved_is_paid() {
	world(|| {
		TheLeastTime::set(300);
		wait(60);
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(60);
		dark(1, true);
		wait(HOUR);
		close_all(bill);
		assert_eq!(paid(), price_of(100_000, 60, CENTS_10));
	});
}

#[test]
fn a_proposal_is_paid_from_the_moment_it_reserves_something() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(HOUR / 2);
		assert_eq!(try_propose(bill, &[(1, cores(4)), (2, cores(2))]), Ok(600_000));
		assert_eq!(held(BOB), 6_500_000, "with what was used");
		wait(HOUR / 2);
		settle(bill);
		assert_eq!(paid(), 500_000 + 3_000_000);
		Money::retract(bill);
		assert_eq!(nodes_of(bill), vec![1]);
		wait(HOUR);
		close_all(bill);
		assert_eq!(paid(), 3_500_000 + 1_000_000);
		check_empty();
	});
}

#[test]
fn what_is_agreed_is_paid_as_both_until_the_node_has_changed() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(4))]);
		let less = Proposal::Use { meanwhile: cores(4), then: cores(1) };
		assert_eq!(Money::propose(bill, &[(1, less)]), Ok(100_000), "what it comes to");
		Money::agree(bill);
		Money::answer(bill, 1);
		wait(HOUR);
		settle(bill);
		assert_eq!(paid(), 4_000_000, "four are reserved");
		ThePrices::set(Prices { compute: 900_000, ..PRICES });
		Money::arrive(bill, 1, None);
		wait(HOUR);
		close_all(bill);
		assert_eq!(paid(), 5_000_000, "at the price that was agreed");
	});
}

#[test]
fn what_arrives_while_more_is_proposed_makes_that_cheaper() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(4))]);
		let less = Proposal::Use { meanwhile: cores(4), then: cores(1) };
		assert!(Money::propose(bill, &[(1, less)]).is_ok());
		Money::agree(bill);
		let next = Proposal::Use { meanwhile: cores(4), then: cores(2) };
		assert_eq!(Money::propose(bill, &[(1, next)]), Ok(200_000));
		Money::arrive(bill, 1, Some(cores(2)));
		assert_eq!(standing(bill).usd_per_hour, 200_000);
		Money::retract(bill);
		assert_eq!(standing(bill).usd_per_hour, 100_000);
		close_all(bill);
	});
}

#[test]
fn what_moves_is_paid_where_it_is_and_where_it_will_be() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		let there = Proposal::Use { meanwhile: cores(2), then: cores(2) };
		let proposals = [(1, Proposal::Close), (2, there)];
		assert_eq!(Money::propose(bill, &proposals), Ok(200_000), "one of them goes");
		assert_eq!(standing(bill).usd_per_hour, 300_000);
		Money::agree(bill);
		Money::close(bill, 1);
		assert_eq!(nodes_of(bill), vec![2]);
		Money::arrive(bill, 2, None);
		wait(HOUR);
		close_all(bill);
		assert_eq!(paid(), 2_000_000);
	});
}

#[test]
fn a_proposal_that_cannot_be_paid_leaves_no_trace() {
	world(|| {
		let bill = start(1, POOR, &[(1, cores(1))]);
		let before = (account(bill), held(POOR));
		assert_eq!(try_propose(bill, &[(1, cores(100))]), Err(NotFunded));
		assert_eq!((account(bill), held(POOR)), before);
		assert_eq!(try_propose(contract(9), &[]), Err(NotFunded));
	});
}

#[test]
fn a_lost_certificate_lowers_the_rate_at_once_and_a_gained_one_changes_nothing() {
	world(|| {
		Certified::set([1].into());
		let bill = start(1, BOB, &[(1, cores(1)), (2, cores(1))]);
		wait(HOUR / 2);
		Certified::set([2].into());
		Lost::set([(1, this_second(1))].into());
		assert_eq!(standing(bill).usd_per_hour, 200_000);
		wait(HOUR / 2);
		settle(bill);
		assert_eq!(paid(), 625_000 + 500_000 + 1_000_000);
		// Found again, it is worth no more to who agreed before.
		Certified::set([1, 2].into());
		wait(HOUR);
		assert_eq!(standing(bill).usd_per_hour, 200_000);
		close_all(bill);
		assert_eq!(paid(), 2_125_000 + 2_000_000);
		// Who agrees now pays for it.
		wait(60);
		let new = start(2, BOB, &[(1, cores(1))]);
		assert_eq!(standing(new).usd_per_hour, 125_000);
		close_all(new);
	});
}

#[test]
fn a_settlement_by_a_stranger_takes_nothing_that_does_not_help() {
	world(|| {
		TheGrace::set(DAY as u32);
		let bill = start(1, POOR, &[(1, cores(1))]);
		leave(POOR, ED);
		pass(HOUR + 10);
		assert!(account(bill).paused.is_some());
		pay(BANK, POOR, 500_000);
		let before = held(POOR);
		settle(bill);
		assert!(held(POOR) <= before);
		assert_eq!(free(POOR), ED + 500_000);
		close_all(bill);
	});
}
