//! `plan-1000`: how long it takes to plan 1 000 workloads over 10 000 nodes.

use grid_cli::manifest::{plan, read, Addresses, Blank, Candidate, Current};
use grid_primitives::{
	capacity::bytes::GIB,
	query::{NodeState, NodeSummary},
	Capacity,
};
use std::{fmt::Write, time::Instant};

const WORKLOADS: usize = 1_000;
const NODES: u32 = 10_000;
const ROUNDS: usize = 5;
const BAR: f64 = 2.0;

/// A hundred services of ten containers each, of all sizes and with all rules.
fn manifest() -> String {
	let digest = "1".repeat(64);
	let mut text = String::from(
		"grid: 1\nname: large\nnetworks: { lan: { range: 10.0.0.0/16 } }\ncontainers:\n",
	);
	for index in 0..WORKLOADS / 10 {
		let spread = ["none", "nodes", "farms"][index % 3];
		write!(
			text,
			"  s{index}:\n    image: a.example/b@sha256:{digest}\n    count: 10\n    \
			 cpu: 0.{}\n    memory: {}MiB\n    networks: [lan]\n    place: {{ spread: {spread} }}\n",
			1 + index % 9,
			128 * (1 + index % 4),
		)
		.expect("a text takes all");
	}
	text
}

fn node(node: u32) -> Candidate {
	let cores = 8_u64 << (node % 4);
	let free =
		Capacity { cru: cores * 1_000, mru: cores * 4 * GIB, sru: cores * 100 * GIB, hru: 0 };
	let node = NodeSummary {
		node,
		farm: node % 500,
		country: *b"BE",
		state: NodeState::Open,
		online: true,
		certified: node.is_multiple_of(7),
		tenant: None,
		offered: free,
		free,
		available_seconds: 0,
	};
	Candidate { node, addresses: Addresses::default() }
}

/// From the text of a manifest to what each node is to run.
pub(crate) fn run() {
	let nodes: Vec<_> = (1..=NODES).map(node).collect();
	let text = manifest();
	let took = crate::median_of(ROUNDS, || {
		let start = Instant::now();
		let manifest = read(&text).expect("it is well-formed");
		let plan = plan(&manifest, &nodes, &Current::default(), None, [0; 32], &Blank)
			.expect("there is room");
		assert!(!plan.changes.is_empty());
		start.elapsed().as_secs_f64()
	});
	println!("plan-1000: {took:.3} s (bar: ≤ {BAR} s)");
}
