//! What is in blocks that are not final.

use crate::world::*;
use grid_runtime::AccountId;
use grid_stories::{eventually, stays, AgentProcess, Hears, Images, Network, Person, User};
use pallet_utility::Call::batch_all;

fn waits_for_finality(hears: Hears) {
	let mut network = Network::local();
	network.finalizes(2);
	let images = Images::new();
	let (one, two) = (image(&images, "one"), image(&images, "two"));
	let mut agent = AgentProcess::invited("local", &[&network.nodes[0]], hears);
	let number = agent.joins(network.nodes[0].chain());
	let kept = {
		let user = User::new(network.nodes[0].chain(), Person::Bob, number);
		let kept = user.deploy("kept", program(&one));
		user.runs(kept, 1);
		kept
	};
	let running = runs(&agent, 1);

	// Half of the validators make blocks, and cannot make them final.
	network.nodes[2].kill();
	network.nodes[3].kill();
	let chain = network.nodes[0].chain();
	let user = User { chain, who: Person::Bob, node: number };
	let calls = vec![user.creation("hasty", program(&two), None), User::cancellation(kept)];
	let nonce = chain.nonce(&AccountId::from(Person::Bob.public()));
	let both = chain.sign(&Person::Bob.pair(), nonce, batch_all { calls }.into());
	chain.submit(&both.expect("it is signed")).expect("it is taken");
	let hasty = kept + 1;
	eventually("it is in a block", LIMIT, || user.placement(hasty).map(drop));
	let (best, finalized) = (chain.best().number, chain.finalized().number);
	let time = for_so_long(12, 90);
	stays("nothing is done for what is not final", time, || {
		goes_on(&mut agent, &running) && user.placement(hasty).is_some()
	});
	assert!(chain.best().number > best, "there are more and more blocks");
	assert!(chain.finalized().number <= finalized + 1, "none of them is final");

	network.nodes[2].start();
	network.nodes[3].start();
	let user = User { chain: network.nodes[0].chain(), who: Person::Bob, node: number };
	user.runs(hasty, 1);
	eventually("the other prints", LIMIT, || {
		(agent.printed(hasty, "web") == "I am two\n").then_some(())
	});
	assert_eq!(runs(&agent, 1).len(), 1);
	assert_ne!(agent.running(), running);
}

#[test]
fn a_light_client_acts_on_nothing_before_it_is_final() {
	waits_for_finality(Hears::Light);
}

#[test]
fn whoever_hears_endpoints_acts_on_nothing_before_it_is_final() {
	waits_for_finality(Hears::Rpc);
}
