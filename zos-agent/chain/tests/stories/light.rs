//! What a light client believes: only what is proven, and never less than before.

use crate::world::*;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use zos_chain::{Connection, Health, Light, NodeChain};
use zos_core::ports::{Chain, Head};

fn chain(connection: &Arc<Connection>) -> NodeChain {
	NodeChain::new(connection.clone(), key("//Nobody"))
}

async fn silence(chain: &NodeChain, after: u32, seconds: u64) {
	let heard = timeout(Duration::from_secs(seconds), chain.finalized(Some(after))).await;
	assert!(heard.is_err(), "{heard:?} after {after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_stands_still_is_said_to_and_followed_again_when_it_goes_on() {
	let node = Node::dev().await;
	let connections = [node.light("dev").await, node.endpoint()];
	let mut heads = Vec::new();
	for connection in &connections {
		heads.push(next(&chain(connection), None).await);
	}
	node.freeze(true);
	for connection in &connections {
		let mut health = connection.health();
		let stalled = health.wait_for(|health| *health == Health::Stalled);
		within(60, "it is said", stalled).await.expect("it is connected");
	}
	node.freeze(false);
	for (connection, head) in connections.iter().zip(heads) {
		let chain = chain(connection);
		let mut last = head;
		for _ in 0..4 {
			let newer = next(&chain, Some(last)).await;
			assert!(newer.number > last.number);
			last = newer;
		}
		assert_eq!(*connection.health().borrow(), Health::Following);
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_heard_one_chain_hears_no_other() {
	let node = Node::dev().await;
	let first = node.light("dev").await;
	next(&chain(&first), None).await;
	let own = first.genesis();
	assert!(own.is_some());
	let light = Light { genesis: own, ..node.light_client("dev").await };
	next(&chain(&Arc::new(Connection::light(light, None))), None).await;
	let light = Light { genesis: Some([7; 32]), ..node.light_client("dev").await };
	silence(&chain(&Arc::new(Connection::light(light, None))), 0, 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_too_few_validators_stand_for_are_not_believed() {
	// One of four validators makes blocks, which never become final.
	let node = Node::of(&["--chain", "local", "--alice", "--force-authoring"]).await;
	let connection = node.light("local").await;
	silence(&chain(&connection), 0, 45).await;
	assert!(node.best().await >= 2, "there is something to believe");
	assert_eq!(node.finalized().await, 0);
	assert!(connection.counters().taken().peers > 0, "the light client hears of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_went_back_to_an_older_copy_of_the_chain_is_not_believed() {
	let mut node = Node::dev().await;
	node.finalizes(3).await;
	node.kill();
	let copy = tempfile::tempdir().expect("a folder can be made");
	let old = copy.path().join("chain");
	node.copy_data(&old);
	node.start().await;

	let remembered = Some(copy.path().join("remembered"));
	let light = Light { remembered: remembered.clone(), ..node.light_client("dev").await };
	let connection = Arc::new(Connection::light(light, None));
	let followed = chain(&connection);
	next(&followed, None).await;
	let file = remembered.clone().expect("it was just named");
	eventually("it is written down what was verified", 60, || async {
		file.exists().then_some(())
	})
	.await;
	let mut seen = next(&followed, None).await;
	seen = next(&followed, Some(seen)).await;
	assert!(seen.number > 5, "{seen:?}");

	// It has a key that can make blocks final, and makes others in the place of those.
	node.kill();
	node.restore_data(&old);
	node.start().await;
	assert!(node.finalized().await < seen.number);
	let later = timeout(Duration::from_secs(1), followed.finalized(Some(seen.number))).await;
	let seen = later.unwrap_or(seen);
	node.finalizes(seen.number + 3).await;
	silence(&followed, seen.number, 20).await;

	// Nor is it believed by who starts again and remembers.
	let light = Light { remembered, ..node.light_client("dev").await };
	let again = Arc::new(Connection::light(light, Some(seen)));
	silence(&chain(&again), 0, 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_goes_on_from_what_it_remembers_or_from_the_beginning() {
	let node = Node::dev().await;
	let folder = tempfile::tempdir().expect("a folder can be made");
	let file = folder.path().join("remembered");
	let connect = |seen| {
		let (remembered, light) = (Some(file.clone()), node.light_client("dev"));
		async move {
			let light = Light { remembered, ..light.await };
			Arc::new(Connection::light(light, seen))
		}
	};
	let connection = connect(None).await;
	let mut seen = next(&chain(&connection), None).await;
	let written = || async { file.exists().then_some(()) };
	eventually("it is written down what was verified", 60, written).await;
	drop(connection);
	for remembers in [Some(()), None] {
		if remembers.is_none() {
			std::fs::write(&file, "{").expect("there is room");
		}
		node.finalizes(seen.number + 6).await;
		let connection = connect(Some(seen)).await;
		let head = next(&chain(&connection), Some(seen)).await;
		assert!(head.number > seen.number + 3, "{head:?} after {seen:?}");
		seen = head;
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn finality_that_is_older_than_what_was_seen_is_not_acted_upon() {
	let node = Node::dev().await;
	node.finalizes(1).await;
	let far = Head { number: 1_000, hash: [7; 32] };
	let connection = Connection::light(node.light_client("dev").await, Some(far));
	let connection = Arc::new(connection);
	silence(&chain(&connection), 0, 20).await;
	assert!(connection.counters().taken().bytes_received > 0, "there was something to hear");
	assert_eq!(connection.counters().taken().blocks, 0);
}
