//! Silence is not a command.

use crate::modes;
use grid_primitives::capacity::bytes::MIB;
use grid_stories::{
	eventually,
	specs::{container, spec, volume},
	stays, AgentProcess, Hears, Images, NodeBuilder, Person, User,
};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(90);

#[test]
fn no_workload_stops_when_the_agent_or_the_chain_does() {
	for hears in modes(Hears::Rpc) {
		nothing_stops(hears);
	}
}

fn nothing_stops(hears: Hears) {
	// One on which an agent that is away for a minute is not taken for dead.
	let mut node = NodeBuilder::new("silence").args(["--dev"]).start();
	let images = Images::new();
	let image = images.make("one");
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let number = agent.joins(node.chain());
	let plan = || spec(vec![volume("data", 32 * MIB), container("web", &image, "data")]);
	let (kept, ended) = {
		let user = User::new(node.chain(), Person::Bob, number);
		let both = (user.deploy("kept", plan()), user.deploy("ended", plan()));
		user.runs(both.0, 1);
		user.runs(both.1, 1);
		both
	};
	let running = agent.running();
	assert_eq!(running.len(), 2);

	node.kill();
	stays("everything runs without a chain", Duration::from_secs(10), || {
		agent.running() == running
	});
	agent.kill();
	node.start();
	let user = User { chain: node.chain(), who: Person::Bob, node: number };
	user.cancel(ended);
	// Come and gone while nobody looked.
	let brief = user.deploy("brief", plan());
	user.cancel(brief);
	assert_eq!(agent.running(), running, "nobody was told");

	agent.start();
	eventually("one is gone", LIMIT, || (agent.running().len() == 1).then_some(()));
	let name = agent.names().of_workload(&format!("{kept}/web").parse().expect("a key"));
	let before = running.iter().find(|(it, _)| *it == name).expect("it ran");
	assert_eq!(&agent.running()[0], before, "the same processes");
	user.cancel(kept);
	agent.leaves_nothing();
}
