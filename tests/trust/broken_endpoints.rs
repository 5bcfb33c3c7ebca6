//! Endpoints are believed, but they may hang, break off, and talk nonsense.

use crate::{
	proxy::{Proxy, Then},
	world::*,
};
use grid_stories::{stays, AgentProcess, Hears, Images, NodeBuilder, Person, User};
use std::time::Duration;

#[test]
fn endpoints_that_do_not_answer_as_they_should_hold_nobody_up() {
	let node = NodeBuilder::new("node").args(["--dev"]).start();
	// The first hundred bytes are less than the greeting of a web socket, some hundreds are more.
	let broken = [
		Proxy::before(&node, 0, Then::Silent),
		Proxy::before(&node, 600, Then::Silent),
		Proxy::before(&node, 600, Then::Closed),
		Proxy::before(&node, 600, Then::Garbage),
	];
	let (first, second) =
		(Proxy::before(&node, 0, Then::Honest), Proxy::before(&node, 0, Then::Honest));
	let images = Images::new();
	let one = image(&images, "one");
	let mut agent = AgentProcess::invited("dev", &[&node], Hears::Rpc);
	let good = [first.url(), second.url()];
	let addresses: Vec<_> = broken.iter().map(Proxy::url).chain(good).collect();
	agent.listens_to("dev", Hears::Rpc, &addresses);
	let user = User::new(node.chain(), Person::Bob, agent.joins(node.chain()));
	for proxy in &broken {
		assert!(proxy.connections() > 0, "each was tried");
	}

	// Then the one that is followed breaks in the same ways.
	agent.kill();
	agent.listens_to("dev", Hears::Rpc, &[first.url(), second.url()]);
	agent.start();
	let (mut used, mut other) = (&first, &second);
	for then in [Then::Silent, Then::Garbage, Then::Closed] {
		let contract = user.deploy("shop", program(&one));
		user.runs(contract, 1);
		let running = runs(&agent, 1);
		let before = other.connections();
		used.set(then);
		stays("what runs goes on", Duration::from_secs(3), || goes_on(&mut agent, &running));
		user.cancel(contract);
		agent.leaves_nothing();
		assert!(other.connections() > before, "the other one is followed after {then:?}");
		used.set(Then::Honest);
		std::mem::swap(&mut used, &mut other);
	}
}
