//! What stakeholders say, and what it comes to.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	approval::{Action, Question},
	ports::Decision,
};

#[test]
fn every_role_must_reach_its_own_threshold() {
	world(|| {
		let request =
			ask_them(&[role("doctors", &[ALICE, BOB, CAROL], 2), role("law", &[DAVE], 1)]);
		assert_ok!(approve(ALICE, request));
		assert_ok!(approve(BOB, request));
		assert_ok!(approve(CAROL, request));
		assert_eq!(decision(), None, "three doctors are no lawyer");
		assert_ok!(approve(DAVE, request));
		assert_eq!(Heard::get(), [(question(1), Decision::Approved)]);
		assert!(!is_open(request));
	});
}

#[test]
fn one_below_the_threshold_is_not_enough() {
	world(|| {
		let request =
			ask_them(&[role("doctors", &[ALICE, BOB, CAROL], 2), role("law", &[DAVE], 1)]);
		assert_ok!(approve(DAVE, request));
		assert_ok!(approve(CAROL, request));
		assert_eq!(decision(), None);
		assert_ok!(approve(ALICE, request));
		assert_eq!(decision(), Some(Decision::Approved), "Bob need not be waited for");
	});
}

#[test]
fn only_stakeholders_are_heard() {
	world(|| {
		let request = ask_them(&[role("doctors", &[ALICE], 1)]);
		for who in [CLERK, STRANGER] {
			assert_noop!(approve(who, request).map_err(|it| it.error), Error::<Test>::NotAMember);
			assert_noop!(object(who, request).map_err(|it| it.error), Error::<Test>::NotAMember);
			let retract = Board::retract(Signed(who).into(), request);
			assert_noop!(retract, Error::<Test>::NotAMember);
		}
		assert_noop!(approve(ALICE, 9).map_err(|it| it.error), Error::<Test>::NoRequest);
	});
}

#[test]
fn an_approval_is_of_every_byte_that_was_asked() {
	world(|| {
		let request = ask_them(&[role("doctors", &[ALICE], 1)]);
		let asked = question(1);
		let mut content = asked.content;
		content[31] ^= 1;
		let others = [
			Question { action: Action::Amend, ..asked },
			Question { subject: 2, ..asked },
			Question { revision: 2, ..asked },
			Question { content, ..asked },
		];
		let mut digests: Vec<_> = others.iter().map(Question::digest).collect();
		let mut one_bit = asked.digest();
		one_bit[31] ^= 1;
		digests.extend([one_bit, [0; 32]]);
		for digest in digests {
			let approve = Board::approve(Signed(ALICE).into(), request, digest);
			assert_noop!(approve.map_err(|it| it.error), Error::<Test>::OtherDigest);
		}
		assert_ok!(Board::approve(Signed(ALICE).into(), request, asked.digest()));
		assert_eq!(decision(), Some(Decision::Approved));
	});
}

#[test]
fn a_person_in_two_roles_fills_one() {
	world(|| {
		let request =
			ask_them(&[role("doctors", &[ALICE, BOB], 1), role("law", &[ALICE, CAROL], 1)]);
		assert_ok!(approve(ALICE, request));
		assert_eq!(decision(), None, "she cannot be both");
		assert_ok!(approve(CAROL, request));
		assert_eq!(decision(), Some(Decision::Approved), "so she is the doctor");
	});
}

#[test]
fn a_person_counts_where_it_is_needed() {
	world(|| {
		let roles = [role("doctors", &[ALICE, BOB], 1), role("law", &[ALICE, CAROL], 1)];
		let request = ask_them(&roles);
		assert_ok!(approve(ALICE, request));
		assert_ok!(approve(BOB, request));
		assert_eq!(decision(), Some(Decision::Approved), "so she is the lawyer");
	});
}

