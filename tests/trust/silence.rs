//! The chain stands still, or nobody tells of it: what runs goes on, and afterwards so does the rest.

use crate::world::*;
use grid_stories::{
	eventually, stays, AgentProcess, Hears, Images, Node, NodeBuilder, Person, User,
};
use std::time::Duration;

/// What agents need no longer than this for, when the chain is back.
const SOON: Duration = Duration::from_secs(30);

fn all_validators_stop(hears: Hears) {
	let mut node = NodeBuilder::new("stopped").args(["--dev"]).start();
	let images = Images::new();
	let (one, two) = (image(&images, "one"), image(&images, "two"));
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let number = agent.joins(node.chain());
	let user = User::new(node.chain(), Person::Bob, number);
	let (amended, ended) =
		(user.deploy("amended", program(&one)), user.deploy("ended", program(&one)));
	user.runs(amended, 1);
	user.runs(ended, 1);
	let running = runs(&agent, 2);

	node.stop();
	let time = for_so_long(20, 180);
	stays("everything runs without a chain", time, || goes_on(&mut agent, &running));
	if time > SOON {
		assert!(table(&agent).contains("nothing new has become final"), "{}", table(&agent));
	}
	let before = acted_on(&agent).expect("it has heard of the chain");

	node.start();
	let user = User { chain: node.chain(), who: Person::Bob, node: number };
	user.cancel(ended);
	user.amend(amended, program(&two));
	eventually("what was changed since is done", SOON, || {
		let running = agent.running();
		let printed = agent.printed(amended, "web");
		(running.len() == 1 && printed.ends_with("I am two\n")).then_some(())
	});
	user.runs(amended, 2);
	assert!(acted_on(&agent).is_some_and(|now| now > before), "{before}");
	user.cancel(amended);
	agent.leaves_nothing();
}

#[test]
fn a_light_client_waits_for_a_chain_that_has_stopped_and_follows_it_again() {
	all_validators_stop(Hears::Light);
}

#[test]
fn whoever_hears_endpoints_waits_for_a_chain_that_has_stopped_and_follows_it_again() {
	all_validators_stop(Hears::Rpc);
}

/// A node that follows another.
pub(crate) fn follower(name: &str, of: &Node) -> Node {
	let node = NodeBuilder::new(name).args(["--chain", "dev", "--bootnodes", &of.address()]);
	let node = node.start();
	catches_up(&node, of);
	node
}

/// Wait until a node knows what another does.
pub(crate) fn catches_up(node: &Node, with: &Node) {
	let newest = with.chain().finalized().number;
	eventually("it catches up", LIMIT, || {
		(node.chain().finalized().number >= newest).then_some(())
	});
}

#[test]
fn the_only_peer_goes_away_and_comes_back() {
	let mut author = NodeBuilder::new("author").args(["--dev"]).start();
	let mut peer = follower("peer", &author);
	// Nobody else gets to the author.
	author.stop();
	author.knows_only(&[&peer.address()]);
	author.start();
	let images = Images::new();
	let one = image(&images, "one");
	for hears in ways(&[Hears::Light]) {
		let mut agent = AgentProcess::invited("dev", &[&author], hears);
		agent.listens_to("dev", hears, &[hears.address(&peer)]);
		let user = newcomer(author.chain(), agent.joins(author.chain()));
		let contract = user.deploy("shop", program(&one));
		user.runs(contract, 1);
		let running = runs(&agent, 1);

		peer.kill();
		user.cancel(contract);
		stays("nobody tells of the end", Duration::from_secs(8), || goes_on(&mut agent, &running));
		peer.start();
		agent.leaves_nothing();
	}
}
