//! What the agent of a node with 100 containers takes while nothing is to be done, beside what a
//! full node of the same chain takes.

use crate::{
	figures::{disk_bytes, processor_seconds, proportional, resident, shown},
	flood::transfer,
};
use grid_benchmarks::chosen;
use grid_primitives::capacity::bytes::MIB;
use grid_stories::{
	eventually, free_port,
	specs::{container_with, spec},
	AgentProcess, Hears, Images, Network, Node, NodeBuilder, Person, User,
};
use std::{
	fs,
	sync::atomic::{AtomicBool, Ordering},
	thread::{self, sleep},
	time::{Duration, Instant},
};
use zos_provision::host::cgroups;

const CONTRACTS: usize = 10;
/// Of each contract.
const CONTAINERS: usize = 10;
/// For how long it is looked, unless `GRID_SECONDS` says otherwise.
const SECONDS: u64 = 300;
/// For how long it is looked while others use the chain, at most.
const BUSY_SECONDS: u64 = 60;
/// The pause between two transfers.
const APART: Duration = Duration::from_millis(8);
/// After the last container was started.
const SETTLING: Duration = Duration::from_secs(20);
const LIMIT: Duration = Duration::from_secs(300);

/// What one that follows the chain takes.
struct Taken {
	/// Of a core, in percent.
	processor: f64,
	/// Megabytes, at most.
	memory: f64,
	/// Bytes received of each block.
	received: f64,
}

/// One that follows the chain.
struct Follower {
	process: u32,
	metrics: u16,
	received: &'static str,
}

pub(crate) fn run() {
	let mut network = Network::local();
	let full = network.add(NodeBuilder::new("full"));
	let full = Follower {
		process: full.process_id().expect("it runs"),
		metrics: full.metrics_port,
		received: "substrate_sub_libp2p_network_bytes_total{direction=\"in\"",
	};
	let (replica, validators) = network.nodes.split_last().expect("there are five");
	let validators: Vec<_> = validators.iter().collect();
	let chain = validators[0].chain();
	let images = Images::new();
	let image = images.running("idle", "trap exit TERM; sleep 100000 & wait");
	let mut agent = AgentProcess::invited("local", &validators, Hears::Light);
	let metrics = show_metrics(&agent);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let contracts: Vec<_> = (0..CONTRACTS)
		.map(|number| {
			let workloads: Vec<_> = (0..CONTAINERS)
				.map(|place| {
					container_with(&format!("c{place}"), &image, |it| {
						it.cpu = 10;
						it.memory = 16 * MIB;
						it.root = 8 * MIB;
					})
				})
				.collect();
			user.deploy(&format!("idle-{number}"), spec(workloads))
		})
		.collect();
	for contract in contracts {
		user.runs(contract, 1);
	}
	let hundred = CONTRACTS * CONTAINERS;
	all_run(&agent, hundred);
	let seconds = chosen("GRID_SECONDS", SECONDS);
	println!("{hundred} containers, {seconds} s each way to hear the chain");

	let of_agent = |agent: &AgentProcess| Follower {
		process: agent.process_id().expect("it runs"),
		metrics,
		received: "zos_chain_received_bytes_total",
	};
	sleep(SETTLING);
	let light = of_agent(&agent);
	let [its, ours] = watch(validators[0], [&full, &light], seconds);
	println!("as a light client: {ours}");
	println!("a full node:       {its}");
	let state = agent.state();
	let kept = disk_bytes(&state.join("light-client.json"));
	let ledger = disk_bytes(&state.join("ledger.redb"));
	let stored = disk_bytes(&replica.folder().join("chains"));
	println!(
		"on the disk: {} KiB of the chain and a ledger of {} KiB, a full node {} KiB",
		kept / 1_024,
		ledger / 1_024,
		stored / 1_024
	);
	println!("a full node stores {:.0} times as much", stored as f64 / kept.max(1) as f64);
	println!(
		"a full node receives {:.1} times as much while nobody does anything",
		its.received / ours.received
	);
	let busy = seconds.min(BUSY_SECONDS);
	let ([its_busy, ours_busy], each) =
		while_sending(validators[0], || watch(validators[0], [&full, &light], busy));
	println!("with {each:.0} transfers a block: {ours_busy}");
	println!("a full node then:             {its_busy}");
	let more = |busy: &Taken, idle: &Taken| ((busy.received - idle.received) / each).max(0.0);
	println!(
		"each transaction: {:.0} bytes more, a full node {:.0} bytes more",
		more(&ours_busy, &ours),
		more(&its_busy, &its)
	);
	println!(
		"a full node then receives {:.1} times as much",
		its_busy.received / ours_busy.received
	);
	show_shims(&agent, hundred);

	// The same agent again, told by an endpoint.
	agent.kill();
	agent.listens_to("local", Hears::Rpc, &[validators[0].url()]);
	let metrics = show_metrics(&agent);
	agent.start();
	all_run(&agent, hundred);
	sleep(SETTLING);
	let rpc = Follower { metrics, ..of_agent(&agent) };
	let [told] = watch(validators[0], [&rpc], seconds);
	println!("by an endpoint:    {told}");
	agent.assert_alive();

	println!("agent-idle-rpc: {:.2} % of a core (bar: ≤ 1 %)", told.processor);
	println!("agent-idle-processor: {:.2} % of a core (bar: ≤ 2 %)", ours.processor);
	println!("agent-idle: {:.0} MB (bar: ≤ 60 MB)", ours.memory);
}

