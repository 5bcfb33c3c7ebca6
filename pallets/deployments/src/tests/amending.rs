//! Another revision takes nothing away before it runs.

use super::{samples::*, world::*};
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::{query::NodeState, report::Outcome, spec::Change};

#[test]
fn growing_reserves_and_is_paid_at_once() {
	world(|| {
		nodes(1);
		let id = deploy(BOB, "shop", [(1, cores(2))]);
		assert_ok!(report(1, id, 1, running()));
		assert_ok!(amend(BOB, id, [(1, Some(cores(5)))]));

		assert_eq!(free_cores(1), 3);
		assert_eq!(bill(id).advance, 50);
		assert_eq!(bill(id).stream(1), (5, true), "what is reserved is paid");
		assert!(bill(id).is_asked(1));
		let there = placement(1, id);
		assert_eq!((there.revision, there.running), (2, Some(1)));
		assert_eq!(there.status, Status::Pending);

		assert_ok!(report(1, id, 2, running()));
		assert_eq!(bill(id).stream(1), (5, true));
		assert!(!bill(id).is_asked(1));
		assert_eq!(placement(1, id).running, Some(2));
	});
}

#[test]
fn who_has_not_seen_the_newest_revision_changes_nothing() {
	world(|| {
		nodes(2);
		let id = deploy(BOB, "shop", [(1, cores(1)), (2, cores(1))]);
		let amend = |revision, node| {
			let change = Change { node, spec: Some(cores(2)) };
			let changes = vec![change].try_into().unwrap();
			Grid::amend(Signed(BOB).into(), id, revision, changes, None)
		};
		assert_ok!(amend(1, 1));
		assert_noop!(amend(1, 2), Error::<Test>::ChangedMeanwhile);
		assert_noop!(amend(3, 2), Error::<Test>::ChangedMeanwhile);
		assert_ok!(amend(2, 2));
	});
}

#[test]
fn shrinking_frees_only_after_the_node_reports() {
	world(|| {
		nodes(1);
		public_ips(1);
		let id = deploy(BOB, "shop", [(1, public(1))]);
		assert_ok!(report(1, id, 1, running()));
		let smaller = spec([("net", network(1, false))]);
		assert_ok!(amend(BOB, id, [(1, Some(smaller))]));
		assert_eq!((free_cores(1), free_ips()), (7, 0));
		assert_eq!(bill(id).stream(1), (6, true), "what is still reserved is paid");
		let before = generation(1);
		assert_ok!(report(1, id, 2, running()));
		assert_eq!((free_cores(1), free_ips()), (8, 1));
		assert_eq!(generation(1), before + 1, "else it would go on answering for the address");
		assert_eq!(bill(id).stream(1), (1, true));
	});
}

#[test]
fn a_public_address_stays_with_its_network() {
	world(|| {
		nodes(1);
		public_ips(3);
		let id = deploy(BOB, "shop", [(1, public(1))]);
		let address = placement(1, id).addresses[0].clone();
		let more = spec([
			("first", network(9, true)),
			("net", network(1, true)),
			("web", container(2_000, [("net", [10, 1, 1, 2])])),
		]);
		assert_ok!(amend(BOB, id, [(1, Some(more))]));
		let addresses = placement(1, id).addresses;
		assert_eq!(addresses.len(), 2);
		assert!(addresses.contains(&address));
		assert_eq!(free_ips(), 1);
	});
}

#[test]
fn nodes_come_and_leave() {
	world(|| {
		nodes(3);
		let id = deploy(BOB, "shop", [(1, cores(1)), (2, cores(2))]);
		assert_ok!(report(1, id, 1, running()));
		assert_ok!(report(2, id, 1, running()));
		let before = [1, 2, 3].map(generation);
		assert_ok!(amend(BOB, id, [(1, None), (3, Some(cores(3)))]));

		// The new one is there, the old one until it says that it has stopped.
		assert_eq!((free_cores(1), free_cores(2), free_cores(3)), (7, 6, 5));
		assert_eq!(placement(1, id).spec, None);
		assert_eq!(placement(2, id).revision, 1, "the other goes on as it is");
		let told = before.map(|generation| generation + 1);
		assert_eq!([1, 2, 3].map(generation), told, "but all know who is in their networks");
		assert!(!bill(id).streams.contains_key(&1), "who leaves earns no more");

		assert_noop!(amend(BOB, id, [(1, Some(cores(1)))]), Error::<Test>::NodeLeaving);
		assert_noop!(report(1, id, 2, running()), Error::<Test>::NotAsWanted);
		assert_ok!(report(1, id, 2, Outcome::Stopped));
		assert_eq!(free_cores(1), 8);
		assert!(Placements::<Test>::get(1, id).is_none());
		assert_ok!(amend(BOB, id, [(1, Some(cores(1)))]));
		assert_eq!(placement(1, id).revision, 3);
	});
}

