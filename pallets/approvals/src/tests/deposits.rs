//! Whoever takes room pays for it, and gets it all back.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok, weights::Weight};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::ports::{ApprovalGate, CannotAsk};
use sp_runtime::TokenError;

fn small() -> TermsOf<Test> {
	terms(&[role("doctors", &[ALICE, BOB], 1)])
}

fn large() -> TermsOf<Test> {
	terms(&[role("doctors", &[ALICE, BOB, CAROL], 1), role("law", &[DAVE, EVE], 1)])
}

#[test]
fn a_policy_costs_what_it_takes() {
	world(|| {
		let policy = create(small());
		let for_small = held(CLERK).0;
		assert!(for_small > 0);
		assert_ok!(Board::amend_policy(Signed(CLERK).into(), policy, large()));
		let for_large = held(CLERK).0;
		assert!(for_large > for_small, "more people take more room");
		assert_ok!(Board::amend_policy(Signed(CLERK).into(), policy, small()));
		assert_eq!(held(CLERK).0, for_small);
		assert_ok!(Board::retire_policy(Signed(CLERK).into(), policy));
		assert_eq!(held(CLERK), (0, 0));
		assert_noop!(
			Board::create_policy(Signed(PAUPER).into(), small()),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn whoever_asks_pays_until_there_is_an_answer() {
	world(|| {
		let policy = create(Terms { open: true, ..small() });
		let owners = held(CLERK);
		let ask = |who| <Board as ApprovalGate<u64>>::ask(policy, &who, &question(1));
		assert_eq!(ask(PAUPER), Err(CannotAsk::NoDeposit));
		assert_eq!(Requests::<Test>::iter().count(), 0);
		let ways: [fn(u64); 6] = [
			|request| {
				assert_ok!(approve(ALICE, request));
			},
			|request| {
				assert_ok!(object(ALICE, request));
				assert_ok!(object(BOB, request));
			},
			|request| {
				assert_ok!(Board::force_decide(Root.into(), request, true));
			},
			withdraw,
			|request| {
				go_to(100);
				assert_ok!(Board::expire(Signed(ALICE).into(), request));
			},
			|_| {
				go_to(200);
				idle(Weight::MAX);
			},
		];
		for end in ways {
			let request = ask(STRANGER).expect("he can pay");
			assert!(held(STRANGER).1 > 0);
			assert_eq!(held(CLERK), owners, "it is not the owner who asked");
			end(request);
			assert!(!is_open(request));
			assert_eq!(held(STRANGER), (0, 0));
		}
	});
}

#[test]
fn an_amendment_is_paid_for_before_it_is_voted_on() {
	world(|| {
		let policy = create(small());
		let for_small = held(CLERK).0;
		assert_ok!(bind(policy, CLERK).map_err(|_| "bind"));
		assert_ok!(Board::amend_policy(Signed(CLERK).into(), policy, large()));
		let for_both = held(CLERK).0;
		assert!(held(CLERK).1 > 0, "the request costs besides");
		assert_ok!(object(ALICE, amendment(policy)));
		assert_ok!(object(BOB, amendment(policy)));
		assert_eq!(held(CLERK), (for_small, 0));

		assert_ok!(Board::amend_policy(Signed(CLERK).into(), policy, large()));
		assert_eq!(held(CLERK).0, for_both);
		// The owner spends all else that he has. It has no bearing on the vote.
		use frame_support::traits::tokens::fungible::{Inspect, Mutate};
		use frame_support::traits::tokens::{Fortitude, Preservation};
		let rest = Balances::reducible_balance(&CLERK, Preservation::Preserve, Fortitude::Polite);
		let spend =
			<Balances as Mutate<u64>>::transfer(&CLERK, &ALICE, rest, Preservation::Preserve);
		assert_ok!(spend);
		assert_ok!(approve(ALICE, amendment(policy)));
		let for_large = held(CLERK).0;
		assert!(for_small < for_large && for_large < for_both);
		assert_eq!(Board::policy(policy).expect("it is there").terms, large());

		unbind(policy);
		assert_ok!(Board::retire_policy(Signed(CLERK).into(), policy));
		assert_eq!(held(CLERK), (0, 0));
	});
}

#[test]
fn an_amendment_that_cannot_be_paid_changes_nothing() {
	world(|| {
		let policy = create(small());
		assert_ok!(bind(policy, CLERK).map_err(|_| "bind"));
		use frame_support::traits::tokens::fungible::{Inspect, Mutate};
		use frame_support::traits::tokens::{Fortitude, Preservation};
		let rest = Balances::reducible_balance(&CLERK, Preservation::Preserve, Fortitude::Polite);
		// Enough for the terms, and not for the request about them.
		let spend = rest - large_alone() - 10;
		assert_ok!(<Balances as Mutate<u64>>::transfer(
			&CLERK,
			&ALICE,
			spend,
			Preservation::Preserve
		));
		assert_noop!(
			Board::amend_policy(Signed(CLERK).into(), policy, large()),
			TokenError::FundsUnavailable
		);
		assert_eq!(Board::policy(policy).expect("it is there").proposal, None);
	});
}

fn large_alone() -> u64 {
	use codec::Encode;
	large().encoded_size() as u64
}
