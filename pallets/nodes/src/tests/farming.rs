//! What farmers do with their nodes.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	ports::{NoCapacity, NodeCapacity, Rentals},
	query::NodeState,
	Capacity,
};
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn only_the_farmer_commands_a_node() {
	world(|| {
		let node = join(1, AGENT);
		for who in [BOB, AGENT] {
			let state = Machines::set_state(Signed(who).into(), node, NodeState::Retired);
			assert_noop!(state, Error::<Test>::NotFarmer);
			assert_noop!(Machines::remove(Signed(who).into(), node), Error::<Test>::NotFarmer);
		}
		assert_noop!(Machines::remove(Signed(ALICE).into(), 9), Error::<Test>::NoNode);
		let same = Machines::set_state(Signed(ALICE).into(), node, NodeState::Open);
		assert_noop!(same, Error::<Test>::InThatState);
	});
}

#[test]
fn only_an_empty_node_is_removed() {
	world(|| {
		let node = join(1, AGENT);
		let remove = || Machines::remove(Signed(ALICE).into(), node);
		assert_ok!(Machines::reserve(7, &[(node, Capacity::ZERO)]).map_err(|_| "reserve"));
		assert_noop!(remove(), Error::<Test>::NotEmpty);
		<Machines as NodeCapacity>::release(node, Capacity::ZERO);
		assert_ok!(Machines::rent(node, 7).map_err(|_| "rent"));
		assert_noop!(remove(), Error::<Test>::NotEmpty);
		<Machines as Rentals>::release(node);

		assert_ok!(remove());
		assert_eq!(NodesOf::get()[&1], 0, "the farm can go");
		assert_eq!(held(ALICE), 0);
		assert_noop!(remove(), Error::<Test>::NoNode);
	});
}

#[test]
fn an_expelled_node_does_not_come_back() {
	world(|| {
		let node = join(1, AGENT);
		assert_noop!(Machines::force_expel(Signed(ALICE).into(), node), BadOrigin);
		let state = |state| Machines::set_state(Signed(ALICE).into(), node, state);
		assert_noop!(state(NodeState::Expelled), Error::<Test>::NotForFarmers);
		assert_noop!(Machines::force_expel(Root.into(), 9), Error::<Test>::NoNode);

		assert_ok!(Machines::force_expel(Root.into(), node));
		assert_eq!(Expelled::get(), vec![node], "whoever has something there hears of it");
		let expelled = Event::StateSet { node, state: NodeState::Expelled };
		assert_eq!(events().pop(), Some(expelled));
		assert_noop!(Machines::force_expel(Root.into(), node), Error::<Test>::InThatState);
		assert_noop!(state(NodeState::Open), Error::<Test>::Expelled);
		let wanted = [(node, Capacity::ZERO)];
		assert_eq!(Machines::reserve(7, &wanted), Err((node, NoCapacity::NotOpen)));
		assert_ok!(Machines::remove(Signed(ALICE).into(), node));
		assert_eq!(Removed::get(), vec![node]);
	});
}
