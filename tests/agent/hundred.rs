//! A machine full of small containers.

use crate::modes;
use grid_primitives::{
	capacity::bytes::MIB,
	spec::{Image, LogTarget, Spec},
};
use grid_stories::{
	eventually,
	specs::{container_with, spec},
	AgentProcess, Hears, Images, NodeBuilder, Person, User,
};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);
const CONTRACTS: usize = 4;
const EACH: usize = 25;

fn plan(image: &Image) -> Spec {
	let one = |number: usize| {
		container_with(&format!("web-{number}"), image, |it| {
			it.cpu = 20;
			it.memory = 16 * MIB;
			it.root = 4 * MIB;
			it.log = LogTarget::Node(16 * 1024);
		})
	};
	spec((1..=EACH).map(one).collect::<Vec<_>>())
}

#[test]
fn a_hundred_containers_start_outlive_an_agent_and_leave_nothing() {
	for hears in modes(Hears::Light) {
		come_and_go(hears);
	}
}

fn come_and_go(hears: Hears) {
	let node = NodeBuilder::new("hundred").args(["--dev"]).start();
	let chain = node.chain();
	let images = Images::new();
	let image = images.running("small", "trap exit TERM; sleep 100000 & wait");
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let label = |number| format!("crowd-{number}");
	let calls = (1..=CONTRACTS).map(|it| user.creation(&label(it), plan(&image), None));
	let contracts = User::created(&user.at_once(calls.collect()));
	assert_eq!(contracts.len(), CONTRACTS);

	eventually("half of them run", LIMIT, || {
		(agent.programs().len() >= CONTRACTS * EACH / 2).then_some(())
	});
	agent.kill();
	agent.start();
	for contract in &contracts {
		eventually("all of it runs", LIMIT, || {
			let status = user.status(*contract)?;
			(status == (1, pallet_deployments::Status::Running)).then_some(())
		});
	}
	let running = agent.programs();
	assert_eq!(running.len(), CONTRACTS * EACH);

	agent.kill();
	agent.start();
	eventually("the agent knows of all", LIMIT, || {
		let status = agent.status();
		let contracts = status["contracts"].as_array()?;
		(contracts.len() == CONTRACTS).then_some(())
	});
	assert_eq!(agent.programs(), running, "the same processes");

	user.at_once(contracts.iter().copied().map(User::cancellation).collect());
	agent.leaves_nothing();
	agent.assert_alive();
}
