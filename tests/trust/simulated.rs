//! Many nodes in one process, for people who develop against a chain of their own.

use crate::world::LIMIT;
use grid_primitives::{
	spec::{Image, Text},
	NodeId,
};
use grid_runtime::{AccountId, Runtime, RuntimeCall};
use grid_stories::{
	built, chain_with, eventually, specs::container_with, specs::spec, stays, Chain, Gaps, Node,
	Person, User,
};
use pallet_nodes::{Clock, Clocks, NodeIds};
use sp_core::crypto::Ss58Codec;
use std::{
	process::{Child, Command, Stdio},
	time::Duration,
};

const NODES: usize = 20;

/// How many contracts are made in one transaction: blocks take no larger ones.
const IN_A_BLOCK: usize = 5;

/// A process that ends with the story.
struct Simulation(Child);

impl Drop for Simulation {
	fn drop(&mut self) {
		let _ = self.0.kill();
		let _ = self.0.wait();
	}
}

fn simulate(node: &Node) -> Command {
	let mut command = built("zos-agent");
	command.args(["simulate", "--nodes", &NODES.to_string(), "--endpoint", &node.url()]);
	command.args(["--heartbeat-seconds", "5"]);
	command
}

fn clock(chain: &Chain, node: NodeId) -> Clock {
	let key = Clocks::<Runtime>::hashed_key_for(node);
	chain.storage(&key, None).expect("the chain answers").expect("it has joined")
}

#[test]
fn twenty_nodes_join_beat_and_run_what_they_are_given() {
	let node = chain_with("simulated", Gaps::IMPATIENT);
	let chain = node.chain();
	let said = simulate(&node).arg("--accounts").output().expect("it can be started");
	let accounts: Vec<_> = String::from_utf8(said.stdout)
		.expect("accounts are text")
		.lines()
		.map(|line| AccountId::from_ss58check(line).expect("it is an account"))
		.collect();
	assert_eq!(accounts.len(), NODES);
	let invite = |node: &AccountId| {
		RuntimeCall::Nodes(pallet_nodes::Call::invite { farm: 1, node: node.clone() })
	};
	let calls = accounts.iter().map(invite).collect();
	let all = pallet_utility::Call::batch_all { calls };
	chain.send(Person::Ferdie, RuntimeCall::Utility(all)).expect("it is his farm");

	let log = std::fs::File::create(node.folder().join("simulation")).expect("it is ours");
	let process = simulate(&node).stdout(Stdio::null()).stderr(log).spawn();
	let mut simulation = Simulation(process.expect("it can be started"));
	let nodes: Vec<NodeId> = accounts
		.iter()
		.map(|account| {
			let key = NodeIds::<Runtime>::hashed_key_for(account);
			eventually("it joins", LIMIT, || chain.storage(&key, None).expect("it answers"))
		})
		.collect();

	let image = Image {
		reference: Text::try_from("registry.example/shop/web").expect("it is short"),
		digest: [7; 32],
	};
	let plan = || spec(["one", "two"].map(|name| container_with(name, &image, |_| ())));
	let users: Vec<_> = nodes
		.iter()
		.enumerate()
		.map(|(index, node)| match index {
			0 => User::new(chain, Person::Bob, *node),
			_ => User { chain, who: Person::Bob, node: *node },
		})
		.collect();
	let mut contracts = Vec::new();
	for some in users.chunks(IN_A_BLOCK) {
		let calls = some.iter().map(|it| it.creation(&format!("shop-{}", it.node), plan(), None));
		contracts.extend(User::created(&some[0].at_once(calls.collect())));
	}
	assert_eq!(contracts.len(), NODES);
	for (user, contract) in users.iter().zip(&contracts) {
		user.runs(*contract, 1);
	}

	// Whoever misses heartbeats for longer than this is not paid for that time.
	let before: Vec<_> = nodes.iter().map(|node| clock(chain, *node)).collect();
	stays("it goes on", Duration::from_secs(2 * Gaps::IMPATIENT.max), || {
		simulation.0.try_wait().expect("it is a child").is_none()
	});
	for (node, before) in nodes.iter().zip(before) {
		let now = clock(chain, *node);
		let passed = now.last_beat - before.last_beat;
		assert!(passed >= Gaps::IMPATIENT.max, "node {node}: {now:?} after {before:?}");
		assert_eq!(now.available_seconds - before.available_seconds, passed, "node {node}");
	}
	for some in contracts.chunks(IN_A_BLOCK) {
		users[0].at_once(some.iter().map(|contract| User::cancellation(*contract)).collect());
	}
	for (user, contract) in users.iter().zip(&contracts) {
		eventually("it is gone", LIMIT, || user.placement(*contract).is_none().then_some(()));
	}
}

#[test]
fn arguments_that_make_no_sense_are_explained() {
	let refused = |arguments: &[&str]| {
		let said =
			built("zos-agent").arg("simulate").args(arguments).output().expect("it can be started");
		assert!(!said.status.success(), "{arguments:?}");
		String::from_utf8_lossy(&said.stderr).into_owned()
	};
	for (arguments, words) in [
		(&[] as &[&str], "--nodes"),
		(&["--nodes", "0"], "--nodes"),
		(&["--nodes", "many"], "--nodes"),
		(&["--nodes", "-3"], "--nodes"),
		(&["--nodes", "1", "--heartbeat-seconds", "0"], "--heartbeat-seconds"),
		(&["--nodes", "1", "--endpoint", "example"], "ws://"),
		(&["--nodes", "1", "--endpoint", "http://127.0.0.1:9944"], "ws://"),
		(&["--nodes", "1", "--spec", "/nowhere/spec.json"], "/nowhere/spec.json"),
		(&["--nodes", "1", "--farm", "mine"], "--farm"),
	] {
		let said = refused(arguments);
		assert!(said.contains(words), "{arguments:?}: {said}");
		assert!(!said.contains("panicked"), "{arguments:?}: {said}");
	}
}
