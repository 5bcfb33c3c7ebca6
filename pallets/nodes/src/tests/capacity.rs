//! Capacity is reserved on all nodes or on none, and never oversold.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	capacity::bytes::GIB,
	ports::{NoCapacity, NodeCapacity as _, Rentals},
	query::NodeState,
	Capacity, NodeId,
};

const TWIN: u32 = 7;
const OTHER: u32 = 8;
const CORE: Capacity = Capacity { cru: 1_000, ..Capacity::ZERO };

fn offered() -> Capacity {
	HARDWARE.checked_sub(OVERHEAD).expect("it has more than it needs")
}

fn free(node: NodeId) -> Capacity {
	Machines::summary(node).expect("it joined").free
}

#[test]
fn a_machine_keeps_what_it_needs_for_itself() {
	world(|| {
		let node = join(1, AGENT);
		assert_eq!(free(node), offered());
		let all = Machines::reserve(TWIN, &[(node, HARDWARE)]);
		assert_eq!(all, Err((node, NoCapacity::Full)));
		assert_eq!(Machines::reserve(TWIN, &[(node, offered())]), Ok(()));
		assert!(free(node).is_zero());
		assert_eq!(Machines::reserve(TWIN, &[(node, CORE)]), Err((node, NoCapacity::Full)));
		<Machines as grid_primitives::ports::NodeCapacity>::release(node, offered());
		assert_eq!(free(node), offered());
	});
}

#[test]
fn several_nodes_give_all_or_nothing() {
	world(|| {
		let (first, second) = (join(1, AGENT), join(2, AGENT + 1));
		let too_much = Capacity { cru: 8_001, ..Capacity::ZERO };
		assert_storage_noop!({
			let wanted = [(first, CORE), (second, too_much)];
			assert_eq!(Machines::reserve(TWIN, &wanted), Err((second, NoCapacity::Full)));
			let wanted = [(first, CORE), (9, CORE)];
			assert_eq!(Machines::reserve(TWIN, &wanted), Err((9, NoCapacity::NoNode)));
		});
		assert_eq!(Machines::reserve(TWIN, &[(first, CORE), (second, CORE)]), Ok(()));
		assert_eq!(free(first).cru, 7_000);
	});
}

#[test]
fn a_node_named_twice_is_reserved_twice() {
	world(|| {
		let node = join(1, AGENT);
		let most = Capacity { cru: 5_000, ..Capacity::ZERO };
		let twice = Machines::reserve(TWIN, &[(node, most), (node, most)]);
		assert_eq!(twice, Err((node, NoCapacity::Full)));
		assert_eq!(Machines::reserve(TWIN, &[(node, CORE), (node, CORE)]), Ok(()));
		assert_eq!(free(node).cru, 6_000);
	});
}

#[test]
fn only_open_nodes_that_are_online_take_more() {
	world(|| {
		let node = join(1, AGENT);
		assert_eq!(Machines::reserve(TWIN, &[(node, CORE)]), Ok(()));
		for state in [NodeState::Maintenance, NodeState::Retired] {
			assert_ok!(Machines::set_state(Signed(ALICE).into(), node, state));
			let more = Machines::reserve(TWIN, &[(node, CORE)]);
			assert_eq!(more, Err((node, NoCapacity::NotOpen)));
			assert_eq!(Machines::resize(node, CORE, offered()), Err(NoCapacity::NotOpen));
			assert_eq!(free(node).cru, 7_000, "what it has stays");
		}
		assert_eq!(Machines::resize(node, CORE, Capacity::ZERO), Ok(()));
		assert_ok!(Machines::set_state(Signed(ALICE).into(), node, NodeState::Open));
		pass(301);
		let more = Machines::reserve(TWIN, &[(node, CORE)]);
		assert_eq!(more, Err((node, NoCapacity::Offline)));
	});
}

#[test]
fn a_reservation_changes_its_size() {
	world(|| {
		let node = join(1, AGENT);
		assert_eq!(Machines::reserve(TWIN, &[(node, CORE)]), Ok(()));
		assert_eq!(Machines::resize(node, CORE, offered()), Ok(()));
		assert_eq!(Machines::resize(node, offered(), HARDWARE), Err(NoCapacity::Full));
		assert_eq!(Machines::resize(node, offered(), CORE), Ok(()));
		assert_eq!(free(node).cru, 7_000);
	});
}

