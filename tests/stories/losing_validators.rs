//! Validators lose power, and come back.

use grid_stories::{stays, Network};
use std::time::Duration;

fn times() -> usize {
	std::env::var("GRID_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(4)
}

#[test]
fn finality_survives_one_and_waits_for_the_second() {
	let mut network = Network::local();
	network.finalizes(3);

	network.nodes[3].kill();
	let number = network.commonly_finalized();
	network.finalizes(number + 4);

	for storm in 1..=times() {
		let victims = [storm % 4, (storm + 1) % 4];
		for victim in victims {
			network.nodes[victim].kill();
		}
		// What was being voted on may still arrive.
		std::thread::sleep(Duration::from_secs(1));
		let stalled_at = network.commonly_finalized();
		stays("half of the validators cannot finalize", Duration::from_secs(4), || {
			network.commonly_finalized() <= stalled_at + 1
		});

		for node in network.nodes.iter_mut().filter(|node| !node.runs()) {
			node.start();
		}
		network.finalizes(stalled_at + 5);
		all_agree(&network, storm);
	}
}

fn all_agree(network: &Network, storm: usize) {
	let number = network.commonly_finalized();
	let hashes: Vec<_> = network.nodes.iter().map(|node| node.chain().hash_of(number)).collect();
	assert!(
		hashes.iter().all(|hash| hash == &hashes[0] && hash.is_some()),
		"after storm {storm} the nodes disagree on block {number}: {hashes:?}"
	);
}
