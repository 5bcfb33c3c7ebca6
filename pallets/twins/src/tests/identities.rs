//! An account has one twin, which is its own.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::ports::Twins as _;
use sp_runtime::{DispatchError, TokenError};

#[test]
fn an_account_has_one_twin_at_most() {
	world(|| {
		assert_ok!(People::create(Signed(ALICE).into(), relay("wss://relay"), KEY));
		assert_eq!(People::twin_of(ALICE), Some(1));
		assert_eq!(People::contact(1), Some((ALICE, relay("wss://relay"), KEY)));
		let again = People::create(Signed(ALICE).into(), None, KEY);
		assert_noop!(again, Error::<Test>::HasTwin);
	});
}

#[test]
fn numbers_are_not_given_twice() {
	world(|| {
		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
		assert_ok!(People::delete(Signed(ALICE).into()));
		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
		assert_eq!(People::twin_of(ALICE), Some(2));
		assert_eq!(People::contact(1), None);
	});
}

#[test]
fn nobody_can_alter_the_twin_of_another() {
	world(|| {
		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
		let before = Twins::<Test>::get(1);
		let update = People::update(Signed(BOB).into(), None, [8; 32]);
		assert_noop!(update, Error::<Test>::NoTwin);
		assert_noop!(People::delete(Signed(BOB).into()), Error::<Test>::NoTwin);

		assert_ok!(People::create(Signed(BOB).into(), None, KEY));
		assert_ok!(People::update(Signed(BOB).into(), relay("here"), [8; 32]));
		assert_eq!(Twins::<Test>::get(1), before);
	});
}

#[test]
fn the_deposit_comes_back() {
	world(|| {
		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
		assert_eq!(held(ALICE), 20);
		assert_ok!(People::delete(Signed(ALICE).into()));
		assert_eq!(held(ALICE), 0);
		assert_eq!(Balances::free_balance(ALICE), 100);
	});
}

#[test]
fn who_cannot_pay_the_deposit_has_no_twin() {
	world(|| {
		let create = People::create(Signed(PAUPER).into(), None, KEY);
		assert_noop!(create, DispatchError::Token(TokenError::FundsUnavailable));
	});
}

#[test]
fn a_twin_stays_while_something_hangs_on_it() {
	world(|| {
		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
		People::attach(1);
		People::attach(1);
		People::detach(1);
		assert_noop!(People::delete(Signed(ALICE).into()), Error::<Test>::TwinInUse);
		People::detach(1);
		HaveSomething::set(vec![1]);
		assert_noop!(People::delete(Signed(ALICE).into()), Error::<Test>::TwinInUse);
		HaveSomething::set(vec![2]);
		assert_ok!(People::delete(Signed(ALICE).into()));
	});
}

#[test]
fn keys_and_relays_must_be_usable() {
	world(|| {
		for text in ["", "two words", "snow☃"] {
			let create = People::create(Signed(ALICE).into(), relay(text), KEY);
			assert_noop!(create, Error::<Test>::BadRelay);
		}
		let create = People::create(Signed(ALICE).into(), None, [0; 32]);
		assert_noop!(create, Error::<Test>::BadEncryptionKey);

		assert_ok!(People::create(Signed(ALICE).into(), None, KEY));
		let update = People::update(Signed(ALICE).into(), relay(""), KEY);
		assert_noop!(update, Error::<Test>::BadRelay);
	});
}
