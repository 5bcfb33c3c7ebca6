//! Nodes are found by what is wanted of them, a page at a time.

use super::world::*;
use crate::*;
use frame_support::assert_ok;
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	capacity::bytes::GIB,
	ports::{NodeCapacity as _, Rentals as _},
	query::{NodeFilter, NodeState, Tenancy},
	Capacity, NodeId,
};

fn found(filter: NodeFilter) -> Vec<NodeId> {
	let page = Machines::find(&filter, None, 100);
	assert_eq!(page.next, None);
	page.nodes.into_iter().map(|node| node.node).collect()
}

#[test]
fn the_default_finds_all() {
	world(|| {
		assert!(found(NodeFilter::default()).is_empty());
		join(1, AGENT);
		join(2, AGENT + 1);
		assert_eq!(found(NodeFilter::default()), [1, 2]);
	});
}

#[test]
fn each_wish_narrows_the_choice() {
	world(|| {
		let (first, second, third) = (join(1, AGENT), join(2, AGENT + 1), join(2, AGENT + 2));
		let any = NodeFilter::default;

		let most = Capacity { mru: 32 * GIB, ..Capacity::ZERO };
		assert_ok!(Machines::reserve(7, &[(first, most)]).map_err(|_| "reserve"));
		assert_eq!(found(NodeFilter { free: most, ..any() }), [second, third]);

		pass(600);
		let mut elsewhere = machine(HARDWARE);
		elsewhere.location.country = *b"CD";
		assert_ok!(Machines::update(Signed(AGENT + 1).into(), elsewhere));
		assert_eq!(found(NodeFilter { country: Some(*b"CD"), ..any() }), [second]);

		let mut of_farm = found(NodeFilter { farm: Some(2), ..any() });
		of_farm.sort();
		assert_eq!(of_farm, [second, third]);

		assert_ok!(Machines::certify(Root.into(), third, true));
		assert_eq!(found(NodeFilter { certified: Some(true), ..any() }), [third]);
		assert_eq!(found(NodeFilter { certified: Some(false), ..any() }), [first, second]);

		assert!(found(NodeFilter { online: Some(true), ..any() }).is_empty());
		assert_ok!(beat_after(0, AGENT, BOOT, 600));
		assert_eq!(found(NodeFilter { online: Some(true), ..any() }), [first]);
		assert_eq!(found(NodeFilter { online: Some(false), ..any() }), [second, third]);

		assert_ok!(Machines::set_state(Signed(ALICE).into(), first, NodeState::Maintenance));
		assert_eq!(found(NodeFilter { state: Some(NodeState::Maintenance), ..any() }), [first]);

		FreeIps::set(2);
		assert_eq!(found(NodeFilter { public_v4: 2, ..any() }), [first]);
		assert!(found(NodeFilter { public_v4: 3, ..any() }).is_empty());
		assert!(found(NodeFilter { public_v6: 1, ..any() }).is_empty());
	});
}

#[test]
fn rented_nodes_are_found_by_their_tenant() {
	world(|| {
		let (first, second, third) = (join(1, AGENT), join(1, AGENT + 1), join(1, AGENT + 2));
		assert_ok!(Machines::rent(first, 7).map_err(|_| "rent"));
		assert_ok!(Machines::reserve(7, &[(second, Capacity::ZERO)]).map_err(|_| "reserve"));
		let of = |tenancy| found(NodeFilter { tenancy: Some(tenancy), ..Default::default() });
		assert_eq!(of(Tenancy::Shared), [second, third]);
		assert_eq!(of(Tenancy::Rentable), [third]);
		assert_eq!(of(Tenancy::RentedBy(7)), [first]);
		assert!(of(Tenancy::RentedBy(8)).is_empty());
	});
}

#[test]
fn pages_follow_each_other_and_miss_nothing() {
	world(|| {
		for agent in 0..7 {
			join(1 + agent % 2, AGENT + u64::from(agent));
		}
		for farm in [None, Some(1), Some(2)] {
			let filter = NodeFilter { farm, ..Default::default() };
			let whole: Vec<_> = Machines::find(&filter, None, 100).nodes;
			for limit in 1..4 {
				let (mut pieces, mut next) = (Vec::new(), None);
				loop {
					let page = Machines::find(&filter, next, limit);
					assert!(page.nodes.len() <= limit as usize);
					pieces.extend(page.nodes);
					next = page.next;
					if next.is_none() {
						break;
					}
				}
				assert_eq!(pieces, whole, "in pages of {limit}");
			}
		}
	});
}

#[test]
fn one_question_looks_at_a_thousand_nodes_at_most() {
	world(|| {
		let node = join(1, AGENT);
		let record = Nodes::<Test>::get(node).expect("it joined");
		NextNodeId::<Test>::put(2_001);
		Nodes::<Test>::insert(2_000, record);
		let filter = NodeFilter { country: Some(*b"XX"), ..Default::default() };
		let page = Machines::find(&filter, None, 10);
		assert_eq!((page.nodes.len(), page.next), (0, Some(1_000)));
		let page = Machines::find(&filter, page.next, 10);
		assert_eq!((page.nodes.len(), page.next), (0, None));

		Nodes::<Test>::remove(2_000);
		NextNodeId::<Test>::put(2);
	});
}
