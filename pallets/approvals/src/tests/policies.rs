//! What a policy can be, and who can use it.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::{
	approval::Action,
	ports::{ApprovalGate, CannotAsk},
};

#[test]
fn terms_that_make_no_sense_are_refused() {
	world(|| {
		let good = terms(&[role("doctors", &[ALICE, BOB], 1)]);
		let roles = |roles: &[Role<u64>]| terms(roles);
		let title = |title: &[u8]| title.to_vec().try_into().expect("it is short");
		let refused: Vec<(TermsOf<Test>, Error<Test>)> = vec![
			(Terms { title: title(b""), ..good.clone() }, Error::BadTitle),
			(Terms { title: title(b"\xff"), ..good.clone() }, Error::BadTitle),
			(Terms { title: title(b"a\x07b"), ..good.clone() }, Error::BadTitle),
			(Terms { title: title("a\u{85}b".as_bytes()), ..good.clone() }, Error::BadTitle),
			(Terms { ttl: 4, ..good.clone() }, Error::BadTtl),
			(Terms { ttl: 101, ..good.clone() }, Error::BadTtl),
			(roles(&[]), Error::NoRoles),
			(roles(&[role("", &[ALICE], 1)]), Error::BadTitle),
			(roles(&[role("a\nb", &[ALICE], 1)]), Error::BadTitle),
			(roles(&[role("nobody", &[], 0)]), Error::BadThreshold),
			(roles(&[role("nobody", &[], 1)]), Error::BadThreshold),
			(roles(&[role("none", &[ALICE], 0)]), Error::BadThreshold),
			(roles(&[role("too many", &[ALICE, BOB], 3)]), Error::BadThreshold),
			(roles(&[role("twice", &[ALICE, BOB, ALICE], 1)]), Error::MemberTwice),
			(roles(&[role("one", &[ALICE], 1), role("other", &[ALICE], 1)]), Error::TooFewPeople),
		];
		for (terms, error) in refused {
			let create = Board::create_policy(Signed(CLERK).into(), terms.clone());
			assert_noop!(create, error);
		}
		for ttl in [5, 100] {
			assert_ok!(Board::create_policy(Signed(CLERK).into(), Terms { ttl, ..good.clone() }));
		}
		let both = roles(&[role("one", &[ALICE], 1), role("other", &[ALICE], 1)]);
		let both = Terms { several_roles: true, ..both };
		assert_ok!(Board::create_policy(Signed(CLERK).into(), both));
	});
}

#[test]
fn members_are_in_order_however_they_are_given() {
	world(|| {
		let policy = create(terms(&[role("doctors", &[CAROL, ALICE, BOB], 3)]));
		let stored = Board::policy(policy).expect("it is there").terms;
		assert_eq!(stored.roles[0].members[..], [ALICE, BOB, CAROL]);
		let request = ask(policy, 1);
		for who in [BOB, ALICE, CAROL] {
			assert_ok!(approve(who, request));
		}
		assert!(!is_open(request));
	});
}

#[test]
fn a_policy_guards_what_it_says() {
	world(|| {
		let all = terms(&[role("doctors", &[ALICE], 1)]);
		let none = Guards::default();
		let guarded = |guards, acceptance| {
			let policy = create(Terms { guards, acceptance, ..all.clone() });
			[Action::Create, Action::Amend, Action::Cancel, Action::Accept, Action::AmendPolicy]
				.map(|action| <Board as ApprovalGate<u64>>::guards(policy, action))
		};
		assert_eq!(guarded(none, false), [false, false, false, false, true]);
		let create = Guards { create: true, ..none };
		assert_eq!(guarded(create, false), [true, false, false, false, true]);
		let amend = Guards { amend: true, ..none };
		assert_eq!(guarded(amend, false), [false, true, false, false, true]);
		let cancel = Guards { cancel: true, ..none };
		assert_eq!(guarded(cancel, false), [false, false, true, false, true]);
		assert_eq!(guarded(none, true), [false, false, false, true, true]);
		let nowhere = <Board as ApprovalGate<u64>>::guards(99, Action::Cancel);
		assert!(nowhere, "what is not known is not allowed");
	});
}

#[test]
fn only_the_owner_uses_a_policy_that_is_not_open() {
	world(|| {
		let closed = create(terms(&[role("doctors", &[ALICE], 1)]));
		assert_eq!(bind(closed, STRANGER), Err(CannotAsk::NotOpen));
		assert_eq!(bind(closed, ALICE), Err(CannotAsk::NotOpen));
		assert_eq!(bind(closed, CLERK), Ok(()));
		let open = create(Terms { open: true, ..terms(&[role("doctors", &[ALICE], 1)]) });
		assert_eq!(bind(open, STRANGER), Ok(()));
		assert_eq!(Board::policy(open).expect("it is there").uses, 1);
		assert_eq!(bind(9, CLERK), Err(CannotAsk::NoPolicy));
		let ask = <Board as ApprovalGate<u64>>::ask(9, &CLERK, &question(1));
		assert_eq!(ask, Err(CannotAsk::NoPolicy));
	});
}

#[test]
fn a_retired_policy_serves_what_is_under_it_to_the_end() {
	world(|| {
		let policy = create(terms(&[role("doctors", &[ALICE], 1)]));
		for _ in 0..2 {
			assert_ok!(bind(policy, CLERK).map_err(|_| "bind"));
		}
		let retire = |who| Board::retire_policy(Signed(who).into(), policy);
		assert_noop!(retire(ALICE), Error::<Test>::NotOwner);
		assert_ok!(retire(CLERK));
		assert_noop!(retire(CLERK), Error::<Test>::Retired);
		assert_eq!(bind(policy, CLERK), Err(CannotAsk::Retired));

		let request = ask(policy, 1);
		assert_ok!(approve(ALICE, request));
		unbind(policy);
		assert!(Board::policy(policy).is_some());
		unbind(policy);
		assert_eq!(Board::policy(policy), None);
		assert_eq!(events().last(), Some(&Event::PolicyGone { policy }));
		assert_eq!(held(CLERK), (0, 0));
		assert_eq!(
			create(terms(&[role("doctors", &[ALICE], 1)])),
			policy + 1,
			"not the same number"
		);
	});
}

#[test]
fn a_policy_that_nothing_is_under_is_gone_at_once() {
	world(|| {
		let policy = create(terms(&[role("doctors", &[ALICE], 1)]));
		assert_ok!(bind(policy, CLERK).map_err(|_| "bind"));
		unbind(policy);
		assert!(Board::policy(policy).is_some(), "it is not retired");
		assert_ok!(Board::retire_policy(Signed(CLERK).into(), policy));
		assert_eq!(Board::policy(policy), None);
		let again = Board::retire_policy(Signed(CLERK).into(), policy);
		assert_noop!(again, Error::<Test>::NoPolicy);
	});
}

#[test]
fn more_is_not_taken_from_under_a_policy_than_was_put_there() {
	world(|| {
		let policy = create(terms(&[role("doctors", &[ALICE], 1)]));
		unbind(policy);
		unbind(99);
		assert_eq!(Board::policy(policy).expect("it is there").uses, 0);
	});
}
