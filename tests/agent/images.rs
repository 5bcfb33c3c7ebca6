//! Images that are not what was wanted.

use grid_primitives::{capacity::bytes::MIB, spec::Image};
use grid_stories::{
	hasty_chain,
	specs::{container, spec, text, volume},
	AgentProcess, Hears, Images, Person, User,
};

#[test]
fn images_that_are_not_what_was_wanted_are_reported_and_leave_nothing() {
	let node = hasty_chain("bad-images");
	let chain = node.chain();
	let images = Images::new();
	let mut agent = AgentProcess::invited("dev", &[&node], Hears::Rpc);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let good = images.make("good");
	let plan =
		|image: &Image| spec(vec![volume("data", 32 * MIB), container("web", image, "data")]);

	let absent = Image { digest: [9; 32], ..good.clone() };
	let tampered = images.make("tampered");
	std::fs::write(images.registry.blob(&tampered.digest), "{}").expect("it is ours");
	for (label, image) in [("absent", &absent), ("tampered", &tampered)] {
		let contract = user.deploy(label, plan(image));
		let (code, workload) = user.fails(contract);
		assert_eq!(workload, Some(text("web")), "{label}: {code:?}");
		assert!(agent.running().is_empty(), "{label}");
		user.cancel(contract);
	}
	// What others did wrong holds nobody back.
	let contract = user.deploy("good", plan(&good));
	user.runs(contract, 1);
	user.cancel(contract);
	agent.leaves_nothing();
}
