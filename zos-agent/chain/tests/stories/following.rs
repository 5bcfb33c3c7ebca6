//! What becomes final is followed and read, in both ways alike.

use crate::world::*;
use std::collections::BTreeMap;
use zos_chain::{Health, NodeChain};
use zos_core::ports::{Call, Chain, Head, Submitted};

/// Follow twenty finalized blocks.
async fn twenty(chain: &NodeChain) -> BTreeMap<u32, [u8; 32]> {
	let mut seen = BTreeMap::new();
	let mut last: Option<Head> = None;
	while seen.len() < 20 {
		let head = next(chain, last).await;
		assert!(last.is_none_or(|last| head.number > last.number), "{head:?} after {last:?}");
		seen.insert(head.number, head.hash);
		last = Some(head);
	}
	seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_light_client_and_an_endpoint_tell_the_same_twenty_blocks() {
	let node = Node::dev().await;
	let (light, endpoint) = (node.light("dev").await, node.endpoint());
	let chains = [&light, &endpoint].map(|it| NodeChain::new(it.clone(), key("//Nobody")));
	let (by_light, by_endpoint) = tokio::join!(twenty(&chains[0]), twenty(&chains[1]));
	let common = by_light.keys().filter(|number| by_endpoint.contains_key(number));
	let common: Vec<_> = common.collect();
	assert!(common.len() >= 10, "{common:?}");
	for number in common {
		assert_eq!(by_light[number], by_endpoint[number], "block {number}");
	}
	for connection in [light, endpoint] {
		assert_eq!(*connection.health().borrow(), Health::Following);
		let taken = connection.counters().taken();
		assert!(
			taken.blocks >= 20 && taken.bytes_received > 0 && taken.bytes_sent > 0,
			"{taken:?}"
		);
		assert_eq!(taken.connections, 1, "{taken:?}");
		assert_eq!(taken.peers, 1, "{taken:?}");
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_at_a_block_is_the_same_in_both_ways() {
	let node = Node::dev().await;
	let user = User::of(&node).await;
	let (light, endpoint) = (node.light("dev").await, node.endpoint());
	let chains = [light, endpoint].map(|it| NodeChain::new(it, key("//Ferdie//stash")));

	let head = next(&chains[1], None).await;
	assert_eq!(chains[1].node(head).await.expect("it answers"), None);
	assert_eq!(chains[1].invitations(head).await.expect("it answers"), [1]);
	let terms = chains[1].terms(head).await.expect("it answers");
	assert_eq!((terms.min_gap, terms.max_gap, terms.update_interval), (60, 300, 600));

	let register = Call::Register { farm: 1, machine: machine(), boot_id: BOOT };
	let joined = chains[1].submit(register).await.expect("it is heard");
	assert!(matches!(joined, Submitted::Finalized { .. }), "{joined:?}");
	user.hurry().await;
	user.bob_joins().await;
	for number in 0..3 {
		user.deploy(&format!("contract-{number}"), 1, spec(number + 1)).await;
	}

	let enough = || async {
		let head = next(&chains[0], None).await;
		(chains[0].generation(1, head).await.ok()? >= 3).then_some(head)
	};
	let head = eventually("the light client hears of three contracts", 60, enough).await;
	let other = eventually("so does the endpoint", 60, || async {
		let other = next(&chains[1], None).await;
		(other.number >= head.number).then_some(other)
	});
	other.await;
	let [light, endpoint] = &chains;
	let node = light.node(head).await.expect("it is proven").expect("it has joined");
	assert_eq!((node.id, node.farm, &node.machine), (1, 1, &machine()));
	assert_eq!(node.clock.boot_id, BOOT);
	assert_eq!(Some(node), endpoint.node(head).await.expect("it answers"));
	assert!(light.invitations(head).await.expect("it is proven").is_empty());
	assert_eq!(light.terms(head).await.expect("it is proven").min_gap, MIN_GAP);
	assert_eq!(
		light.time(head).await.expect("it is proven"),
		endpoint.time(head).await.expect("it answers"),
	);
	assert_eq!(light.generation(1, head).await.expect("it is proven"), 3);
	let desired = light.desired(1, head).await.expect("it is proven");
	assert_eq!(desired, endpoint.desired(1, head).await.expect("it answers"));
	assert_eq!(desired.iter().map(|it| it.contract).collect::<Vec<_>>(), [1, 2, 3]);
	for (number, it) in desired.iter().enumerate() {
		let spec = spec(number + 1);
		assert!(it.run && it.revision == 1 && it.contract_revision == 1, "{it:?}");
		assert_eq!(it.plan, [(1, spec.hash())]);
		assert_eq!(it.spec.as_ref(), Some(&spec));
	}
	assert_eq!(light.desired(2, head).await.expect("it is proven"), []);
}
