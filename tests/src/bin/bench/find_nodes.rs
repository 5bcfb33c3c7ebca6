use codec::Encode;
use grid_primitives::{
	capacity::bytes::GIB,
	query::{NodeFilter, NodePage, NodeState},
	Capacity, NodeId,
};
use grid_runtime::{AccountId, Runtime, RuntimeCall};
use grid_stories::{Chain, NodeBuilder, Person};
use pallet_nodes::{Clock, Clocks, Location, Machine, NextNodeId, Node, Nodes};
use std::time::Instant;

const NODES: NodeId = 10_000;
const PAGE: u32 = 50;
const QUESTIONS: usize = 200;

/// A page of nodes out of many, as a wallet asks for it.
pub(crate) fn run() {
	let node = NodeBuilder::new("find-nodes").args(["--dev"]).start();
	let chain = node.chain();
	eprintln!("registering {NODES} nodes");
	for first in (1..=NODES).step_by(1_000) {
		let items: Vec<_> = (first..first + 1_000).flat_map(records).collect();
		set_storage(chain, items);
	}
	let last = (NextNodeId::<Runtime>::hashed_key().to_vec(), (NODES + 1).encode());
	set_storage(chain, vec![last]);

	let any = NodeFilter::default;
	let frequent = NodeFilter { country: Some(*b"BE"), online: Some(false), ..any() };
	let rare = NodeFilter { country: Some(*b"XX"), ..any() };
	let page = ask(chain, &frequent, None);
	assert_eq!(page.nodes.len(), PAGE as usize, "half of the nodes are in Belgium");
	let page = ask(chain, &rare, None);
	assert_eq!((page.nodes.len(), page.next), (0, Some(1_000)), "none is in XX");
	let full = time(chain, "half of the nodes match, a full page", &frequent);
	let empty = time(chain, "no node matches, the most that one question looks at", &rare);
	let slowest = full.max(empty);
	println!("find-nodes: {slowest:.1} ms (bar: < 50 ms)");
}

fn ask(chain: &Chain, filter: &NodeFilter, after: Option<NodeId>) -> NodePage {
	chain.ask("NodesApi_find_nodes", (filter, after, PAGE)).expect("the node answers")
}

/// The median of questions from all over the numbers, in milliseconds.
fn time(chain: &Chain, what: &str, filter: &NodeFilter) -> f64 {
	let mut times: Vec<_> = (0..QUESTIONS)
		.map(|index| {
			let after = (index as u32 * 37) % (NODES - 1_000);
			let start = Instant::now();
			ask(chain, filter, Some(after));
			start.elapsed().as_secs_f64() * 1_000.0
		})
		.collect();
	times.sort_by(f64::total_cmp);
	let (median, worst) = (times[QUESTIONS / 2], times[QUESTIONS - 1]);
	println!("{what}: {median:.1} ms, at worst {worst:.1} ms");
	median
}

/// What the storage has of a node.
fn records(id: NodeId) -> [(Vec<u8>, Vec<u8>); 2] {
	let mut account = [0; 32];
	account[..4].copy_from_slice(&id.to_le_bytes());
	let account = AccountId::from(account);
	let node = Node {
		account: account.clone(),
		farm: 1,
		machine: Machine {
			capacity: Capacity { cru: 8_000, mru: 32 * GIB, sru: 1_000 * GIB, hru: 0 },
			location: Location {
				country: if id.is_multiple_of(2) { *b"BE" } else { *b"CD" },
				city: "Ghent".try_into().expect("it is short"),
				latitude: 51_054_340,
				longitude: 3_717_424,
			},
			encryption_key: [9; 32],
		},
		reserved: Capacity::ZERO,
		reservations: 0,
		state: NodeState::Open,
		certified: false,
		certificate_lost: None,
		tenant: None,
		updated: 0,
		sponsor: account,
		// The ticket of a deposit of nothing.
		deposit: codec::Decode::decode(&mut &0u128.encode()[..]).expect("a ticket is an amount"),
		generation: 0,
	};
	let node: pallet_nodes::NodeOf<Runtime> = node;
	let clock = Clock { boot_id: [1; 16], uptime: 1, last_beat: 1, available_seconds: 1 };
	[
		(Nodes::<Runtime>::hashed_key_for(id), node.encode()),
		(Clocks::<Runtime>::hashed_key_for(id), clock.encode()),
	]
}

fn set_storage(chain: &Chain, items: Vec<(Vec<u8>, Vec<u8>)>) {
	let call = RuntimeCall::System(frame_system::Call::set_storage { items });
	let call = pallet_sudo::Call::sudo { call: Box::new(call) };
	chain.send(Person::Alice, call).expect("Alice has sudo");
}
