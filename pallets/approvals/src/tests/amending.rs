//! There is no back door: once something is under a policy, its stakeholders must agree with
//! whatever becomes of it.

use super::world::*;
use crate::*;
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	approval::{Action, Question},
	ports::ApprovalGate,
	PolicyId,
};
use sp_crypto_hashing::blake2_256;

fn doctors() -> TermsOf<Test> {
	terms(&[role("doctors", &[ALICE, BOB], 2)])
}

/// Terms after the owner's own heart.
fn puppets() -> TermsOf<Test> {
	terms(&[role("puppets", &[CLERK], 1)])
}

fn amend(policy: PolicyId, terms: TermsOf<Test>) -> frame_support::dispatch::DispatchResult {
	Board::amend_policy(Signed(CLERK).into(), policy, terms)
}

fn in_use() -> PolicyId {
	let policy = create(doctors());
	assert_ok!(bind(policy, CLERK).map_err(|_| "bind"));
	policy
}

fn stored(policy: PolicyId) -> TermsOf<Test> {
	Board::policy(policy).expect("it is there").terms
}

#[test]
fn a_policy_that_nothing_is_under_is_its_owners() {
	world(|| {
		let policy = create(doctors());
		let stranger = Board::amend_policy(Signed(ALICE).into(), policy, puppets());
		assert_noop!(stranger, Error::<Test>::NotOwner);
		assert_noop!(amend(9, puppets()), Error::<Test>::NoPolicy);
		assert_noop!(amend(policy, doctors()), Error::<Test>::NothingChanged);
		assert_noop!(amend(policy, Terms { ttl: 0, ..doctors() }), Error::<Test>::BadTtl);
		assert_ok!(amend(policy, puppets()));
		assert_eq!(stored(policy), puppets());
		assert_eq!(events().last(), Some(&Event::PolicyAmended { policy, revision: 2 }));
		assert_eq!(Requests::<Test>::iter().count(), 0);
	});
}

#[test]
fn the_owner_alone_changes_nothing_of_a_policy_in_use() {
	world(|| {
		let policy = in_use();
		let less_guarded = Terms { guards: Guards::default(), ..doctors() };
		let without_bob = terms(&[role("doctors", &[ALICE], 1)]);
		for proposed in [puppets(), less_guarded, without_bob, Terms { open: true, ..doctors() }] {
			assert_ok!(amend(policy, proposed.clone()));
			assert_eq!(stored(policy), doctors(), "not yet");
			let request = amendment(policy);
			assert_eq!(Board::proposed_terms(request), Some(proposed));
			let own = approve(CLERK, request).map_err(|it| it.error);
			assert_noop!(own, Error::<Test>::NotAMember);
			assert_ok!(approve(ALICE, request));
			assert_eq!(stored(policy), doctors(), "one doctor is not enough");
			assert_ok!(object(BOB, request));
			assert!(!is_open(request));
			assert_eq!(events().last(), Some(&Event::AmendmentRefused { policy, request }));
			assert_eq!(stored(policy), doctors());
		}
		let policy = Board::policy(policy).expect("it is there");
		assert_eq!((policy.revision, policy.proposal), (1, None));
		assert!(Heard::get().is_empty(), "that is between the policy and its stakeholders");
	});
}

#[test]
fn the_stakeholders_of_the_old_terms_decide_on_the_new_ones() {
	world(|| {
		let policy = in_use();
		assert_ok!(amend(policy, puppets()));
		let request = amendment(policy);
		let proposed = Event::AmendmentProposed { policy, request, revision: 2 };
		assert_eq!(events().last(), Some(&proposed));
		assert_ok!(approve(ALICE, request));
		assert_ok!(approve(BOB, request));
		assert_eq!(stored(policy), puppets());
		let after = Board::policy(policy).expect("it is there");
		assert_eq!((after.revision, after.proposal), (2, None));
		assert_eq!(events().last(), Some(&Event::PolicyAmended { policy, revision: 2 }));
		assert_eq!(Proposals::<Test>::iter().count(), 0);
		assert!(Heard::get().is_empty());

		// And the new ones on the next.
		assert_ok!(amend(policy, doctors()));
		let request = amendment(policy);
		assert_noop!(approve(ALICE, request).map_err(|it| it.error), Error::<Test>::NotAMember);
		assert_ok!(approve(CLERK, request));
		assert_eq!(stored(policy), doctors());
		assert_eq!(Board::policy(policy).expect("it is there").revision, 3);
	});
}

#[test]
fn the_owner_cannot_remove_himself_alone_from_the_roles_he_is_in() {
	world(|| {
		let policy = create(terms(&[role("both", &[CLERK, ALICE], 2)]));
		assert_ok!(bind(policy, CLERK).map_err(|_| "bind"));
		assert_ok!(amend(policy, terms(&[role("both", &[ALICE], 1)])));
		let request = amendment(policy);
		assert_ok!(approve(CLERK, request));
		assert!(is_open(request), "his vote is one of two");
		assert_ok!(approve(ALICE, request));
		assert_eq!(stored(policy).roles[0].members[..], [ALICE]);
	});
}

#[test]
fn stakeholders_are_asked_about_every_byte_of_the_terms() {
	world(|| {
		let policy = in_use();
		// As they will be stored, with the members in order.
		let sorted = terms(&[role("all", &[ALICE, BOB, CAROL], 1)]);
		assert_ok!(amend(policy, terms(&[role("all", &[CAROL, BOB, ALICE], 1)])));
		let request = amendment(policy);
		let asked = Question {
			action: Action::AmendPolicy,
			subject: policy.into(),
			revision: 2,
			content: blake2_256(&sorted.encode()),
		};
		let status = Board::request(request).expect("it is open");
		assert_eq!((status.question, status.digest), (asked, asked.digest()));
		assert_eq!(Board::proposed_terms(request), Some(sorted));
	});
}

