//! A farm goes to another farmer when both want it.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::ports::Farms as _;

#[test]
fn a_farm_changes_hands_when_the_receiver_accepts() {
	world(|| {
		let farm = alices_farm();
		assert_ok!(add(ALICE, farm, &["203.0.113.2"], "203.0.113.1"));
		assert_ok!(Land::set_payout(Signed(ALICE).into(), farm, CAROL));
		let deposit = held(ALICE);
		assert_ok!(Land::transfer(Signed(ALICE).into(), farm, BOB));
		assert_eq!(Land::owner(farm), Some(ALICE), "not yet");

		assert_ok!(Land::accept_transfer(Signed(BOB).into(), farm));
		assert_eq!((Land::owner(farm), Land::payout(farm)), (Some(BOB), Some(BOB)));
		assert_eq!((held(ALICE), held(BOB)), (0, deposit));
		assert_eq!((attached(ALICE), attached(BOB)), (0, 1));
		let back = Land::accept_transfer(Signed(BOB).into(), farm);
		assert_noop!(back, Error::<Test>::NotOffered);
	});
}

#[test]
fn only_who_is_meant_accepts() {
	world(|| {
		let farm = alices_farm();
		let accept = |who| Land::accept_transfer(Signed(who).into(), farm);
		assert_noop!(accept(BOB), Error::<Test>::NotOffered);
		assert_ok!(Land::transfer(Signed(ALICE).into(), farm, BOB));
		assert_noop!(accept(CAROL), Error::<Test>::NotOffered);
		assert_ok!(Land::transfer(Signed(ALICE).into(), farm, CAROL));
		assert_noop!(accept(BOB), Error::<Test>::NotOffered);
		assert_ok!(accept(CAROL));
	});
}

#[test]
fn an_offer_can_be_withdrawn_and_declined() {
	world(|| {
		let farm = alices_farm();
		for who in [ALICE, BOB] {
			assert_ok!(Land::transfer(Signed(ALICE).into(), farm, BOB));
			let stranger = Land::withdraw_offer(Signed(CAROL).into(), farm);
			assert_noop!(stranger, Error::<Test>::NotFarmer);
			assert_ok!(Land::withdraw_offer(Signed(who).into(), farm));
			let accept = Land::accept_transfer(Signed(BOB).into(), farm);
			assert_noop!(accept, Error::<Test>::NotOffered);
		}
	});
}

#[test]
fn a_farm_is_offered_to_others_with_a_twin() {
	world(|| {
		let farm = alices_farm();
		let offer = |to| Land::transfer(Signed(ALICE).into(), farm, to);
		assert_noop!(offer(NO_TWIN), Error::<Test>::NoTwin);
		assert_noop!(offer(ALICE), Error::<Test>::OfferedToSelf);
	});
}

#[test]
fn an_offer_goes_with_its_farm() {
	world(|| {
		let farm = alices_farm();
		assert_ok!(Land::transfer(Signed(ALICE).into(), farm, BOB));
		assert_ok!(Land::delete(Signed(ALICE).into(), farm));
		let accept = Land::accept_transfer(Signed(BOB).into(), farm);
		assert_noop!(accept, Error::<Test>::NotOffered);
	});
}
