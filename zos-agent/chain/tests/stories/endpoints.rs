//! One endpoint after the other, but never one that is behind or elsewhere.

use crate::world::*;
use std::time::Duration;
use tokio::time::timeout;
use zos_chain::{Connection, Endpoints, NodeChain};
use zos_core::ports::{Chain, Head};

/// A full node that knows another.
async fn follower(of: &Node) -> Node {
	let node = Node::of(&["--chain", "dev"]).await.knows(of).await;
	node.finalizes(of.finalized().await).await;
	node
}

/// Nothing is heard for a while.
async fn silence(chain: &NodeChain, after: Option<Head>) {
	let heard = chain.finalized(after.map(|head| head.number));
	let heard = timeout(Duration::from_secs(15), heard).await;
	assert!(heard.is_err(), "{heard:?} after {after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_an_endpoint_dies_another_is_taken_and_nothing_goes_back() {
	let author = Node::dev().await;
	let (mut one, mut two) = (follower(&author).await, follower(&author).await);
	let connection = endpoints(&[&one, &two], None);
	let chain = NodeChain::new(connection.clone(), key("//Nobody"));
	let mut head = next(&chain, None).await;
	// The first is taken, unless it was slow to answer.
	let (dies, stays) = match connection.endpoint() {
		Some(url) if url == two.url() => (&mut two, one.url()),
		_ => (&mut one, two.url()),
	};
	dies.kill();
	for _ in 0..5 {
		let newer = next(&chain, Some(head)).await;
		assert!(newer.number > head.number);
		assert_eq!(chain.generation(1, newer).await.expect("it is read there"), 0);
		head = newer;
	}
	assert_eq!(connection.endpoint(), Some(stays));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_behind_is_not_followed() {
	let mut author = Node::dev().await;
	let mut behind = follower(&author).await;
	behind.kill();
	behind.knows_nobody();
	behind.start().await;
	let its = behind.finalized().await;
	author.finalizes(its + 3).await;

	let seen = next(&NodeChain::new(author.endpoint(), key("//Nobody")), None).await;
	assert!(seen.number > its);
	let connection = endpoints(&[&behind, &author], Some(seen));
	let chain = NodeChain::new(connection.clone(), key("//Nobody"));
	let head = next(&chain, None).await;
	assert!(head.number >= seen.number, "{head:?} is older than {seen:?}");
	assert_eq!(connection.endpoint(), Some(author.url()));

	author.kill();
	let last = tokio::time::timeout(Duration::from_secs(3), chain.finalized(Some(head.number)));
	let last = last.await.unwrap_or(head);
	silence(&chain, Some(last)).await;
	assert_eq!(connection.endpoint(), None);
	author.start().await;
	assert!(next(&chain, Some(last)).await.number > last.number);
	assert_eq!(connection.endpoint(), Some(author.url()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_of_another_chain_is_not_followed() {
	let node = Node::of(&["--chain", "local", "--alice"]).await;
	let urls = vec![node.url()];
	let hear = |genesis| {
		let endpoints = Endpoints { urls: urls.clone(), genesis };
		let connection = Connection::endpoints(endpoints, None).expect("there is one");
		(NodeChain::new(std::sync::Arc::new(connection), key("//Nobody")), urls[0].clone())
	};
	let (right, _) = hear(None);
	next(&right, None).await;
	let (wrong, _) = hear(Some([7; 32]));
	silence(&wrong, None).await;
}
