//! Somebody has the keys of one validator of four, makes blocks with it in which he owns a
//! contract, and claims that they are final.

use crate::{
	forger::{Forger, Kind, Proof},
	world::*,
};
use grid_primitives::{ContractId, NodeId};
use grid_runtime::{AccountId, Header};
use grid_stories::{eventually, stays, AgentProcess, Chain, Hears, Images, Network, Person, User};
use pallet_utility::Call::batch_all;
use sp_core::{ed25519, Pair};
use sp_keyring::Ed25519Keyring;
use std::time::Duration;

/// A network of which one node serves forgers, and an agent that runs one contract.
struct Story {
	network: Network,
	forgers: Vec<Forger>,
	agent: AgentProcess,
	images: Images,
	node: NodeId,
	kept: ContractId,
	running: Vec<(String, Vec<i32>)>,
}

/// The validator whose key the forgers have.
const DISHONEST: usize = 3;

impl Story {
	/// While forgers pass on the truth, they are believed.
	fn begin(forgers: usize) -> Self {
		let network = Network::local();
		network.finalizes(2);
		let forger = || Forger::before(&network.nodes[DISHONEST]);
		let forgers: Vec<_> = std::iter::repeat_with(forger).take(forgers).collect();
		let images = Images::new();
		let one = image(&images, "one");
		let honest = &network.nodes[0];
		let mut agent = AgentProcess::invited("local", &[honest], Hears::Light);
		let addresses: Vec<_> = forgers.iter().map(|it| it.address().to_owned()).collect();
		agent.listens_to("local", Hears::Light, &addresses);
		let node = agent.joins(honest.chain());
		let user = User::new(honest.chain(), Person::Bob, node);
		let kept = user.deploy("kept", program(&one));
		user.runs(kept, 1);
		let running = runs(&agent, 1);
		Self { network, forgers, agent, images, node, kept, running }
	}

	/// The dishonest validator and the forgers are alone with the agent. It makes blocks in which
	/// one contract has ended and another is wanted. The last of them is returned.
	fn goes_dark(&mut self) -> (ContractId, Header) {
		let honest = self.network.nodes[0].address();
		for node in &mut self.network.nodes[..DISHONEST] {
			node.kill();
		}
		self.agent.kill();
		let addresses = self.forgers.iter().map(|it| it.address().to_owned());
		let addresses: Vec<_> = addresses.chain([honest]).collect();
		self.agent.listens_to("local", Hears::Light, &addresses);
		forgets_its_peers(&self.agent);
		self.agent.start();

		let two = image(&self.images, "two");
		let chain = self.dishonest();
		let user = User { chain, who: Person::Bob, node: self.node };
		let calls =
			vec![user.creation("forged", program(&two), None), User::cancellation(self.kept)];
		let nonce = chain.nonce(&AccountId::from(Person::Bob.public()));
		let both = chain.sign(&Person::Bob.pair(), nonce, batch_all { calls }.into());
		chain.submit(&both.expect("it is signed")).expect("it is taken");
		let forged = self.kept + 1;
		eventually("it is in a block", LIMIT, || user.placement(forged).map(drop));
		(forged, chain.best())
	}

	fn dishonest(&self) -> &Chain {
		self.network.nodes[DISHONEST].chain()
	}
}

fn key(of: Ed25519Keyring) -> ed25519::Pair {
	of.pair()
}

fn invented(number: u8) -> ed25519::Pair {
	ed25519::Pair::from_seed(&[number; 32])
}

const FORGERIES: usize = 6;

/// What somebody can make who has the key of one of four validators.
fn forgeries(header: &Header, older: &Header) -> [(&'static str, Proof); FORGERIES] {
	use Ed25519Keyring::{Alice, Bob, Charlie, Dave};
	let of = || Proof::of(header.clone()).boasting(1_000);
	let by_dave = || of().signed_by(&key(Dave));
	let in_names = [Alice, Bob, Charlie]
		.iter()
		.fold(by_dave(), |proof, name| proof.signed_in_the_name_of(name.public(), &key(Dave)));
	let of_older = [Alice, Bob, Charlie, Dave]
		.iter()
		.fold(Proof::of(older.clone()), |proof, name| proof.signed_by(&key(*name)));
	[
		("nobody signs", of()),
		("strangers sign", (1..=4).fold(of(), |proof, it| proof.signed_by(&invented(it)))),
		("one of four signs", by_dave()),
		("one signs three times", by_dave().signed_by(&key(Dave)).signed_by(&key(Dave))),
		("one signs in the names of others", in_names),
		("all signed something else", of().with_signature_of(&of_older)),
	]
}

#[test]
fn finality_that_too_few_have_signed_is_not_believed() {
	let mut story = Story::begin(FORGERIES);
	let (_, header) = story.goes_dark();
	let older = story.dishonest().finalized();
	let forgeries = forgeries(&header, &older);
	for (forger, (_, proof)) in story.forgers.iter().zip(&forgeries) {
		forger.claims(Some(proof.clone()));
	}
	let time = for_so_long(12, 120);
	stays("none of it is believed", time, || goes_on(&mut story.agent, &story.running));
	for (forger, (what, _)) in story.forgers.iter().zip(&forgeries) {
		eventually(&format!("the agent is told that {what}"), LIMIT, || {
			(forger.told(Kind::Commits) > 0).then_some(())
		});
	}
	eventually("the agent has asked for proofs", LIMIT, || {
		story.forgers.iter().any(|it| it.told(Kind::Finality) > 0).then_some(())
	});
	assert!(goes_on(&mut story.agent, &story.running), "none of it is believed");
	eventually("it says that it hears nothing new", LIMIT, || {
		table(&story.agent).contains("what runs goes on").then_some(())
	});

	// The honest ones are back, and go on from where they were.
	story.network.nodes[DISHONEST].kill();
	for node in &mut story.network.nodes[..DISHONEST] {
		node.start();
	}
	let chain = story.network.nodes[0].chain();
	let user = User { chain, who: Person::Bob, node: story.node };
	assert!(user.placement(story.kept).is_some(), "it has not ended");
	let three = image(&story.images, "three");
	let new = user.deploy("new", program(&three));
	user.runs(new, 1);
	eventually("it prints", LIMIT, || {
		(story.agent.printed(new, "web") == "I am three\n").then_some(())
	});
	let running = runs(&story.agent, 2);
	assert!(running.contains(&story.running[0]), "the same processes");
}

/// What is forged in the other story is well made: with enough keys it is the truth.
#[test]
fn finality_that_three_of_four_have_signed_is_the_truth() {
	let mut story = Story::begin(1);
	let (forged, header) = story.goes_dark();
	let time = Duration::from_secs(5);
	stays("nobody has signed", time, || goes_on(&mut story.agent, &story.running));
	use Ed25519Keyring::{Alice, Bob, Charlie};
	let proof = [Alice, Bob, Charlie]
		.iter()
		.fold(Proof::of(header), |proof, name| proof.signed_by(&key(*name)));
	story.forgers[0].claims(Some(proof));
	eventually("it is believed", LIMIT, || {
		(story.agent.printed(forged, "web") == "I am two\n").then_some(())
	});
	assert_ne!(runs(&story.agent, 1), story.running, "what has ended is gone");
}