#[test]
fn there_is_one_amendment_at_a_time() {
	world(|| {
		let policy = in_use();
		let withdraw = |who| Board::withdraw_amendment(Signed(who).into(), policy);
		assert_noop!(withdraw(CLERK), Error::<Test>::NoAmendment);
		assert_ok!(amend(policy, puppets()));
		let request = amendment(policy);
		let other = Terms { open: true, ..doctors() };
		assert_noop!(amend(policy, other.clone()), Error::<Test>::AmendmentPending);
		assert_noop!(withdraw(ALICE), Error::<Test>::NotOwner);
		assert_ok!(approve(ALICE, request));
		assert_ok!(withdraw(CLERK));
		assert_eq!(events().last(), Some(&Event::AmendmentWithdrawn { policy, request }));
		assert_noop!(approve(BOB, request).map_err(|it| it.error), Error::<Test>::NoRequest);
		assert_ok!(amend(policy, other));
		assert_ne!(amendment(policy), request, "what was said of the other is void");
		assert_eq!(Votes::<Test>::get(amendment(policy)), Some(Ballot::default()));
	});
}

#[test]
fn an_amendment_does_not_slip_through_when_the_last_use_ends() {
	world(|| {
		let policy = in_use();
		assert_ok!(amend(policy, puppets()));
		unbind(policy);
		assert_eq!(stored(policy), doctors());
		assert_noop!(amend(policy, puppets()), Error::<Test>::AmendmentPending);
		assert_ok!(Board::withdraw_amendment(Signed(CLERK).into(), policy));
		assert_ok!(amend(policy, puppets()));
		assert_eq!(stored(policy), puppets(), "it is the owner's again");
	});
}

#[test]
fn an_amendment_that_nobody_answers_expires() {
	world(|| {
		let policy = in_use();
		assert_ok!(amend(policy, puppets()));
		let request = amendment(policy);
		assert_ok!(approve(ALICE, request));
		go_to(1 + TTL);
		assert_noop!(approve(BOB, request).map_err(|it| it.error), Error::<Test>::Expired);
		assert_ok!(Board::expire(Signed(STRANGER).into(), request));
		assert_eq!(stored(policy), doctors());
		assert_eq!(events().last(), Some(&Event::AmendmentRefused { policy, request }));
		assert_ok!(amend(policy, puppets()));
	});
}

#[test]
fn what_becomes_of_a_policy_does_not_change_a_vote_in_flight() {
	world(|| {
		let policy = in_use();
		let request = ask(policy, 1);
		assert_ok!(approve(ALICE, request));
		assert_ok!(amend(policy, puppets()));
		for who in [ALICE, BOB] {
			assert_ok!(approve(who, amendment(policy)));
		}
		assert_eq!(stored(policy), puppets());
		assert_noop!(approve(CLERK, request).map_err(|it| it.error), Error::<Test>::NotAMember);
		assert!(is_open(request), "Bob is still needed");

		// It is even answered when the policy is gone.
		assert_ok!(Board::retire_policy(Signed(CLERK).into(), policy));
		unbind(policy);
		assert_eq!(Board::policy(policy), None);
		assert_ok!(approve(BOB, request));
		assert_eq!(decision(), Some(grid_primitives::ports::Decision::Approved));
	});
}

#[test]
fn the_policys_rule_on_several_roles_is_part_of_the_copy() {
	world(|| {
		let roles = [role("doctors", &[ALICE, BOB], 1), role("law", &[ALICE, CAROL], 1)];
		let policy = create(terms(&roles));
		let request = ask(policy, 1);
		assert_ok!(amend(policy, Terms { several_roles: true, ..terms(&roles) }));
		assert_ok!(approve(ALICE, request));
		assert_eq!(decision(), None);
		assert_ok!(approve(ALICE, ask(policy, 2)));
		assert_eq!(Heard::get().len(), 1, "the later question is under the new terms");
	});
}

#[test]
fn a_retired_policy_can_be_amended_by_its_stakeholders_and_goes_afterwards() {
	world(|| {
		let policy = in_use();
		assert_ok!(Board::retire_policy(Signed(CLERK).into(), policy));
		assert_ok!(amend(policy, puppets()));
		assert_eq!(stored(policy), doctors(), "not by its owner alone");
		let request = amendment(policy);
		unbind(policy);
		assert!(Board::policy(policy).is_some(), "its stakeholders are still being asked");
		assert_ok!(approve(ALICE, request));
		assert_ok!(approve(BOB, request));
		assert_eq!(Board::policy(policy), None);
		assert_eq!(events().last(), Some(&Event::PolicyGone { policy }));
		assert_eq!(held(CLERK), (0, 0));
	});
}

#[test]
fn a_question_of_another_pallet_is_not_an_amendment() {
	world(|| {
		let policy = in_use();
		let asked = Question {
			action: Action::AmendPolicy,
			subject: policy.into(),
			revision: 2,
			content: blake2_256(&puppets().encode()),
		};
		let gate = <Board as ApprovalGate<u64>>::ask(policy, &STRANGER, &asked);
		let request = gate.expect("it can be asked");
		assert_ok!(Board::force_decide(Root.into(), request, true));
		assert_eq!(stored(policy), doctors());
		assert_eq!(Heard::get().len(), 1, "whoever asked hears of it");
	});
}
