//! Thousands of random reservations against a model of a few lines.

use super::world::*;
use crate::*;
use frame_system::RawOrigin::Signed;
use grid_primitives::{
	ports::{NoCapacity, NodeCapacity},
	query::NodeState,
	Capacity, NodeId,
};
use proptest::prelude::*;

const NODES: NodeId = 3;
const TWIN: u32 = 7;

#[derive(Debug, Clone)]
enum Step {
	Reserve(Vec<(NodeId, Capacity)>),
	Resize(usize, Capacity),
	Release(usize),
	Report(NodeId, Capacity),
	Set(NodeId, NodeState),
	Pass(u64),
	Beat(NodeId),
}

/// Some share of the hardware, in sixteenths.
fn share() -> impl Strategy<Value = Capacity> {
	let part = 0u64..=16;
	(part.clone(), part.clone(), part.clone(), part).prop_map(|(c, m, s, h)| Capacity {
		cru: HARDWARE.cru / 16 * c,
		mru: HARDWARE.mru / 16 * m,
		sru: HARDWARE.sru / 16 * s,
		hru: HARDWARE.hru / 16 * h,
	})
}

fn step() -> impl Strategy<Value = Step> {
	let node = 1..=NODES;
	prop_oneof![
		4 => prop::collection::vec((1..=NODES + 1, share()), 1..4).prop_map(Step::Reserve),
		2 => (0usize..20, share()).prop_map(|(index, to)| Step::Resize(index, to)),
		3 => (0usize..20).prop_map(Step::Release),
		1 => (node.clone(), share()).prop_map(|(node, has)| Step::Report(node, has)),
		1 => (node.clone(), any::<bool>()).prop_map(|(node, open)| {
			Step::Set(node, if open { NodeState::Open } else { NodeState::Maintenance })
		}),
		1 => (0u64..400).prop_map(Step::Pass),
		3 => node.prop_map(Step::Beat),
	]
}

/// What should be reserved: the list of all reservations, and nothing else.
#[derive(Default)]
struct Model(Vec<(NodeId, Capacity)>);

impl Model {
	fn reserved(&self, node: NodeId) -> Capacity {
		let of_node = self.0.iter().filter(|(id, _)| *id == node);
		of_node.fold(Capacity::ZERO, |sum, (_, held)| sum.checked_add(*held).expect("small sums"))
	}

	/// Whether a node would take this besides what it has, were it open and online.
	fn fits(&self, node: NodeId, more: Capacity) -> bool {
		let offered = Nodes::<Test>::get(node).map(|it| Machines::offered_of(&it.machine));
		let wanted = self.reserved(node).checked_add(more).expect("small sums");
		offered.is_some_and(|offered| offered.covers(&wanted))
	}
}

fn takes_more(node: NodeId) -> bool {
	Nodes::<Test>::get(node).is_some_and(|it| it.state == NodeState::Open)
		&& Machines::is_online(node)
}

fn run(steps: Vec<Step>) {
	world(|| {
		for node in 1..=NODES {
			join(1, AGENT + u64::from(node));
		}
		let mut model = Model::default();
		for step in steps {
			match step {
				Step::Reserve(wanted) => {
					let before = model.0.len();
					let mut possible = true;
					for (node, capacity) in &wanted {
						possible &= takes_more(*node) && model.fits(*node, *capacity);
						model.0.push((*node, *capacity));
					}
					if !possible {
						model.0.truncate(before);
					}
					assert_eq!(Machines::reserve(TWIN, &wanted).is_ok(), possible);
				},
				Step::Resize(index, to) if index < model.0.len() => {
					let (node, from) = model.0[index];
					model.0[index].1 = Capacity::ZERO;
					let possible = model.fits(node, to) && (from.covers(&to) || takes_more(node));
					model.0[index].1 = if possible { to } else { from };
					assert_eq!(Machines::resize(node, from, to).is_ok(), possible);
				},
				Step::Release(index) if index < model.0.len() => {
					let (node, held) = model.0.swap_remove(index);
					<Machines as NodeCapacity>::release(node, held);
				},
				Step::Report(node, has) => {
					let agent = AGENT + u64::from(node);
					let _refused = Machines::update(Signed(agent).into(), machine(has));
				},
				Step::Set(node, state) => {
					let _refused = Machines::set_state(Signed(ALICE).into(), node, state);
				},
				Step::Pass(seconds) => pass(seconds),
				Step::Beat(node) => {
					let agent = AGENT + u64::from(node);
					let _refused = beat_after(60, agent, BOOT, 0);
				},
				Step::Resize(..) | Step::Release(_) => {},
			}
			Machines::do_try_state().expect("the invariants hold");
			for node in 1..=NODES {
				let record = Nodes::<Test>::get(node).expect("nobody removes it");
				assert_eq!(record.reserved, model.reserved(node));
				let holders = model.0.iter().filter(|(id, _)| *id == node).count();
				assert_eq!(record.reservations as usize, holders);
			}
		}
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(32))]

	#[test]
	fn reservations_follow_the_model(steps in prop::collection::vec(step(), 200..400)) {
		run(steps);
	}
}

#[test]
fn an_unknown_node_gives_nothing() {
	world(|| {
		let wanted = [(1, Capacity::ZERO)];
		assert_eq!(Machines::reserve(TWIN, &wanted), Err((1, NoCapacity::NoNode)));
	});
}
