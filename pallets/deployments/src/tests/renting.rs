//! Nodes that one twin has for itself.

use super::{meter::*, samples::*, world::*};
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::ports::{Bill, OnArrears};

fn rent(who: u64, node: u32) -> frame_support::dispatch::DispatchResult {
	Grid::rent(Signed(who).into(), node, None)
}

#[test]
fn a_rented_node_takes_contracts_of_its_tenant_only() {
	world(|| {
		nodes(2);
		public_ips(1);
		assert_ok!(rent(BOB, 1));
		assert_eq!(last_event(), Event::Rented { node: 1, twin: 2 });
		let others = create(CAROL, "shop", [(1, cores(1))], None);
		assert_noop!(others, Error::<Test>::NodeRentedByOther);
		assert_noop!(rent(CAROL, 1), Error::<Test>::NodeRentedByOther);

		// All of the node is paid for: a contract on it costs its public addresses only.
		let rental = Bills::get(Bill::Rental(1)).expect("it is open");
		assert_eq!(rental.stream(1), (8, true));
		let id = deploy(BOB, "shop", [(1, public(1))]);
		assert_eq!(bill(id).stream(1).0, 5);
		assert_ok!(amend(BOB, id, [(2, Some(cores(3)))]));
		assert_eq!(bill(id).stream(2).0, 3);
	});
}

#[test]
fn only_an_empty_node_is_rented_and_released() {
	world(|| {
		nodes(2);
		let id = deploy(CAROL, "shop", [(1, cores(1))]);
		assert_noop!(rent(BOB, 1), Error::<Test>::NodeNotEmpty);
		assert_ok!(Grid::cancel(Signed(CAROL).into(), id));
		let before = (Balances::free_balance(BOB), held(BOB));
		assert_ok!(rent(BOB, 1));
		assert!(held(BOB) > before.1);

		let id = deploy(BOB, "shop", [(1, cores(1))]);
		assert_noop!(Grid::release(Signed(CAROL).into(), 1), Error::<Test>::NotTenant);
		assert_noop!(Grid::release(Signed(BOB).into(), 1), Error::<Test>::ContractsLeft);
		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		assert_ok!(Grid::release(Signed(BOB).into(), 1));
		assert_eq!((Balances::free_balance(BOB), held(BOB)), before);
		assert_noop!(Grid::release(Signed(BOB).into(), 1), Error::<Test>::NotTenant);
		deploy(CAROL, "shop", [(1, cores(1))]);
	});
}

#[test]
fn what_a_tenant_proposes_keeps_the_node() {
	world(|| {
		nodes(2);
		let policy = policy();
		assert_ok!(create(BOB, "shop", [(2, cores(1))], Some(policy)));
		let id = last_contract();
		both_agree(id);
		assert_ok!(rent(BOB, 1));
		assert_ok!(amend(BOB, id, [(1, Some(cores(1)))]));
		assert_noop!(Grid::release(Signed(BOB).into(), 1), Error::<Test>::ContractsLeft);
		assert_ok!(Grid::withdraw(Signed(BOB).into(), id));
		assert_ok!(Grid::release(Signed(BOB).into(), 1));
	});
}

#[test]
fn who_cannot_rent_rents_nothing() {
	world(|| {
		nodes(1);
		assert_noop!(rent(BOB, 9), Error::<Test>::NoNode);
		assert_noop!(rent(LEGAL, 1), Error::<Test>::NoTwin);
		assert_noop!(rent(POOR, 1), Error::<Test>::NotFunded);
		darkness();
		assert_noop!(rent(BOB, 1), Error::<Test>::NodeOffline);
	});
}

#[test]
fn unpaid_rent_stops_all_and_then_ends_all() {
	world(|| {
		nodes(2);
		assert_ok!(rent(BOB, 1));
		let here = deploy(BOB, "here", [(1, cores(1))]);
		let both = deploy(BOB, "both", [(1, cores(1)), (2, cores(1))]);
		assert_ok!(report(1, here, 1, running()));

		Grid::paused(Bill::Rental(1));
		assert!(Grid::desired(1, None, 10).contracts.iter().all(|it| !it.run));
		assert!(Grid::desired(2, None, 10).contracts[0].run);
		Grid::resumed(Bill::Rental(1));
		assert!(Grid::desired(1, None, 10).contracts.iter().all(|it| it.run));

		Grid::paused(Bill::Rental(1));
		Grid::ended(Bill::Rental(1));
		let more = create(BOB, "more", [(1, cores(1))], None);
		assert_noop!(more, Error::<Test>::NodeNotOpen);
		pass_blocks(1);
		assert_eq!(state(here), None);
		assert_eq!(state(both), Some(State::Live), "it goes on on the other node");
		assert_eq!(Contracts::<Test>::get(both).map(|it| it.slots.len()), Some(2));
		let ended = Event::RentalEnded { node: 1, twin: 2, why: Why::RentalEnded };
		assert!(events().contains(&ended));
		assert_eq!(free_cores(1), 8);
		deploy(CAROL, "shop", [(1, cores(1))]);
	});
}

#[test]
fn governance_ends_rentals_with_their_node() {
	world(|| {
		nodes(1);
		let before = (Balances::free_balance(BOB), held(BOB));
		assert_ok!(rent(BOB, 1));
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		assert_ok!(Machines::force_expel(Root.into(), 1));
		pass_blocks(1);
		assert_eq!(state(id), None);
		assert_eq!((Balances::free_balance(BOB), held(BOB)), before);
		assert_ok!(Machines::remove(Signed(ALICE).into(), 1));
	});
}
