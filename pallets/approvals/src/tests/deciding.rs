//! Governance, and who takes a question back.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::ports::Decision;
use sp_runtime::DispatchError;

#[test]
fn governance_can_decide_and_everybody_sees_it() {
	world(|| {
		for (approved, decision) in [(true, Decision::Approved), (false, Decision::Rejected)] {
			Heard::set(vec![]);
			let request = ask_them(&[role("doctors", &[ALICE], 1)]);
			let force = |origin| Board::force_decide(origin, request, approved);
			for who in [ALICE, CLERK] {
				let refused = force(Signed(who).into()).map_err(|it| it.error);
				assert_noop!(refused, DispatchError::BadOrigin);
			}
			assert_ok!(force(Root.into()));
			assert_eq!(Heard::get(), [(question(1), decision)]);
			let said = [Event::Forced { request, approved }, Event::Decided { request, decision }];
			assert!(events().ends_with(&said));
			let again = force(Root.into()).map_err(|it| it.error);
			assert_noop!(again, Error::<Test>::NoRequest);
		}
	});
}

#[test]
fn governance_cannot_turn_back_time() {
	world(|| {
		let request = ask_them(&[role("doctors", &[ALICE], 1)]);
		go_to(1 + TTL);
		let force = Board::force_decide(Root.into(), request, true).map_err(|it| it.error);
		assert_noop!(force, Error::<Test>::Expired);
	});
}

#[test]
fn a_question_that_is_taken_back_has_no_answer() {
	world(|| {
		let request = ask_them(&[role("doctors", &[ALICE], 1)]);
		withdraw(request);
		assert_eq!(events().last(), Some(&Event::Withdrawn { request }));
		assert_noop!(approve(ALICE, request).map_err(|it| it.error), Error::<Test>::NoRequest);
		go_to(1 + TTL);
		idle(frame_support::weights::Weight::MAX);
		assert_eq!(decision(), None);
		assert_eq!(held(CLERK).1, 0);
		withdraw(request);
	});
}

#[test]
fn whoever_hears_of_a_decision_may_call_back() {
	world(|| {
		let policy = create(terms(&[role("doctors", &[ALICE], 1)]));
		assert_ok!(bind(policy, CLERK).map_err(|_| "bind"));
		let request = ask(policy, 1);
		// A contract that hears of its first request ends: it withdraws the second, leaves the
		// policy, and asks anew.
		ask(policy, 2);
		OnHearing::set(Some(|question, _| {
			if question.subject == 1 {
				assert!(!is_open(1), "it is gone already");
				withdraw(1);
				withdraw(2);
				unbind(1);
				ask(1, 3);
			}
		}));
		assert_ok!(approve(ALICE, request));
		assert_eq!(Requests::<Test>::iter_keys().collect::<Vec<_>>(), [3]);
		assert_eq!(Heard::get().len(), 1);
	});
}

#[test]
fn whoever_hears_of_an_expiry_may_call_back() {
	world(|| {
		let policy = create(terms(&[role("doctors", &[ALICE], 1)]));
		for subject in 1..=3 {
			ask(policy, subject);
		}
		// The first to expire withdraws the others, and one more is asked.
		OnHearing::set(Some(|_, _| {
			(1..=3).filter(|id| is_open(*id)).for_each(withdraw);
			ask(1, 4);
		}));
		go_to(1 + TTL);
		idle(frame_support::weights::Weight::MAX);
		assert_eq!(Heard::get().len(), 1);
		assert_eq!(Requests::<Test>::iter_keys().collect::<Vec<_>>(), [4]);
		assert_eq!(NextExpiry::<Test>::get(), Some(2 + TTL));
		OnHearing::set(None);
		go_to(1 + 2 * TTL);
		idle(frame_support::weights::Weight::MAX);
		assert_eq!(Heard::get().len(), 2);
		assert_eq!(NextExpiry::<Test>::get(), None);
	});
}
