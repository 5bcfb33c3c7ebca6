//! An agent comes back after 1 000 blocks in which all of its 500 contracts have changed. Its machine
//! is in memory, where images are at once and programs start at once: what is left is the time that
//! it takes to hear the chain, to decide, and to write down.

use crate::simulated::Simulated;
use grid_benchmarks::chosen;
use grid_primitives::{capacity::bytes::MIB, spec::Image, ContractId};
use grid_runtime::{
	configs::parameters::{dynamic::heartbeats, RuntimeParameters},
	RuntimeCall,
};
use grid_stories::{
	eventually,
	specs::{container_with, spec, text},
	Hears, NodeBuilder, Person, User,
};
use pallet_deployments::Status;
use std::{
	thread::sleep,
	time::{Duration, Instant},
};

const CONTRACTS: usize = 500;
/// How many calls are made in one block.
const AT_ONCE: usize = 50;
/// For how long the agent is away, unless `GRID_BLOCKS` says otherwise.
const BLOCKS: u64 = 1_000;
const LIMIT: Duration = Duration::from_secs(600);
const GLANCE: Duration = Duration::from_millis(5);

pub(crate) fn run() {
	let node = NodeBuilder::new("catchup").args(["--dev"]).start();
	let chain = node.chain();
	// One that is away for long is not taken for dead: it is to have something to catch up with.
	let gap = heartbeats::Parameters::MaxGap(heartbeats::MaxGap, Some(1_000_000));
	let key_value = RuntimeParameters::Heartbeats(gap);
	let set = RuntimeCall::Parameters(pallet_parameters::Call::set_parameter { key_value });
	let sudo = pallet_sudo::Call::sudo { call: Box::new(set) };
	chain.send(Person::Alice, sudo).expect("Alice has sudo");

	let hears = match std::env::var("GRID_HEARS").as_deref() {
		Ok("rpc") => Hears::Rpc,
		_ => Hears::Light,
	};
	let mut agent = Simulated::invited("dev", &[&node], hears, 1);
	agent.start();
	agent.join(chain, LIMIT);
	let number = 1;
	let user = User::new(chain, Person::Bob, number);
	let plan = |digest| {
		let image = Image { reference: text("registry.example/shop/web"), digest: [digest; 32] };
		spec([container_with("web", &image, |it| it.memory = 16 * MIB)])
	};
	let begun = Instant::now();
	let mut contracts: Vec<ContractId> = Vec::new();
	while contracts.len() < CONTRACTS {
		let label = contracts.len();
		let creation = |at: usize| user.creation(&format!("shop-{}", label + at), plan(1), None);
		let calls = (0..AT_ONCE).map(creation).collect();
		contracts.extend(User::created(&user.at_once(calls)));
	}
	all_known(&user, &contracts, 1);
	eprintln!("all contracts run after {:.0} s", begun.elapsed().as_secs_f64());

	agent.kill();
	let left = chain.finalized().number;
	for some in contracts.chunks(AT_ONCE) {
		user.at_once(some.iter().map(|it| user.amendment(*it, 1, plan(2))).collect());
	}
	let blocks = chosen("GRID_BLOCKS", BLOCKS) as u32;
	eventually("the chain goes on", Duration::from_secs(u64::from(blocks) * 3 + 60), || {
		(chain.finalized().number >= left + blocks).then_some(())
	});

	let begun = Instant::now();
	agent.start();
	let when = |what: &str, so_often: usize| loop {
		if agent.log().lines().filter(|line| line.contains(what)).count() >= so_often {
			return begun.elapsed().as_secs_f64();
		}
		assert!(begun.elapsed() < LIMIT, "{what}: {}", agent.log());
		sleep(GLANCE);
	};
	println!("away for {} blocks", chain.finalized().number - left);
	println!("it hears the chain after {:.2} s", when("the chain is heard from", 1));
	println!("it knows which node it is after {:.2} s", when("this is node", 1));
	println!("it knows what the chain wants after {:.2} s", when("the chain wants 500", 1));
	let converged = when("start container", CONTRACTS);
	println!("all runs after {converged:.2} s");
	let said = Instant::now();
	all_known(&user, &contracts, 2);
	println!("the chain knows all of it {:.0} s later", said.elapsed().as_secs_f64());
	println!("agent-catchup: {converged:.2} s (bar: ≤ 3 s)");
}

/// Wait until the chain knows that a revision of all contracts runs.
fn all_known(user: &User, contracts: &[ContractId], revision: u32) {
	let mut left = contracts.to_vec();
	eventually("the chain knows what runs", LIMIT, || {
		left.retain(|it| user.status(*it) != Some((revision, Status::Running)));
		left.is_empty().then_some(())
	});
}
