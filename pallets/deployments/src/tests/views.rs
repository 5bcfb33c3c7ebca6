//! What agents and user interfaces see.

use super::{samples::*, world::*};
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::{
	report::Outcome,
	spec::{Change, Reason},
};

#[test]
fn a_contract_is_seen_with_all_it_has() {
	world(|| {
		nodes(2);
		let id = deploy(BOB, "shop", [(1, cores(1)), (2, cores(2))]);
		assert_ok!(report(2, id, 1, running()));
		let view = Grid::contract(id).expect("it is there");
		assert_eq!((view.owner, view.twin, view.state, view.revision), (BOB, 2, State::Live, 1));
		let statuses: Vec<_> = view.nodes.iter().map(|it| it.status.clone()).collect();
		assert_eq!(statuses, vec![Some(Status::Pending), Some(Status::Running)]);
		assert_eq!(view.nodes[1].spec, Some(cores(2)));
		assert_eq!(Grid::contract(9), None);
	});
}

#[test]
fn contracts_and_wishes_come_in_pages() {
	world(|| {
		nodes(1);
		let all: Vec<_> =
			(0..5).map(|number| deploy(BOB, &format!("c-{number}"), [(1, cores(1))])).collect();
		deploy(CAROL, "other", [(1, cores(1))]);

		let mut seen = vec![];
		let mut after = None;
		loop {
			let page = Grid::contracts_of(2, after, 2);
			let Some((label, _)) = page.last() else { break };
			after = Some(label.clone());
			seen.extend(page.into_iter().map(|(_, id)| id));
		}
		seen.sort();
		assert_eq!(seen, all);

		let mut seen = vec![];
		let mut after = None;
		loop {
			let page = Grid::desired(1, after, 2);
			assert_eq!(page.generation, 6);
			assert!(page.contracts.len() <= 2);
			seen.extend(page.contracts.into_iter().map(|it| it.contract));
			after = page.next;
			if after.is_none() {
				break;
			}
		}
		seen.sort();
		assert_eq!(seen, (1..=6).collect::<Vec<_>>());
	});
}

#[test]
fn a_plan_is_quoted_and_checked_before_it_is_sent() {
	world(|| {
		nodes(2);
		let plan = |specs: Vec<_>| specs.try_into().expect("it is short");
		assert_eq!(Grid::check(plan(vec![(1, cores(1))])), Ok(()));
		let fault = Grid::check(plan(vec![(1, cores(1)), (2, spec([]))]));
		assert_eq!(fault.map_err(|(node, it)| (node, it.reason)), Err((Some(2), Reason::Empty)));

		let quote = Grid::quote(BOB, plan(vec![(1, cores(3)), (2, cores(1))]));
		let held_before = held(BOB);
		let id = deploy(BOB, "shop", [(1, cores(3)), (2, cores(1))]);
		assert_eq!(quote.advance, u128::from(bill(id).advance));
		assert_eq!(quote.deposit, u128::from(held(BOB) - held_before));
		let changes: Vec<_> =
			[(1, Some(cores(5))), (2, None)].map(|(node, spec)| Change { node, spec }).into();
		let changes = || changes.clone().try_into().expect("they are few");
		let quote = Grid::quote_amendment(id, changes()).expect("it is there");
		assert_eq!((quote.usd_per_hour, Grid::quote_amendment(9, changes())), (5, None));
		let sure = Grid::amend(Signed(BOB).into(), id, 1, changes(), Some(4));
		assert_noop!(sure.map_err(|error| error.error), Error::<Test>::TooExpensive);
		assert_ok!(Grid::amend(Signed(BOB).into(), id, 1, changes(), Some(5)));
		assert_ok!(report(2, id, 2, Outcome::Stopped));
		let quote_now = Grid::quote(BOB, plan(vec![(1, cores(5))]));
		assert_eq!(quote_now.deposit, u128::from(held(BOB) - held_before));

		nodes(1);
		let quote = Grid::quote_rental(3).expect("it is there");
		let before = (Balances::free_balance(CAROL), held(CAROL));
		assert_ok!(Grid::rent(Signed(CAROL).into(), 3, Some(8)));
		assert_eq!(quote.deposit, u128::from(held(CAROL) - before.1));
		let all = quote.deposit + quote.advance;
		assert_eq!(all, u128::from(before.0 - Balances::free_balance(CAROL)));
	});
}
