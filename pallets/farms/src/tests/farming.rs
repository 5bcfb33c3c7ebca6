//! Farmers create farms, name them and give them up.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::ports::Farms as _;

#[test]
fn a_farmer_has_a_twin() {
	world(|| {
		let create = Land::create(Signed(NO_TWIN).into(), name("meadow"), None);
		assert_noop!(create, Error::<Test>::NoTwin);
		alices_farm();
		assert_eq!(attached(ALICE), 1, "her twin is needed from now on");
	});
}

#[test]
fn names_have_letters_digits_and_dashes() {
	world(|| {
		for bad in ["ab", "", "two words", "snow☃", "a.b", "a/b"] {
			let create = Land::create(Signed(ALICE).into(), name(bad), None);
			assert_noop!(create, Error::<Test>::BadName);
		}
		for good in ["abc", "A-1_z", "0000000000111111111122222222223333333333"] {
			assert_ok!(Land::create(Signed(ALICE).into(), name(good), None));
		}
	});
}

#[test]
fn names_are_unique_in_any_case() {
	world(|| {
		let farm = alices_farm();
		for taken in ["meadow", "Meadow", "MEADOW"] {
			let create = Land::create(Signed(BOB).into(), name(taken), None);
			assert_noop!(create, Error::<Test>::NameTaken);
		}
		assert_eq!(Land::farm_by_name(name("mEADOw")), Some(farm));
	});
}

#[test]
fn a_freed_name_can_be_taken() {
	world(|| {
		let farm = alices_farm();
		assert_ok!(Land::update(Signed(ALICE).into(), farm, name("MEADOW")));
		assert_ok!(Land::update(Signed(ALICE).into(), farm, name("orchard")));
		assert_ok!(Land::create(Signed(BOB).into(), name("meadow"), None));
		let back = Land::update(Signed(ALICE).into(), farm, name("Meadow"));
		assert_noop!(back, Error::<Test>::NameTaken);

		assert_ok!(Land::delete(Signed(ALICE).into(), farm));
		assert_ok!(Land::create(Signed(BOB).into(), name("orchard"), None));
		assert_eq!(Land::farm_by_name(name("orchard")), Some(3), "numbers are not given twice");
	});
}

#[test]
fn only_the_farmer_changes_a_farm() {
	world(|| {
		let farm = alices_farm();
		let bob = || Signed(BOB).into();
		assert_noop!(Land::update(bob(), farm, name("mine")), Error::<Test>::NotFarmer);
		assert_noop!(Land::set_payout(bob(), farm, BOB), Error::<Test>::NotFarmer);
		assert_noop!(Land::transfer(bob(), farm, BOB), Error::<Test>::NotFarmer);
		assert_noop!(Land::delete(bob(), farm), Error::<Test>::NotFarmer);
		let ips = add(BOB, farm, &["203.0.113.2"], "203.0.113.1");
		assert_noop!(ips, Error::<Test>::NotFarmer);
		assert_noop!(Land::update(bob(), 7, name("mine")), Error::<Test>::NoFarm);
	});
}

#[test]
fn earnings_go_where_the_farmer_says() {
	world(|| {
		let farm = alices_farm();
		assert_eq!(Land::payout(farm), Some(ALICE));
		assert_ok!(Land::set_payout(Signed(ALICE).into(), farm, CAROL));
		assert_eq!(Land::payout(farm), Some(CAROL));
		assert_ok!(Land::create(Signed(ALICE).into(), name("orchard"), Some(BOB)));
		assert_eq!(Land::payout(2), Some(BOB));
	});
}

#[test]
fn only_an_empty_farm_can_go() {
	world(|| {
		let farm = alices_farm();
		let delete = || Land::delete(Signed(ALICE).into(), farm);
		Land::attach_node(farm);
		assert_noop!(delete(), Error::<Test>::HasNodes);
		Land::detach_node(farm);

		assert_ok!(add(ALICE, farm, &["203.0.113.2"], "203.0.113.1"));
		assert_noop!(delete(), Error::<Test>::HasIps);
		assert_ok!(Land::remove_public_ip(Signed(ALICE).into(), farm, ip("203.0.113.2")));

		assert_ok!(delete());
		assert_eq!(held(ALICE), 0, "the deposit is back");
		assert_eq!(attached(ALICE), 0, "her twin can go");
	});
}
