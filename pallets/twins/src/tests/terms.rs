//! Governance may set terms, which must be accepted before there is a twin.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use sp_core::H256;
use sp_runtime::DispatchError;

fn set_terms(byte: u8) -> H256 {
	let terms = H256::repeat_byte(byte);
	assert_ok!(People::set_terms(Root.into(), Some(terms)));
	terms
}

#[test]
fn only_governance_sets_terms() {
	world(|| {
		let set = People::set_terms(Signed(ALICE).into(), None);
		assert_noop!(set, DispatchError::BadOrigin);
	});
}

#[test]
fn terms_are_accepted_before_a_twin() {
	world(|| {
		let terms = set_terms(1);
		assert_eq!(People::must_accept(ALICE), Some(terms));
		let create = People::create(Signed(ALICE).into(), None, KEY);
		assert_noop!(create, Error::<Test>::TermsNotAccepted);

		assert_ok!(People::accept_terms(Signed(ALICE).into(), terms));
		assert_eq!(People::must_accept(ALICE), None);
		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
	});
}

#[test]
fn only_the_terms_that_are_in_force_count() {
	world(|| {
		let none = People::accept_terms(Signed(ALICE).into(), H256::zero());
		assert_noop!(none, Error::<Test>::NotTheTerms);
		let first = set_terms(1);
		assert_ok!(People::accept_terms(Signed(ALICE).into(), first));
		let second = set_terms(2);
		let create = People::create(Signed(ALICE).into(), None, KEY);
		assert_noop!(create, Error::<Test>::TermsNotAccepted);
		let old = People::accept_terms(Signed(ALICE).into(), first);
		assert_noop!(old, Error::<Test>::NotTheTerms);
		assert_ok!(People::accept_terms(Signed(ALICE).into(), second));
		assert_eq!(held(ALICE), 10, "one deposit, however many terms");
		let again = People::accept_terms(Signed(ALICE).into(), second);
		assert_noop!(again, Error::<Test>::AcceptedAlready);
		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
	});
}

#[test]
fn new_terms_and_lifted_ones_leave_twins_alone() {
	world(|| {
		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
		set_terms(1);
		assert_ok!(People::update(Signed(ALICE).into(), None, [8; 32]));
		assert_ok!(People::set_terms(Root.into(), None));
		assert_ok!(People::create(Signed(BOB).into(), None, KEY));
	});
}

#[test]
fn an_acceptance_can_be_withdrawn_until_there_is_a_twin() {
	world(|| {
		let withdraw = || People::withdraw_acceptance(Signed(ALICE).into());
		assert_noop!(withdraw(), Error::<Test>::NothingAccepted);
		let terms = set_terms(1);
		assert_ok!(People::accept_terms(Signed(ALICE).into(), terms));
		assert_ok!(withdraw());
		assert_eq!(held(ALICE), 0);

		assert_ok!(People::accept_terms(Signed(ALICE).into(), terms));
		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
		assert_noop!(withdraw(), Error::<Test>::HasTwin);
		assert_ok!(People::delete(Signed(ALICE).into()));
		assert_eq!(held(ALICE), 0, "the acceptance goes with the twin");
	});
}