#[test]
fn nothing_is_released_that_is_not_reserved() {
	world(|| {
		let node = join(1, AGENT);
		assert_eq!(Machines::reserve(TWIN, &[(node, CORE)]), Ok(()));
		assert_storage_noop!({
			<Machines as grid_primitives::ports::NodeCapacity>::release(node, offered());
			<Machines as grid_primitives::ports::NodeCapacity>::release(9, CORE);
			assert_eq!(Machines::resize(node, offered(), CORE), Err(NoCapacity::Full));
		});
		assert_eq!(free(node).cru, 7_000);
	});
}

#[test]
fn a_rented_node_is_its_tenants() {
	world(|| {
		let node = join(1, AGENT);
		assert_eq!(Machines::reserve(TWIN, &[(node, Capacity::ZERO)]), Ok(()));
		assert_eq!(Machines::rent(node, TWIN), Err(NoCapacity::Full), "it is not empty");
		<Machines as grid_primitives::ports::NodeCapacity>::release(node, Capacity::ZERO);

		assert_eq!(Machines::rent(node, TWIN), Ok(()));
		assert_eq!(Machines::rent(node, OTHER), Err(NoCapacity::RentedByOther));
		let other = Machines::reserve(OTHER, &[(node, CORE)]);
		assert_eq!(other, Err((node, NoCapacity::RentedByOther)));
		assert_eq!(Machines::reserve(TWIN, &[(node, CORE)]), Ok(()));
		assert_noop!(Machines::remove(Signed(ALICE).into(), node), Error::<Test>::NotEmpty);

		<Machines as grid_primitives::ports::NodeCapacity>::release(node, CORE);
		<Machines as Rentals>::release(node);
		assert_eq!(Machines::reserve(OTHER, &[(node, CORE)]), Ok(()));
	});
}

#[test]
fn a_node_reports_no_less_than_is_reserved() {
	world(|| {
		let node = join(1, AGENT);
		let half = Capacity { mru: 16 * GIB, ..Capacity::ZERO };
		assert_eq!(Machines::reserve(TWIN, &[(node, half)]), Ok(()));
		pass(600);
		let report = |mru| {
			let less = Capacity { mru, ..HARDWARE };
			Machines::update(Signed(AGENT).into(), machine(less))
		};
		assert_noop!(report(17 * GIB - 1), Error::<Test>::CapacityReserved);
		assert_ok!(report(17 * GIB));
		assert_eq!(free(node).mru, 0);
	});
}

#[test]
fn a_rented_node_reports_no_less_than_its_tenant_pays_for() {
	world(|| {
		let node = join(1, AGENT);
		assert_eq!(<Machines as Rentals>::rent(node, TWIN), Ok(()));
		pass(600);
		let report = |mru| {
			let machine = machine(Capacity { mru, ..HARDWARE });
			Machines::update(Signed(AGENT).into(), machine)
		};
		assert_noop!(report(HARDWARE.mru - 1), Error::<Test>::CapacityReserved);
		assert_ok!(report(HARDWARE.mru + GIB));
	});
}

#[test]
fn a_certificate_is_lost_with_more_than_a_hundredth() {
	world(|| {
		let node = join(1, AGENT);
		let certified = || Machines::summary(node).expect("it joined").certified;
		let certify = |origin: RuntimeOrigin| Machines::certify(origin, node, true);
		assert_noop!(certify(Signed(ALICE).into()), sp_runtime::DispatchError::BadOrigin);
		assert_ok!(certify(Root.into()));
		assert_noop!(certify(Root.into()), Error::<Test>::InThatState);

		let report = |cru| {
			pass(600);
			let less = Capacity { cru, ..HARDWARE };
			assert_ok!(Machines::update(Signed(AGENT).into(), machine(less)));
		};
		report(7_920);
		assert!(certified(), "a hundredth less");
		report(16_000);
		assert!(certified(), "more");
		report(15_839);
		assert!(!certified());
		assert!(events().contains(&Event::CertificateLost { node }));
	});
}