#[test]
fn people_make_room_for_each_other_along_a_chain() {
	world(|| {
		let request = ask_them(&[
			role("first", &[ALICE, EVE], 1),
			role("second", &[ALICE, BOB], 1),
			role("third", &[BOB, CAROL], 1),
			role("fourth", &[CAROL, DAVE], 1),
		]);
		for who in [ALICE, BOB, CAROL] {
			assert_ok!(approve(who, request));
		}
		assert_eq!(decision(), None);
		assert_ok!(approve(EVE, request));
		assert_eq!(decision(), Some(Decision::Approved), "Dave need not be waited for");
	});
}

#[test]
fn a_person_fills_several_roles_where_the_policy_lets_it() {
	world(|| {
		let roles = [role("doctors", &[ALICE, BOB], 1), role("law", &[ALICE, CAROL], 1)];
		let request = ask(create(Terms { several_roles: true, ..terms(&roles) }), 1);
		assert_ok!(approve(ALICE, request));
		assert_eq!(decision(), Some(Decision::Approved));
	});
}

#[test]
fn nobody_says_the_same_twice() {
	world(|| {
		let request = ask_them(&[role("doctors", &[ALICE, BOB, CAROL, DAVE], 2)]);
		assert_ok!(approve(ALICE, request));
		assert_noop!(approve(ALICE, request).map_err(|it| it.error), Error::<Test>::SaidAlready);
		assert_ok!(object(BOB, request));
		assert_noop!(object(BOB, request).map_err(|it| it.error), Error::<Test>::SaidAlready);
		assert_eq!(decision(), None);
	});
}

#[test]
fn the_last_word_counts() {
	world(|| {
		let request = ask_them(&[role("doctors", &[ALICE, BOB, CAROL], 2)]);
		assert_ok!(approve(ALICE, request));
		assert_ok!(object(ALICE, request));
		assert_ok!(approve(BOB, request));
		assert_eq!(decision(), None, "Alice no longer approves");
		assert_ok!(Board::retract(Signed(BOB).into(), request));
		assert_ok!(approve(ALICE, request));
		assert_ok!(object(BOB, request));
		assert_eq!(decision(), None, "Alice no longer objects, so that Carol can still agree");
		assert_ok!(approve(CAROL, request));
		assert_eq!(decision(), Some(Decision::Approved));
	});
}

#[test]
fn what_was_said_can_be_taken_back() {
	world(|| {
		let request =
			ask_them(&[role("doctors", &[ALICE, BOB, CAROL], 2), role("law", &[ALICE, DAVE], 1)]);
		let retract = |who| Board::retract(Signed(who).into(), request);
		assert_noop!(retract(ALICE), Error::<Test>::NothingSaid);
		assert_ok!(approve(ALICE, request));
		assert_ok!(retract(ALICE));
		assert_eq!(Votes::<Test>::get(request), Some(Ballot::default()), "in both of her roles");
		assert_noop!(retract(ALICE), Error::<Test>::NothingSaid);
		assert_eq!(events().last(), Some(&Event::Retracted { request, who: ALICE }));

		assert_ok!(object(ALICE, request));
		assert_ok!(retract(ALICE));
		assert_ok!(object(BOB, request));
		assert_eq!(decision(), None, "Alice and Carol can still agree, and Dave");
		assert_ok!(approve(CAROL, request));
		assert_ok!(approve(DAVE, request));
		assert_eq!(decision(), None, "Alice said nothing that counts");
		assert_ok!(approve(ALICE, request));
		assert_eq!(decision(), Some(Decision::Approved));
	});
}

#[test]
fn a_veto_ends_it() {
	world(|| {
		let law = with_veto(role("law", &[CAROL, DAVE], 1));
		let roles = [role("doctors", &[ALICE, BOB], 1), law];
		let request = ask_them(&roles);
		assert_ok!(object(ALICE, request));
		assert_eq!(decision(), None, "doctors have no veto, and Bob can agree");
		assert_ok!(object(DAVE, request));
		assert_eq!(Heard::get(), [(question(1), Decision::Rejected)], "although Carol could agree");
	});
}