#[test]
fn a_contract_moves_from_its_only_node() {
	world(|| {
		nodes(2);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		assert_ok!(amend(BOB, id, [(1, None), (2, Some(cores(1)))]));
		assert_ok!(report(1, id, 2, Outcome::Stopped));
		assert_eq!(bill(id).advance, 20, "it was in two places");
		assert_noop!(amend(BOB, id, [(2, None)]), Error::<Test>::NoNodesLeft);
	});
}

#[test]
fn a_node_that_is_not_there_is_left_at_once() {
	world(|| {
		nodes(2);
		let id = deploy(BOB, "shop", [(1, cores(1)), (2, cores(1))]);
		let held_before = held(BOB);
		darkness();
		beat(2);
		assert_ok!(amend(BOB, id, [(1, None)]));
		assert_eq!(free_cores(1), 8);
		assert!(held(BOB) < held_before);
		let left = Event::Left { contract: id, node: 1, why: Why::NodeOffline };
		assert!(events().contains(&left));
	});
}

#[test]
fn what_cannot_be_amended_stays_as_it_is() {
	world(|| {
		nodes(2);
		public_ips(1);
		let id = deploy(BOB, "shop", [(1, public(1))]);
		deploy(CAROL, "other", [(2, cores(8))]);
		let refused = |changes: Vec<_>, error: Error<Test>| {
			let made = amend(BOB, id, changes).map_err(|error| error.error);
			assert_noop!(made, error);
		};
		refused(vec![], Error::NothingChanged);
		refused(vec![(1, Some(public(1)))], Error::NothingChanged);
		refused(vec![(1, None)], Error::NoNodesLeft);
		refused(vec![(2, None)], Error::NotOnNode);
		refused(vec![(1, Some(cores(1))), (1, None)], Error::NodeTwice);
		refused(vec![(1, Some(cores(9)))], Error::NodeFull);
		refused(vec![(1, Some(cores(2))), (2, Some(cores(1)))], Error::NodeFull);
		refused(vec![(9, Some(cores(1)))], Error::NoNode);
		refused(vec![(2, Some(public(1)))], Error::SubnetsOverlap);
		refused(vec![(1, Some(spec([])))], Error::SpecEmpty);
		assert_ok!(Machines::set_state(Signed(ALICE).into(), 1, NodeState::Maintenance));
		let more =
			spec([("net", network(1, true)), ("web", container(2_000, [("net", [10, 1, 1, 2])]))]);
		refused(vec![(1, Some(more))], Error::NodeNotOpen);
		// Less is always possible.
		assert_ok!(amend(BOB, id, [(1, Some(spec([("net", network(1, false))])))]));
	});
}

#[test]
fn a_contract_has_at_most_thirty_two_nodes_with_those_that_leave() {
	world(|| {
		nodes(34);
		let id = deploy(BOB, "all", (1..=32).map(|node| (node, cores(1))));
		let swap = || [(1, None), (33, Some(cores(1)))];
		assert_noop!(amend(BOB, id, swap()), Error::<Test>::TooManyNodes);
		assert_ok!(amend(BOB, id, [(1, None)]));
		assert_noop!(amend(BOB, id, [(33, Some(cores(1)))]), Error::<Test>::TooManyNodes);
		assert_ok!(report(1, id, 2, Outcome::Stopped));
		assert_ok!(amend(BOB, id, [(33, Some(cores(1)))]));
	});
}

#[test]
fn nobody_pays_more_than_he_said() {
	world(|| {
		nodes(2);
		let plan = || vec![(1, cores(3))].try_into().expect("it is short");
		let create =
			|most| Grid::create(Signed(BOB).into(), text("shop"), plan(), None, Some(most));
		assert_noop!(create(2), Error::<Test>::TooExpensive);
		assert_ok!(create(3));
		let id = last_contract();
		let amend = |most| {
			let [one, two] =
				[(1, 2), (2, 2)].map(|(node, it)| Change { node, spec: Some(cores(it)) });
			let changes = vec![one, two].try_into().expect("they are few");
			Grid::amend(Signed(BOB).into(), id, 1, changes, Some(most)).map_err(|error| error.error)
		};
		assert_noop!(amend(3), Error::<Test>::TooExpensive);
		assert_ok!(amend(4));
		let rent = |most| Grid::rent(Signed(CAROL).into(), 3, Some(most));
		nodes(1);
		assert_noop!(rent(7), Error::<Test>::TooExpensive);
		assert_ok!(rent(8));
	});
}

#[test]
fn an_amendment_is_paid_in_advance() {
	world(|| {
		nodes(1);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		let root = frame_system::RawOrigin::Root;
		assert_ok!(Balances::force_set_balance(root.into(), BOB, held(BOB) + 20));
		assert_noop!(amend(BOB, id, [(1, Some(cores(8)))]), Error::<Test>::NotFunded);
	});
}
