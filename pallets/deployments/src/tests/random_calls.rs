//! Ten thousand random steps by several people, nodes and the clock. After each of them all
//! pallets keep what they promise, to themselves and to each other. `GRID_SOAK` is how many
//! thousands there are instead: `scripts/soak.sh` takes many.

use super::{samples::*, world::*};
use crate::*;
use frame_support::{traits::Hooks, weights::Weight};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	ports::{Bill, OnArrears},
	query::NodeState,
	report::{Failure, FailureCode, NetworkKey, Outcome},
	spec::Spec,
	ContractId, NodeId,
};
use proptest::prelude::*;
use std::{cell::RefCell, collections::BTreeSet};

const NODES: NodeId = 4;

#[derive(Debug, Clone)]
enum Step {
	Create {
		who: u64,
		label: u8,
		plan: Vec<(NodeId, u8)>,
		guarded: bool,
	},
	Amend {
		pick: usize,
		changes: Vec<(NodeId, Option<u8>)>,
	},
	Cancel(usize),
	Withdraw(usize),
	Deliver(usize),
	ForceCancel(usize),
	/// A node answers to what it is to do, or says something else.
	Answer {
		node: NodeId,
		pick: usize,
		honest: bool,
		what: u8,
	},
	/// All nodes run what they are to run.
	AllRun,
	Rent {
		who: u64,
		node: NodeId,
	},
	Release {
		who: u64,
		node: NodeId,
	},
	Approve {
		who: u64,
		pick: usize,
	},
	/// Both stakeholders approve.
	Agree(usize),
	Object {
		who: u64,
		pick: usize,
	},
	Retract {
		who: u64,
		pick: usize,
	},
	Arrears {
		rental: bool,
		pick: usize,
		what: u8,
	},
	SetState(NodeId, bool),
	Expel(NodeId),
	Replace(NodeId),
	Beat,
	Darkness,
	Pass(u64),
	ShortOfTime(u64),
	RetirePolicy,
}

fn step() -> impl Strategy<Value = Step> {
	let who = prop_oneof![3 => Just(BOB), 1 => Just(CAROL), 1 => Just(POOR)];
	let member = prop_oneof![Just(LEGAL), Just(BUDGET)];
	let node = 1..=NODES + 1;
	let pick = 0usize..8;
	let plan = prop::collection::vec((node.clone(), 0u8..8), 1..4);
	let changes = prop::collection::vec((node.clone(), prop::option::of(0u8..8)), 1..4);
	prop_oneof![
		6 => (who.clone(), 0u8..6, plan, any::<bool>())
			.prop_map(|(who, label, plan, guarded)| Step::Create { who, label, plan, guarded }),
		6 => (pick.clone(), changes).prop_map(|(pick, changes)| Step::Amend { pick, changes }),
		2 => pick.clone().prop_map(Step::Cancel),
		2 => pick.clone().prop_map(Step::Withdraw),
		4 => pick.clone().prop_map(Step::Deliver),
		1 => pick.clone().prop_map(Step::ForceCancel),
		12 => (node.clone(), pick.clone(), prop::bool::weighted(0.8), 0u8..3).prop_map(
			|(node, pick, honest, what)| Step::Answer { node, pick, honest, what }
		),
		4 => Just(Step::AllRun),
		2 => (who.clone(), node.clone()).prop_map(|(who, node)| Step::Rent { who, node }),
		2 => (who, node.clone()).prop_map(|(who, node)| Step::Release { who, node }),
		10 => (member.clone(), pick.clone()).prop_map(|(who, pick)| Step::Approve { who, pick }),
		4 => pick.clone().prop_map(Step::Agree),
		1 => (member.clone(), pick.clone()).prop_map(|(who, pick)| Step::Object { who, pick }),
		1 => (member, pick.clone()).prop_map(|(who, pick)| Step::Retract { who, pick }),
		3 => (prop::bool::weighted(0.3), pick, 0u8..3)
			.prop_map(|(rental, pick, what)| Step::Arrears { rental, pick, what }),
		1 => (node.clone(), prop::bool::weighted(0.7))
			.prop_map(|(node, open)| Step::SetState(node, open)),
		1 => node.clone().prop_map(Step::Expel),
		6 => node.prop_map(Step::Replace),
		6 => Just(Step::Beat),
		1 => Just(Step::Darkness),
		4 => (1u64..4).prop_map(Step::Pass),
		1 => (0u64..3_000_000_000).prop_map(Step::ShortOfTime),
		1 => Just(Step::RetirePolicy),
	]
}