#[test]
fn a_veto_holds_in_whatever_role_one_has_it() {
	world(|| {
		let roles = [
			role("doctors", &[ALICE, BOB, CAROL], 1),
			with_veto(role("law", &[ALICE, DAVE, EVE], 1)),
		];
		let request = ask_them(&roles);
		assert_ok!(object(ALICE, request));
		assert_eq!(decision(), Some(Decision::Rejected));
	});
}

#[test]
fn it_is_rejected_once_it_has_become_impossible() {
	world(|| {
		let request = ask_them(&[role("doctors", &[ALICE, BOB, CAROL], 2)]);
		assert_ok!(approve(ALICE, request));
		assert_ok!(object(BOB, request));
		assert_eq!(decision(), None, "Carol can still agree");
		assert_ok!(object(CAROL, request));
		assert_eq!(decision(), Some(Decision::Rejected));
		let again = approve(BOB, request).map_err(|it| it.error);
		assert_noop!(again, Error::<Test>::NoRequest);
	});
}

#[test]
fn it_is_impossible_when_those_who_are_left_cannot_fill_all_roles() {
	world(|| {
		// Each role alone could still be filled, by Alice. Both cannot.
		let roles = [role("doctors", &[ALICE, BOB], 1), role("law", &[ALICE, CAROL], 1)];
		let request = ask_them(&roles);
		assert_ok!(object(BOB, request));
		assert_eq!(decision(), None);
		assert_ok!(object(CAROL, request));
		assert_eq!(decision(), Some(Decision::Rejected));

		Heard::set(vec![]);
		let several = Terms { several_roles: true, ..terms(&roles) };
		let request = ask(create(several), 1);
		assert_ok!(object(BOB, request));
		assert_ok!(object(CAROL, request));
		assert_eq!(decision(), None, "she may fill both here");
		assert_ok!(object(ALICE, request));
		assert_eq!(decision(), Some(Decision::Rejected));
	});
}

#[test]
fn a_reason_is_a_text() {
	world(|| {
		let request = ask_them(&[role("doctors", &[ALICE, BOB], 1)]);
		for bad in [&b"\xff"[..], b"two\nlines"] {
			let bad: Reason = bad.to_vec().try_into().expect("it is short");
			let object = Board::object(Signed(ALICE).into(), request, bad);
			assert_noop!(object.map_err(|it| it.error), Error::<Test>::BadReason);
		}
		let why = reason("zu früh");
		assert_ok!(Board::object(Signed(ALICE).into(), request, why.clone()));
		assert_eq!(events().last(), Some(&Event::Objected { request, who: ALICE, reason: why }));
	});
}

#[test]
fn a_council_can_be_a_stakeholder() {
	world(|| {
		let request = ask_them(&[role("town", &[COUNCIL], 1)]);
		assert_ok!(Board::approve(Root.into(), request, question(1).digest()));
		assert_eq!(decision(), Some(Decision::Approved));
		let approved = Event::Approved { request, who: COUNCIL };
		assert!(events().contains(&approved));
	});
}

#[test]
fn only_what_was_done_is_paid_for() {
	world(|| {
		use frame_support::dispatch::GetDispatchInfo;
		let own = <() as WeightInfo>::approve();
		let request = ask_them(&[role("doctors", &[ALICE, BOB], 2)]);
		let call = Call::<Test>::approve { request, digest: [0; 32] };
		let declared = call.get_dispatch_info().call_weight;
		assert_eq!(declared, own + HEAVIEST, "enough for whatever is decided by it");

		let weight_of = |done: frame_support::dispatch::DispatchResultWithPostInfo| match done {
			Ok(info) => info.actual_weight,
			Err(error) => error.post_info.actual_weight,
		};
		assert_eq!(weight_of(approve(STRANGER, request)), Some(own));
		assert_eq!(weight_of(approve(ALICE, request)), Some(own));
		assert_eq!(weight_of(approve(BOB, request)), Some(own + USED_BY_RECORDER));
	});
}
