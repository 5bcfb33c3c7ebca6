//! From the moment somebody submits a contract to the first line that its container prints, on a
//! chain of four validators, with the image on the machine.

use grid_benchmarks::quantile;
use grid_primitives::ContractId;
use grid_runtime::Hash;
use grid_stories::{
	specs::{container_with, spec},
	AgentProcess, Chain, Hears, Images, Network, Person, User,
};
use serde_json::json;
use std::{
	thread::sleep,
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use zos_core::ports::{LogFrom, LogLine};
use zos_provision::containers::log;

const RUNS: u32 = 50;
const LIMIT: Duration = Duration::from_secs(60);
/// What the agent did is shown when it took longer, in seconds.
const SLOW: f64 = 0.4;
const GLANCE: Duration = Duration::from_millis(20);

/// Since it was submitted, in seconds.
struct Times {
	included: f64,
	finalized: f64,
	printed: f64,
}

pub(crate) fn run() {
	let network = Network::local();
	let nodes: Vec<_> = network.nodes.iter().collect();
	let chain = network.nodes[0].chain();
	let hears = match std::env::var("GRID_HEARS").as_deref() {
		Ok("rpc") => Hears::Rpc,
		_ => Hears::Light,
	};
	let images = Images::new();
	let image = images.running("hello", "echo hello; trap exit TERM; sleep 100000 & wait");
	let mut agent = AgentProcess::invited("local", &nodes, hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let plan = || spec([container_with("web", &image, |_| ())]);
	// It stays, and with it the image.
	let first = user.deploy("first", plan());
	user.runs(first, 1);

	let mut all = Vec::new();
	for turn in 0..RUNS {
		// Not in step with the slots: people are not.
		sleep(Duration::from_millis(u64::from(turn * 377 % 2_000)));
		let call = user.creation("latency", plan(), None);
		let nonce = chain.nonce(&user.who.to_account_id());
		let transaction = chain.sign(&user.who.pair(), nonce, call).expect("signed");
		let begun = now();
		let (included, finalized, contract) = follow(chain, &transaction);
		let line = first_line(&agent, contract);
		assert_eq!(line.text, "hello");
		let since = |millis: f64| (millis - begun) / 1_000.0;
		let times = Times {
			included: since(included),
			finalized: since(finalized),
			printed: since(line.at as f64),
		};
		eprintln!(
			"{turn}: included {:.2} s, finalized {:.2} s, printed {:.2} s",
			times.included, times.finalized, times.printed
		);
		if times.printed - times.finalized > SLOW {
			let log = agent.log();
			let lines: Vec<_> = log.lines().collect();
			eprintln!("{}", lines[lines.len().saturating_sub(8)..].join("\n"));
		}
		all.push(times);
		user.cancel(contract);
		gone(&agent, contract);
	}
	agent.assert_alive();

	let show = |what: &str, of: &dyn Fn(&Times) -> f64| {
		let each: Vec<_> = all.iter().map(of).collect();
		let [half, most, worst] = [0.5, 0.99, 1.0].map(|share| quantile(&each, share));
		println!("{what}: p50 {half:.2} s, p99 {most:.2} s, worst {worst:.2} s");
		(half, most)
	};
	show("inclusion", &|it| it.included);
	show("finality after it", &|it| it.finalized - it.included);
	show("the agent after that", &|it| it.printed - it.finalized);
	let (half, most) = show("all of it", &|it| it.printed);
	println!("deploy-latency-p99: {most:.2} s (bar: ≤ 3.5 s)");
	println!("deploy-latency: {half:.2} s (bar: ≤ 2 s)");
}

/// Milliseconds since 1970.
fn now() -> f64 {
	let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later");
	since.as_secs_f64() * 1_000.0
}

/// Submits the creation of a contract. Says when it was in a block, and when that was final, as its
/// node heard so.
fn follow(chain: &Chain, transaction: &[u8]) -> (f64, f64, ContractId) {
	let encoded = json!(format!("0x{}", hex::encode(transaction)));
	let (start, end) = ("author_submitAndWatchExtrinsic", "author_unwatchExtrinsic");
	let mut news = chain.rpc.subscribe(start, &[encoded], end).expect("the node answers");
	let mut included = None;
	loop {
		let status = news.next().expect("the node answers");
		if status.get("inBlock").is_some() {
			included.get_or_insert(now());
		}
		if let Some(block) = status.get("finalized") {
			let finalized = now();
			let block: Hash = serde_json::from_value(block.clone()).expect("it is a hash");
			let happened = chain.caused(transaction, block).expect("there is room");
			return (included.unwrap_or(finalized), finalized, User::created(&happened)[0]);
		}
	}
}

fn first_line(agent: &AgentProcess, contract: ContractId) -> LogLine {
	let folder = agent.state().join(format!("containers/{contract}-web/log"));
	let begun = Instant::now();
	loop {
		let page = log::read(&folder, LogFrom::Position(0), 1).unwrap_or_default();
		if let Some(line) = page.lines.into_iter().next() {
			return line;
		}
		assert!(begun.elapsed() < LIMIT, "it prints nothing:\n{}", agent.log());
		sleep(GLANCE);
	}
}

fn gone(agent: &AgentProcess, contract: ContractId) {
	let folder = agent.state().join(format!("containers/{contract}-web"));
	let begun = Instant::now();
	while folder.exists() {
		assert!(begun.elapsed() < LIMIT, "it is not removed:\n{}", agent.log());
		sleep(GLANCE);
	}
}
