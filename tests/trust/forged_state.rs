//! Blocks are true, but what is told of their state is not.

use crate::{
	forger::{Forger, Kind, Lie},
	silence::follower,
	world::*,
};
use grid_stories::{eventually, stays, AgentProcess, Hears, Images, NodeBuilder, Person, User};

#[test]
fn state_that_is_not_proven_is_not_believed() {
	let node = NodeBuilder::new("node").args(["--dev"]).start();
	let mut honest = follower("honest", &node);
	let lies = [
		Lie::ChangedValues,
		Lie::OfAnotherBlock(node.chain().finalized_hash()),
		Lie::HalfOfTheProof,
		Lie::Nothing,
	];
	let forgers = lies.map(|lie| (lie, Forger::before(&node)));
	let images = Images::new();
	let (one, two) = (image(&images, "one"), image(&images, "two"));
	let mut agent = AgentProcess::invited("dev", &[&node], Hears::Light);
	let addresses = forgers.iter().map(|(_, it)| it.address().to_owned());
	let addresses: Vec<_> = addresses.chain([honest.address()]).collect();
	honest.kill();
	agent.listens_to("dev", Hears::Light, &addresses);
	let user = User::new(node.chain(), Person::Bob, agent.joins(node.chain()));
	let ended = user.deploy("ended", program(&one));
	user.runs(ended, 1);
	let running = runs(&agent, 1);

	for (lie, forger) in &forgers {
		forger.lies(Some(*lie));
	}
	let calls = vec![user.creation("new", program(&two), None), User::cancellation(ended)];
	let new = User::created(&user.at_once(calls))[0];
	stays("no lie is believed", for_so_long(12, 120), || goes_on(&mut agent, &running));
	for (lie, forger) in &forgers {
		eventually(&format!("the agent has met {lie:?}"), LIMIT, || {
			(forger.told(Kind::State) > 0).then_some(())
		});
	}
	assert!(goes_on(&mut agent, &running), "no lie is believed");

	// Beside them, somebody tells the truth.
	honest.start();
	user.runs(new, 1);
	eventually("it prints", LIMIT, || (agent.printed(new, "web") == "I am two\n").then_some(()));
	assert_ne!(runs(&agent, 1), running);
}
