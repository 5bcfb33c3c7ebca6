//! What happens when money runs out.

use super::{samples::*, world::*};
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::{
	ports::{Bill, OnArrears},
	report::Outcome,
};

#[test]
fn a_paused_contract_stops_and_comes_back() {
	world(|| {
		nodes(2);
		let id = deploy(BOB, "shop", [(1, cores(1)), (2, cores(1))]);
		assert_ok!(report(1, id, 1, running()));
		let before = [1, 2].map(generation);
		Grid::paused(Bill::Contract(id));
		assert_eq!(state(id), Some(State::Paused));
		assert_eq!(last_event(), Event::Paused { contract: id });
		assert_eq!([1, 2].map(generation), before.map(|it| it + 1));
		assert!(!Grid::desired(1, None, 10).contracts[0].run);

		assert_noop!(report(1, id, 1, running()), Error::<Test>::NotAsWanted);
		assert_ok!(report(1, id, 1, Outcome::Stopped));
		assert_noop!(amend(BOB, id, [(1, Some(cores(2)))]), Error::<Test>::ContractPaused);
		assert_eq!(free_cores(1), 7, "its place is kept");

		Grid::resumed(Bill::Contract(id));
		assert_eq!(state(id), Some(State::Live));
		assert!(Grid::desired(1, None, 10).contracts[0].run);
		assert_ok!(report(1, id, 1, running()));
		assert_eq!(bill(id).stream(1), (1, true));
	});
}

#[test]
fn without_money_for_too_long_it_ends() {
	world(|| {
		nodes(1);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		Grid::paused(Bill::Contract(id));
		Grid::ended(Bill::Contract(id));
		assert_eq!(state(id), None);
		assert_eq!(last_event(), Event::Ended { contract: id, twin: 2, why: Why::NotPaid });
		assert_eq!(free_cores(1), 8);
	});
}

#[test]
fn a_paused_contract_can_be_cancelled() {
	world(|| {
		nodes(1);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		Grid::paused(Bill::Contract(id));
		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		assert_eq!(state(id), None);
	});
}

#[test]
fn an_amendment_can_be_agreed_to_while_paused() {
	world(|| {
		nodes(1);
		let policy = policy();
		assert_ok!(create(BOB, "shop", [(1, cores(1))], Some(policy)));
		let id = last_contract();
		both_agree(id);
		assert_ok!(amend(BOB, id, [(1, Some(cores(2)))]));
		Grid::paused(Bill::Contract(id));
		both_agree(id);
		assert_eq!(state(id), Some(State::Paused));
		assert_eq!(placement(1, id).revision, 2);
		assert!(!Grid::desired(1, None, 10).contracts[0].run);
	});
}

#[test]
fn arrears_of_what_is_gone_change_nothing() {
	world(|| {
		for bill in [Bill::Contract(7), Bill::Rental(7)] {
			Grid::paused(bill);
			Grid::resumed(bill);
		}
		Grid::ended(Bill::Contract(7));
		assert_eq!(events(), vec![]);
	});
}