/// Some specs: small and large, public and private, in the same network or in none.
fn some_spec(kind: u8, node: NodeId) -> Spec {
	let part = node as u8;
	match kind {
		0..4 => cores(1 + u32::from(kind)),
		4 => public(part),
		5 => spec([("net", network(part, false))]),
		6 => spec([
			("net", network(part, true)),
			("web", container(2_000, [("net", [10, 1, part, 2])])),
		]),
		_ => spec([]),
	}
}

thread_local! {
	/// What succeeded, so that it is known that the steps lead somewhere.
	static SUCCEEDED: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

fn note<Fine, Error>(what: &'static str, result: Result<Fine, Error>) {
	if result.is_ok() {
		SUCCEEDED.with_borrow_mut(|all| all.insert(what));
	}
}

fn picked(pick: usize) -> Option<ContractId> {
	let mut all: Vec<_> = Contracts::<Test>::iter_keys().collect();
	all.sort();
	(!all.is_empty()).then(|| all[pick % all.len()])
}

fn owner(id: ContractId) -> u64 {
	Contracts::<Test>::get(id).map_or(BOB, |contract| contract.owner)
}

/// The node of this number among those that are there.
fn alive(node: NodeId) -> NodeId {
	let mut all: Vec<_> = pallet_nodes::Nodes::<Test>::iter_keys().collect();
	all.sort();
	all.get(node as usize - 1).copied().unwrap_or(node)
}

fn answer(node: NodeId, pick: usize, honest: bool, what: u8) {
	let mut all: Vec<_> = Placements::<Test>::iter_prefix(node).collect();
	all.sort_by_key(|(id, _)| *id);
	if all.is_empty() {
		return;
	}
	let (id, placement) = all.swap_remove(pick % all.len());
	let contract = Contracts::<Test>::get(id).expect("each placement has a contract");
	let to_run = Grid::is_to_run(&contract, node, &placement) == honest;
	let outcome = if !to_run {
		Outcome::Stopped
	} else if what == 0 {
		Outcome::Failed(Failure {
			code: FailureCode::Crashed,
			workload: None,
			detail: text("it fell"),
		})
	} else {
		let spec = placement.spec.clone().unwrap_or_else(|| spec([]));
		let key = |name: &grid_primitives::spec::Name| NetworkKey {
			network: name.clone(),
			public_key: [what; 32],
			endpoint: None,
		};
		let keys: Vec<_> = spec.networks().map(|(name, _)| key(name)).collect();
		Outcome::Running { keys: keys.try_into().expect("they are few") }
	};
	let stopped = outcome == Outcome::Stopped;
	let revision = if honest { placement.revision } else { placement.revision + 1 };
	let done = report(node, id, revision, outcome);
	note(if stopped { "stopped" } else { "running" }, done);
}

fn take(step: Step, policy: u32) {
	match step {
		Step::Create { who, label, plan, guarded } => {
			let plan = plan.into_iter().map(|(node, kind)| (alive(node), some_spec(kind, node)));
			let label = format!("c-{label}");
			note("create", create(who, &label, plan, guarded.then_some(policy)));
		},
		Step::Amend { pick, changes } => {
			let Some(id) = picked(pick) else { return };
			let changes = changes
				.into_iter()
				.map(|(node, kind)| (alive(node), kind.map(|kind| some_spec(kind, node))));
			note("amend", amend(owner(id), id, changes));
		},
		Step::Cancel(pick) => {
			let Some(id) = picked(pick) else { return };
			note("cancel", Grid::cancel(Signed(owner(id)).into(), id));
		},
		Step::Withdraw(pick) => {
			let Some(id) = picked(pick) else { return };
			note("withdraw", Grid::withdraw(Signed(owner(id)).into(), id));
		},
		Step::Deliver(pick) => {
			let Some(id) = picked(pick) else { return };
			note("deliver", Grid::deliver(Signed(owner(id)).into(), id));
		},
		Step::ForceCancel(pick) => {
			let Some(id) = picked(pick) else { return };
			note("force_cancel", Grid::force_cancel(Root.into(), id));
		},
		Step::Answer { node, pick, honest, what } => answer(alive(node), pick, honest, what),
		Step::AllRun => {
			for node in 1..=NODES {
				for pick in 0..8 {
					answer(alive(node), pick, true, 1);
				}
			}
		},
		Step::Rent { who, node } => note("rent", Grid::rent(Signed(who).into(), alive(node), None)),
		Step::Release { who, node } => {
			note("release", Grid::release(Signed(who).into(), alive(node)));
		},
		Step::Approve { who, pick } | Step::Object { who, pick } | Step::Retract { who, pick } => {
			speak(step, who, pick)
		},
		Step::Agree(pick) => {
			for who in [LEGAL, BUDGET] {
				speak(Step::Approve { who, pick }, who, pick);
			}
		},
		Step::Arrears { rental, pick, what } => {
			let bill = if rental {
				let nodes: Vec<_> = Rentals::<Test>::iter_keys().collect();
				if nodes.is_empty() {
					return;
				}
				Bill::Rental(nodes[pick % nodes.len()])
			} else {
				let Some(id) = picked(pick) else { return };
				Bill::Contract(id)
			};
			let _weight: Weight = match what {
				0 => Grid::paused(bill),
				1 => Grid::resumed(bill),
				_ => Grid::ended(bill),
			};
		},
		Step::SetState(node, open) => {
			let state = if open { NodeState::Open } else { NodeState::Maintenance };
			note("set_state", Machines::set_state(Signed(ALICE).into(), alive(node), state));
		},
		Step::Expel(node) => note("expel", Machines::force_expel(Root.into(), alive(node))),
		Step::Replace(node) => {
			if Machines::remove(Signed(ALICE).into(), alive(node)).is_ok() {
				SUCCEEDED.with_borrow_mut(|all| all.insert("remove"));
				nodes(1);
			}
		},
		Step::Beat => {
			Timestamp::set_timestamp(Timestamp::get() + 60_000);
			for node in pallet_nodes::Nodes::<Test>::iter_keys() {
				let agent = Signed(agent_of(node)).into();
				note("beat", Machines::heartbeat(agent, [1; 16], Timestamp::get()));
			}
		},
		Step::Darkness => darkness(),
		Step::Pass(blocks) => pass_blocks(blocks),
		Step::ShortOfTime(time) => {
			let limit = Weight::from_parts(time, u64::MAX);
			let now = System::block_number();
			assert!(Grid::on_idle(now, limit).all_lte(limit));
			assert!(Board::on_idle(now, limit).all_lte(limit));
		},
		Step::RetirePolicy => {
			note("retire", Board::retire_policy(Signed(BOB).into(), policy));
		},
	}
}

fn speak(step: Step, who: u64, pick: usize) {
	let Some(request) = picked(pick).and_then(|id| Contracts::<Test>::get(id)?.question) else {
		return;
	};
	let request = request.1;
	let asked = pallet_approvals::Requests::<Test>::get(request).expect("it is open");
	let who = Signed(who).into();
	match step {
		Step::Approve { .. } => {
			note("approve", Board::approve(who, request, asked.question.digest()));
		},
		Step::Object { .. } => note("object", Board::object(who, request, Default::default())),
		_ => note("retract", Board::retract(who, request)),
	}
}

fn run(steps: Vec<Step>) {
	world(|| {
		nodes(NODES);
		public_ips(4);
		let mut policies = policy();
		for step in steps {
			let before = format!("{step:?}");
			take(step, policies);
			if !pallet_approvals::Policies::<Test>::contains_key(policies) {
				policies = policy();
			}
			std::panic::catch_unwind(check).unwrap_or_else(|_| panic!("broken by {before}"));
		}
		// Whoever ends all gets all back.
		for id in Contracts::<Test>::iter_keys().collect::<Vec<_>>() {
			Grid::force_cancel(Root.into(), id).expect("governance can");
		}
		check();
		for node in Rentals::<Test>::iter_keys().collect::<Vec<_>>() {
			Grid::end_rental(node, Why::Owner);
		}
		for who in [BOB, CAROL] {
			use frame_support::traits::fungible::Inspect;
			let left = Balances::total_balance(&who);
			assert_eq!(left, RICH, "the money of {who}");
			let reason = ContractReason::get();
			use frame_support::traits::fungible::InspectHold;
			assert_eq!(Balances::balance_on_hold(&reason, &who), 0, "deposits of {who}");
		}
	});
}

/// How many stories of 250 steps there are.
fn stories() -> u32 {
	let soak = std::env::var("GRID_SOAK").ok().and_then(|it| it.parse::<u32>().ok());
	soak.unwrap_or(10) * 4
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(stories()))]

	#[test]
	fn ten_thousand_steps_break_nothing(steps in prop::collection::vec(step(), 250)) {
		run(steps);
	}
}

#[test]
fn the_steps_lead_somewhere() {
	use proptest::{strategy::ValueTree, test_runner::TestRunner};
	let mut runner = TestRunner::deterministic();
	let steps = prop::collection::vec(step(), 8_000).new_tree(&mut runner).expect("it makes some");
	run(steps.current());
	let succeeded = SUCCEEDED.with_borrow(|all| all.clone());
	for wanted in [
		"create",
		"amend",
		"cancel",
		"withdraw",
		"deliver",
		"force_cancel",
		"running",
		"stopped",
		"rent",
		"release",
		"approve",
		"object",
		"retract",
		"expel",
		"remove",
		"retire",
	] {
		assert!(succeeded.contains(wanted), "{wanted} never succeeded: {succeeded:?}");
	}
}
