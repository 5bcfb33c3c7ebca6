//! A fifth machine joins a running chain, validates, and is dismissed.

use crate::governed_by_council::{author_of, is_author, session_keys_of};
use grid_runtime::{RuntimeCall, RuntimeEvent};
use grid_stories::{eventually, Network, NodeBuilder, Person};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(90);

#[test]
fn it_syncs_authors_votes_and_leaves() {
	let mut network = Network::local();
	network.finalizes(25, SOON);
	network.add(NodeBuilder::new("eve").args(["--validator", "--sync", "warp"]));
	let (eve, others) = network.nodes.split_last().expect("there are five");
	let alice = others[0].chain();
	eventually("the newcomer follows finality", SOON, || {
		let synced = eve.chain().finalized().number + 2 >= alice.finalized().number;
		synced.then_some(())
	});
	assert!(
		eve.log().contains("Warp sync is complete"),
		"it came by warp sync"
	);

	let account = Person::Eve.to_account_id();
	let sudo = |call: pallet_validators::Call<grid_runtime::Runtime>| pallet_sudo::Call::sudo {
		call: Box::new(RuntimeCall::Validators(call)),
	};
	let add = || {
		sudo(pallet_validators::Call::add {
			validator: account.clone(),
		})
	};
	let refused = alice.send(Person::Alice, add()).expect("sudo itself works");
	assert!(
		!refused.caused(|event| matches!(event, RuntimeEvent::Validators(_))),
		"without session keys nobody is let in"
	);

	let (keys, proof) = session_keys_of(eve.chain(), &account);
	eve.chain()
		.send(Person::Eve, pallet_session::Call::set_keys { keys, proof })
		.expect("keys are set");
	let added = alice
		.send(Person::Alice, add())
		.expect("the newcomer is added");
	assert!(added.caused(|event| matches!(
		event,
		RuntimeEvent::Validators(pallet_validators::Event::Added { .. })
	)));

	eventually("the newcomer makes a block that is finalized", SOON, || {
		let block = alice.finalized();
		(author_of(alice, &block).as_ref() == Some(&account)).then_some(())
	});

	// Three votes of five do not finalize: with one gone, the newcomer must vote.
	network.nodes[3].kill();
	let number = network.commonly_finalized();
	network.finalizes(number + 4, SOON);
	network.nodes[3].start();

	let alice = network.nodes[0].chain();
	let remove = sudo(pallet_validators::Call::remove {
		validator: account.clone(),
	});
	alice
		.send(Person::Alice, remove)
		.expect("the newcomer is removed");
	eventually("it is no author any more", SOON, || {
		(!is_author(alice, &account)).then_some(())
	});
	let number = network.commonly_finalized();
	network.finalizes(number + 4, SOON);
}
