//! Many simulated nodes on one chain of four validators: what they take, and whether all of them are
//! available all the time.

use crate::{
	figures::{processor_seconds, resident},
	simulated::Simulated,
};
use grid_benchmarks::chosen;
use grid_runtime::Runtime;
use grid_stories::{Chain, Hears, Network};
use pallet_nodes::{Clock, Clocks, NodeIds};
use std::{
	thread::sleep,
	time::{Duration, Instant},
};

const NODES: u64 = 1_000;
/// For how long it is looked, unless `GRID_SECONDS` says otherwise.
const SECONDS: u64 = 300;
const LIMIT: Duration = Duration::from_secs(600);

pub(crate) fn run() {
	let network = Network::local();
	let peers: Vec<_> = network.nodes.iter().collect();
	let chain = network.nodes[0].chain();
	let hears = match std::env::var("GRID_HEARS").as_deref() {
		Ok("light") => Hears::Light,
		_ => Hears::Rpc,
	};
	let mut nodes = Simulated::invited("local", &peers, hears, NODES as usize);
	let begun = Instant::now();
	nodes.start();
	nodes.join(chain, LIMIT);
	println!("{NODES} nodes have joined after {:.0} s", begun.elapsed().as_secs_f64());

	let (process, seconds) = (nodes.process_id(), chosen("GRID_SECONDS", SECONDS));
	let all = || peers.iter().map(|it| processor_seconds(it.process_id().expect("it runs")));
	let (own, theirs) = (processor_seconds(process), all().sum::<f64>());
	let (before, begun) = (clocks(chain, &nodes), Instant::now());
	let mut memory: f64 = 0.0;
	while begun.elapsed() < Duration::from_secs(seconds) {
		sleep(Duration::from_secs(5));
		memory = memory.max(resident(process));
	}
	let elapsed = begun.elapsed().as_secs_f64();
	let processor = (processor_seconds(process) - own) / elapsed * 100.0;
	let validators = (all().sum::<f64>() - theirs) / elapsed * 100.0;
	let after = clocks(chain, &nodes);

	let said = nodes.log();
	let last = said.lines().rev().find(|line| line.contains("heartbeats heard"));
	println!("they say: {}", last.unwrap_or_default());
	// What lies between two heartbeats counts as available, unless it was too long.
	let missed = before.iter().zip(&after).filter(|(before, after)| {
		let passed = after.last_beat - before.last_beat;
		passed == 0 || passed != after.available_seconds - before.available_seconds
	});
	let missed = missed.count();
	let oldest = after.iter().map(|it| it.last_beat).min().unwrap_or_default();
	let newest = after.iter().map(|it| it.last_beat).max().unwrap_or_default();
	println!("heartbeats of all came in the last {} s", newest - oldest);
	println!("the validators: {validators:.0} % of a core, all four");
	println!("simulate-processor: {processor:.0} % of a core for {NODES} nodes");
	println!("simulate-memory: {memory:.0} MB for {NODES} nodes");
	println!("simulate: {missed} nodes that were missed in {elapsed:.0} s (bar: 0)");
}

/// What the chain knows of the availability of all of them.
fn clocks(chain: &Chain, nodes: &Simulated) -> Vec<Clock> {
	let clock = |account| {
		let key = NodeIds::<Runtime>::hashed_key_for(account);
		let id: u32 = chain.storage(&key, None).expect("the node answers").expect("it joined");
		let key = Clocks::<Runtime>::hashed_key_for(id);
		chain.storage(&key, None).expect("the node answers").expect("it joined")
	};
	nodes.accounts.iter().map(clock).collect()
}
