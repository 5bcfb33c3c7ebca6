//! A fifth machine joins a chain whose validators have changed, validates, and is dismissed.

use crate::governed_by_council::{author_of, is_author};
use grid_runtime::{AccountId, Runtime, RuntimeCall, RuntimeEvent};
use grid_stories::{eventually, Chain, Grid, Included, Network, NodeBuilder, Person};
use pallet_validators::Call;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(90);

#[test]
fn it_syncs_authors_votes_and_leaves() {
	let mut network = Network::local();
	let dave = Person::Dave.to_account_id();
	let chain = network.nodes[0].chain();
	govern(chain, Call::remove { validator: dave.clone() });
	eventually("three of the four are left", SOON, || (!is_author(chain, &dave)).then_some(()));
	let number = network.commonly_finalized();
	network.finalizes(number + 3);
	network.nodes[3].kill();

	network.add(NodeBuilder::new("eve").args(["--validator", "--sync", "warp"]));
	let (newcomer, others) = network.nodes.split_last().expect("there are five");
	let chain = others[0].chain();
	eventually("the newcomer follows finality", SOON, || {
		let synced = newcomer.chain().finalized().number + 2 >= chain.finalized().number;
		synced.then_some(())
	});
	assert!(newcomer.log().contains("Warp sync is complete"), "it came by warp sync");
	assert!(!newcomer.log().contains("Block import error"), "proofs of changes are taken");

	let eve = Person::Eve.to_account_id();
	let refused = govern(chain, Call::add { validator: eve.clone() });
	assert!(
		!refused.caused(|event| matches!(event, RuntimeEvent::Validators(_))),
		"without session keys nobody is let in"
	);
	// Her own node makes the keys.
	let (grid, url) = (Grid::default(), newcomer.url());
	let as_eve = ["--chain", &url, "--account", "//Eve", "validator"];
	grid.says(&[&as_eve[..], &["set-keys"]].concat());
	let added = govern(chain, Call::add { validator: eve.clone() });
	let is_added = |event: &RuntimeEvent| {
		matches!(event, RuntimeEvent::Validators(pallet_validators::Event::Added { .. }))
	};
	assert!(added.caused(is_added));
	eventually("the newcomer makes a block that is finalized", SOON, || {
		is_author_of_finalized(chain, &eve).then_some(())
	});

	// Two votes of four do not finalize: with one gone, the newcomer must vote.
	network.nodes[2].kill();
	let number = network.commonly_finalized();
	network.finalizes(number + 4);
	network.nodes[2].start();

	let chain = network.nodes[0].chain();
	grid.says(&[&as_eve[..], &["leave"]].concat());
	eventually("it is no author any more", SOON, || (!is_author(chain, &eve)).then_some(()));
	let number = network.commonly_finalized();
	network.finalizes(number + 4);
}

fn govern(chain: &Chain, call: Call<Runtime>) -> Included {
	let call = Box::new(RuntimeCall::Validators(call));
	chain.send(Person::Alice, pallet_sudo::Call::<Runtime>::sudo { call }).expect("Alice has sudo")
}

fn is_author_of_finalized(chain: &Chain, who: &AccountId) -> bool {
	author_of(chain, &chain.finalized()).as_ref() == Some(who)
}