/// Have an agent show its metrics from its next start on. Says where.
fn show_metrics(agent: &AgentProcess) -> u16 {
	let (path, port) = (agent.folder().join("config.toml"), free_port());
	let config = fs::read_to_string(&path).expect("it was written");
	fs::write(&path, format!("metrics = \"127.0.0.1:{port}\"\n{config}")).expect("it is ours");
	port
}

fn all_run(agent: &AgentProcess, containers: usize) {
	eventually("all containers run", LIMIT, || {
		let status = agent.status();
		let works = status["contracts"].as_array().is_some_and(|it| it.len() == CONTRACTS);
		(works && agent.running().len() == containers).then_some(())
	});
}

/// Watch some that follow the chain for so many seconds.
fn watch<const N: usize>(chain: &Node, all: [&Follower; N], seconds: u64) -> [Taken; N] {
	let chain = chain.chain();
	let now = || all.map(|it| (processor_seconds(it.process), shown(it.metrics, it.received)));
	let (before, first, begun) = (now(), chain.finalized().number, Instant::now());
	let mut memory = [0.0; N];
	while begun.elapsed() < Duration::from_secs(seconds) {
		sleep(Duration::from_secs(2));
		for (most, it) in memory.iter_mut().zip(all) {
			*most = resident(it.process).max(*most);
		}
	}
	let (after, elapsed) = (now(), begun.elapsed().as_secs_f64());
	let blocks = f64::from(chain.finalized().number - first);
	std::array::from_fn(|at| Taken {
		processor: (after[at].0 - before[at].0) / elapsed * 100.0,
		memory: memory[at],
		received: (after[at].1 - before[at].1) / blocks,
	})
}

/// Does something while somebody sends transfers. Says how many each block has, about.
fn while_sending<T>(node: &Node, what: impl FnOnce() -> T) -> (T, f64) {
	let chain = node.chain();
	let (sender, receiver) = (Person::Charlie, Person::Dave.pair());
	let nonce = chain.nonce(&sender.to_account_id());
	let done = AtomicBool::new(false);
	thread::scope(|scope| {
		let send = scope.spawn(|| {
			for sent in 0_u32.. {
				if done.load(Ordering::Relaxed) {
					return f64::from(sent);
				}
				let call = transfer(&receiver, 100_000);
				let transaction = chain.sign_for(1, 1, &sender.pair(), nonce + sent, call);
				chain.submit(&transaction).expect("it is the next");
				sleep(APART);
			}
			unreachable!("nobody sends so many")
		});
		let first = chain.best().number;
		let result = what();
		done.store(true, Ordering::Relaxed);
		let sent = send.join().expect("the node takes them");
		let blocks = f64::from(chain.best().number - first);
		(result, sent / blocks)
	})
}

impl std::fmt::Display for Taken {
	fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
		let Self { processor, memory, received } = self;
		write!(
			f,
			"{processor:.2} % of a core, {memory:.0} MB, {received:.0} bytes received a block"
		)
	}
}

/// What stays with the containers, beside the agent.
fn show_shims(agent: &AgentProcess, containers: usize) {
	let group = format!("{}shims", agent.names().prefix());
	let shims = cgroups::processes(&group).expect("cgroups are read");
	let sum = |of: fn(u32) -> f64| shims.iter().map(|it| of(*it as u32)).sum::<f64>();
	let (whole, parts) = (sum(resident), sum(proportional));
	println!(
		"{} shims: {whole:.0} MB, {parts:.0} MB if what they share counts once: {:.2} MB each",
		shims.len(),
		parts / containers as f64
	);
}
