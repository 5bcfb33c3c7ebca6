//! Contracts come as a whole, or not at all.

use super::{samples::*, world::*};
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::{
	capacity::bytes::TIB,
	query::NodeState,
	spec::{Disk, Kind, Volume},
};

#[test]
fn a_contract_takes_what_it_needs_and_gives_it_all_back() {
	world(|| {
		nodes(2);
		public_ips(3);
		let before = Balances::free_balance(BOB);
		let (held_before, generations) = (held(BOB), (generation(1), generation(2)));
		let id = deploy(BOB, "shop", [(2, public(2)), (1, cores(2))]);

		assert_eq!(state(id), Some(State::Live));
		assert_eq!((free_cores(1), free_cores(2)), (6, 7));
		assert_eq!(free_ips(), 2);
		assert_eq!(placement(2, id).addresses.len(), 1);
		assert!(held(BOB) > held_before, "a deposit");
		// Three cores and an address, for ten times.
		assert_eq!(bill(id).advance, 80);
		assert_eq!((generation(1), generation(2)), (generations.0 + 1, generations.1 + 1));
		assert_eq!(People::do_try_state(), Ok(()));
		assert_noop!(People::delete(Signed(BOB).into()), pallet_twins::Error::<Test>::TwinInUse);

		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		assert_eq!(state(id), None);
		assert_eq!((free_cores(1), free_cores(2), free_ips()), (8, 8, 3));
		assert_eq!((Balances::free_balance(BOB), held(BOB)), (before, held_before));
		assert_eq!((generation(1), generation(2)), (generations.0 + 2, generations.1 + 2));
		assert_eq!(last_event(), Event::Ended { contract: id, twin: 2, why: Why::Owner });
		assert_ok!(People::delete(Signed(BOB).into()));
	});
}

#[test]
fn two_race_for_the_last_core() {
	world(|| {
		nodes(1);
		deploy(BOB, "most", [(1, cores(7))]);
		let before = (Balances::free_balance(CAROL), held(CAROL));
		deploy(BOB, "last", [(1, cores(1))]);
		assert_noop!(create(CAROL, "last", [(1, cores(1))], None), Error::<Test>::NodeFull);
		assert_eq!((Balances::free_balance(CAROL), held(CAROL)), before);
		assert_eq!(free_cores(1), 0);
	});
}

#[test]
fn thirty_two_nodes_or_none() {
	world(|| {
		nodes(32);
		deploy(CAROL, "in-the-way", [(32, cores(8))]);
		let plan = || (1..=32).map(|node| (node, cores(1)));
		// The root of the storage is the same as before.
		assert_noop!(create(BOB, "all", plan(), None), Error::<Test>::NodeFull);
		assert_ok!(create(BOB, "fewer", plan().take(31), None));
		assert_eq!((1..=31).map(free_cores).sum::<u64>(), 31 * 7);
	});
}

#[test]
fn each_thing_in_the_way_has_its_own_error() {
	world(|| {
		nodes(2);
		public_ips(1);
		let one = |node, spec| create(BOB, "one", [(node, spec)], None);
		assert_noop!(one(9, cores(1)), Error::<Test>::NoNode);
		assert_noop!(one(1, cores(9)), Error::<Test>::NodeFull);
		let huge = Kind::Volume(Volume { size: 5 * TIB, disk: Disk::Hdd });
		assert_noop!(one(1, spec([("huge", huge)])), Error::<Test>::NodeFull);

		let two = [(1, public(1)), (2, public(2))];
		assert_noop!(create(BOB, "two", two, None), Error::<Test>::NoPublicIp);

		let nobody = create(LEGAL, "one", [(1, cores(1))], None);
		assert_noop!(nobody, Error::<Test>::NoTwin);
		assert_noop!(create(POOR, "one", [(1, cores(1))], None), Error::<Test>::NotFunded);
		assert_noop!(create(BOB, "one", [(1, cores(1))], Some(7)), Error::<Test>::NoPolicy);

		let maintained = Machines::set_state(Signed(ALICE).into(), 1, NodeState::Maintenance);
		assert_ok!(maintained);
		assert_noop!(one(1, cores(1)), Error::<Test>::NodeNotOpen);
		darkness();
		assert_noop!(one(2, cores(1)), Error::<Test>::NodeOffline);
		beat(2);
		assert_ok!(one(2, cores(1)));
	});
}

#[test]
fn money_for_the_deposit_is_not_enough() {
	world(|| {
		nodes(1);
		let deposit = {
			let before = held(BOB);
			let id = deploy(BOB, "probe", [(1, cores(8))]);
			let deposit = held(BOB) - before;
			assert_ok!(Grid::cancel(Signed(BOB).into(), id));
			deposit
		};
		let give = |amount| {
			assert_ok!(Balances::force_set_balance(
				frame_system::RawOrigin::Root.into(),
				POOR,
				amount
			));
		};
		let poor = || create(POOR, "eight", [(1, cores(8))], None);
		let has = 1;
		give(has + deposit + 79);
		assert_noop!(poor(), Error::<Test>::NotFunded);
		give(has + deposit + 80);
		assert_ok!(poor());
	});
}

#[test]
fn labels_are_unique_for_each_twin() {
	world(|| {
		nodes(1);
		for bad in ["", "Shop", "my shop", "-", "under_score"] {
			let made = create(BOB, bad, [(1, cores(1))], None);
			assert_noop!(made, Error::<Test>::BadLabel);
		}
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		let again = create(BOB, "shop", [(1, cores(1))], None);
		assert_noop!(again, Error::<Test>::LabelTaken);
		deploy(CAROL, "shop", [(1, cores(1))]);
		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		deploy(BOB, "shop", [(1, cores(1))]);
	});
}

#[test]
fn a_spec_that_is_not_well_formed_is_refused() {
	world(|| {
		nodes(2);
		let none = spec([]);
		assert_noop!(create(BOB, "one", [(1, none)], None), Error::<Test>::SpecEmpty);
		assert_noop!(create(BOB, "one", [], None), Error::<Test>::BadNumberOfNodes);
		let twice = [(1, cores(1)), (1, cores(1))];
		assert_noop!(create(BOB, "one", twice, None), Error::<Test>::NodeTwice);
		let astray = spec([("web", container(1_000, [("net", [10, 1, 1, 2])]))]);
		assert_noop!(create(BOB, "one", [(1, astray)], None), Error::<Test>::BadReference);
		let overlapping = [(1, public(1)), (2, public(1))];
		assert_noop!(create(BOB, "one", overlapping, None), Error::<Test>::SubnetsOverlap);
	});
}

#[test]
fn only_the_owner_commands_a_contract() {
	world(|| {
		nodes(1);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		let not_owner = Error::<Test>::NotOwner;
		assert_noop!(cancel(CAROL, id), Error::<Test>::NotOwner);
		assert_noop!(amend(CAROL, id, [(1, Some(cores(2)))]), not_owner);
		assert_noop!(Grid::withdraw(Signed(CAROL).into(), id), Error::<Test>::NotOwner);
		assert_noop!(Grid::deliver(Signed(CAROL).into(), id), Error::<Test>::NotOwner);
		assert_noop!(cancel(BOB, 9), Error::<Test>::NoContract);
	});
}
