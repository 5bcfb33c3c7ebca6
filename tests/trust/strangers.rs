//! Another chain, that began otherwise.

use crate::world::*;
use grid_stories::{stays, AgentProcess, Hears, Images, NodeBuilder, Spec};

#[test]
fn nobody_of_another_chain_is_heard() {
	// It is older, so that it has more final blocks.
	let other = Spec::of("dev", |spec| {
		spec["genesis"]["runtimeGenesis"]["patch"]["billing"]["tokenPrice"] = 7.into();
	});
	let path = other.path().display().to_string();
	let stranger = NodeBuilder::new("stranger");
	let stranger = stranger.args(["--chain", &path, "--alice", "--force-authoring"]).start();
	let node = NodeBuilder::new("ours").args(["--dev"]).start();
	assert_ne!(stranger.chain().genesis(), node.chain().genesis());
	let images = Images::new();
	let one = image(&images, "one");
	for hears in ways(&[Hears::Light, Hears::Rpc]) {
		let mut agent = AgentProcess::invited("dev", &[&node], hears);
		let user = newcomer(node.chain(), agent.joins(node.chain()));
		let contract = user.deploy("shop", program(&one));
		user.runs(contract, 1);
		let running = runs(&agent, 1);

		agent.kill();
		agent.listens_to("dev", hears, &[hears.address(&stranger)]);
		forgets_its_peers(&agent);
		agent.start();
		let time = for_so_long(10, 40);
		stays("it says nothing that counts", time, || {
			goes_on(&mut agent, &running) && acted_on(&agent).is_none()
		});
		assert!(table(&agent).contains("not heard yet"), "{}", table(&agent));

		// Beside it, the right one is found.
		agent.kill();
		agent.listens_to("dev", hears, &[hears.address(&stranger), hears.address(&node)]);
		agent.start();
		user.cancel(contract);
		agent.leaves_nothing();
	}
}
