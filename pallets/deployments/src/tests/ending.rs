//! However a contract ends, it is refunded and nothing stays behind.

use super::{samples::*, world::*};
use crate::*;
use frame_support::{assert_noop, assert_ok, traits::Hooks, weights::Weight};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{query::NodeState, report::Outcome};
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn a_contract_on_a_dark_node_is_cancelled_at_once() {
	world(|| {
		nodes(1);
		let before = (Balances::free_balance(BOB), held(BOB));
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		darkness();
		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		assert_eq!((Balances::free_balance(BOB), held(BOB)), before);
		// When it comes back, it sees that something has changed.
		assert_eq!(generation(1), 2);
		assert_eq!(Grid::desired(1, None, 10).contracts, vec![]);
	});
}

#[test]
fn a_node_with_contracts_is_not_removed() {
	world(|| {
		nodes(1);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		assert_ok!(Machines::set_state(Signed(ALICE).into(), 1, NodeState::Retired));
		let remove = || Machines::remove(Signed(ALICE).into(), 1);
		assert_noop!(remove(), pallet_nodes::Error::<Test>::NotEmpty);
		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		assert_ok!(remove());
	});
}

#[test]
fn an_expelled_node_loses_its_contracts_with_a_refund() {
	world(|| {
		nodes(2);
		public_ips(2);
		let before = (Balances::free_balance(BOB), held(BOB));
		let here = deploy(BOB, "here", [(1, public(1))]);
		let both = deploy(
			BOB,
			"both",
			[(1, public(1)), (2, public(2))]
				.map(|it| it)
				.into_iter()
				.take(1)
				.chain([(2, cores(1))]),
		);
		assert_noop!(Machines::force_expel(Signed(ALICE).into(), 1), BadOrigin);
		assert_ok!(Machines::force_expel(Root.into(), 1));
		pass_blocks(1);

		assert_eq!(state(here), None);
		let ended = Event::Ended { contract: here, twin: 2, why: Why::NodeExpelled };
		assert!(events().contains(&ended));
		assert_eq!(state(both), Some(State::Live), "it goes on on the other node");
		let left = Event::Left { contract: both, node: 1, why: Why::NodeExpelled };
		assert!(events().contains(&left));
		assert_eq!((bill(both).streams.len(), free_ips()), (1, 2));

		assert_ok!(Grid::cancel(Signed(BOB).into(), both));
		assert_eq!((Balances::free_balance(BOB), held(BOB)), before);
		assert_ok!(Machines::remove(Signed(ALICE).into(), 1));
	});
}

#[test]
fn clearing_takes_no_more_than_it_is_given_and_loses_nothing() {
	world(|| {
		nodes(1);
		let all: Vec<_> =
			(0..6).map(|number| deploy(BOB, &format!("c-{number}"), [(1, cores(1))])).collect();
		assert_ok!(Machines::force_expel(Root.into(), 1));
		let alive = || all.iter().filter(|id| state(**id).is_some()).count();
		let look = <() as WeightInfo>::clear_nothing();
		let most = Grid::heaviest_end();
		assert_eq!(Grid::on_idle(2, most), look, "not enough for one");
		assert_eq!(alive(), 6);
		for left in (0..6).rev() {
			let limit = most + look;
			let mut used = Weight::zero();
			// What one really weighs is less: there is room for some more.
			used += Grid::on_idle(2, limit);
			assert!(used.all_lte(limit), "{used}");
			if alive() == 0 {
				break;
			}
			assert!(alive() <= left);
		}
		assert_eq!(alive(), 0);
		Grid::on_idle(3, Weight::MAX);
		assert!(!Clearing::<Test>::contains_key(1));
	});
}

#[test]
fn a_lost_node_is_replaced_by_an_amendment() {
	world(|| {
		nodes(3);
		let id = deploy(BOB, "shop", [(1, cores(1)), (2, cores(1))]);
		let plan = Contracts::<Test>::get(id).map(|it| it.plan());
		assert_ok!(Machines::force_expel(Root.into(), 1));
		pass_blocks(1);
		let contract = Contracts::<Test>::get(id);
		assert_eq!(contract.map(|it| it.plan()), plan, "what was agreed to can still be checked");
		assert_noop!(amend(BOB, id, [(1, Some(cores(1)))]), Error::<Test>::NodeNotOpen);
		assert_ok!(amend(BOB, id, [(3, Some(cores(1)))]));
		let nodes: Vec<_> = Contracts::<Test>::get(id).expect("it runs").nodes().collect();
		assert_eq!(nodes, vec![2, 3]);
	});
}

#[test]
fn a_leaving_node_is_lost_without_a_trace() {
	world(|| {
		nodes(2);
		let id = deploy(BOB, "shop", [(1, cores(1)), (2, cores(1))]);
		assert_ok!(amend(BOB, id, [(1, None)]));
		assert_ok!(Machines::force_expel(Root.into(), 1));
		pass_blocks(1);
		assert_eq!(Contracts::<Test>::get(id).map(|it| it.slots.len()), Some(1));
		assert_noop!(report(1, id, 2, Outcome::Stopped), Error::<Test>::NotOnNode);
	});
}

#[test]
fn governance_ends_what_nobody_else_can() {
	world(|| {
		nodes(1);
		let policy = policy();
		let before = (Balances::free_balance(BOB), held(BOB));
		assert_ok!(create(BOB, "shop", [(1, cores(1))], Some(policy)));
		let id = last_contract();
		assert_noop!(Grid::force_cancel(Signed(BOB).into(), id), BadOrigin);
		assert_noop!(Grid::force_cancel(Root.into(), 9), Error::<Test>::NoContract);
		assert_ok!(Grid::force_cancel(Root.into(), id));
		assert_eq!(last_event(), Event::Ended { contract: id, twin: 2, why: Why::Governance });
		assert_eq!((Balances::free_balance(BOB), held(BOB)), before);
	});
}
