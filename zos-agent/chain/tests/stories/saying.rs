//! What a node says is heard, once, and costs nothing.

use crate::world::*;
use grid_primitives::{
	report::{Failure, FailureCode, NetworkKeys, Outcome},
	ContractId,
};
use std::{sync::Arc, time::Duration};
use zos_chain::{Connection, NodeChain};
use zos_core::ports::{Call, Chain, Submitted};

fn register() -> Call {
	Call::Register { farm: 1, machine: machine(), boot_id: BOOT }
}

fn beat(uptime: u64) -> Call {
	Call::Heartbeat { boot_id: BOOT, uptime }
}

fn running(contract: ContractId, revision: u32) -> Call {
	let outcome = Outcome::Running { keys: NetworkKeys::default() };
	Call::Report { contract, revision, outcome }
}

async fn say(chain: &NodeChain, call: Call) -> Submitted {
	within(150, "an answer", chain.submit(call)).await.expect("the chain is understood")
}

fn refused(reason: &str) -> Submitted {
	Submitted::Refused { reason: reason.into() }
}

fn is_heard(submitted: &Submitted) -> bool {
	matches!(submitted, Submitted::Finalized { .. })
}

/// Join the demo farm with an account that has no money, and have contracts put on it.
async fn join(connection: &Arc<Connection>, user: &User, name: &str) -> NodeChain {
	let chain = NodeChain::new(connection.clone(), key(name));
	assert_eq!(say(&chain, register()).await, refused("NotInvited"));
	user.invite(chain.account()).await;
	let joined = eventually("it can join", 30, || async {
		let joined = say(&chain, register()).await;
		is_heard(&joined).then_some(())
	});
	joined.await;
	chain
}

async fn story(node: &Node, connection: Arc<Connection>) {
	let user = User::of(node).await;
	user.hurry().await;
	user.bob_joins().await;
	let (name, first) = ("//agent", 1);
	// The chain asks whether there is an invitation without reading it. That cannot be proven to a
	// light client, which passes on only what it has found to be valid.
	let joined = join(&node.endpoint(), &user, name).await;
	assert_eq!(say(&joined, register()).await, Submitted::Known);
	let chain = NodeChain::new(connection.clone(), key(name));
	assert_eq!(say(&chain, Call::Update { machine: machine() }).await, Submitted::Known);
	let node = eventually("it has joined", 30, || async {
		let head = next(&chain, None).await;
		chain.node(head).await.expect("it is read")
	})
	.await;

	// The chain hears a heartbeat when it is due, not earlier, and none from the past.
	let mut answers = Vec::new();
	while !answers.last().is_some_and(is_heard) {
		answers.push(say(&chain, beat(20)).await);
		tokio::time::sleep(Duration::from_millis(500)).await;
	}
	answers.pop();
	assert!(answers.iter().all(|answer| *answer == Submitted::TooEarly), "{answers:?}");
	let beaten = next(&chain, None).await;
	let clock = chain.node(beaten).await.expect("it is read").expect("it has joined").clock;
	assert_eq!((clock.uptime, clock.boot_id), (20, BOOT));
	tokio::time::sleep(Duration::from_secs(MIN_GAP + 4)).await;
	assert_eq!(say(&chain, beat(19)).await, refused("FromThePast"));

	// Several reports are under way at a time.
	for number in 0..3 {
		user.deploy(&format!("contract-{number}"), node.id, spec(1)).await;
	}
	let known = eventually("three contracts are heard of", 30, || async {
		let head = next(&chain, None).await;
		(chain.generation(node.id, head).await.ok()? >= 3).then_some(())
	});
	known.await;
	let [a, b, c] = [0, 1, 2].map(|number| say(&chain, running(first + number, 1)));
	let (a, b, c) = tokio::join!(a, b, c);
	assert!([&a, &b, &c].into_iter().all(is_heard), "{a:?} {b:?} {c:?}");
	let (Submitted::Finalized { at }, Submitted::Finalized { at: other }) = (a, c) else {
		unreachable!("that was just looked at");
	};
	assert!(at.number.abs_diff(other.number) <= 4, "{at:?} {other:?}");
	let head = next(&chain, None).await;
	let desired = chain.desired(node.id, head).await.expect("it is read");
	assert!(desired.iter().all(|it| it.status == zos_core::desired::Status::Running));

	// What is known, too much, or about something else is answered before it costs anything.
	assert_eq!(say(&chain, running(first, 1)).await, Submitted::Known);
	assert_eq!(say(&chain, running(first, 2)).await, refused("OtherRevision"));
	assert_eq!(say(&chain, running(999, 1)).await, refused("NoContract"));
	let stopped = Call::Report { contract: first, revision: 1, outcome: Outcome::Stopped };
	assert_eq!(say(&chain, stopped.clone()).await, refused("NotAsWanted"));
	let failure = Failure {
		code: FailureCode::Crashed,
		workload: Some("volume-0".try_into().expect("it is short")),
		detail: "it fell over".try_into().expect("it is short"),
	};
	let failed = Call::Report { contract: first, revision: 1, outcome: Outcome::Failed(failure) };
	let failed = eventually("a failure can be told", 60, || async {
		let answer = say(&chain, failed.clone()).await;
		assert!(is_heard(&answer) || answer == Submitted::TooEarly, "{answer:?}");
		is_heard(&answer).then_some(answer)
	});
	failed.await;

	// After a restart, what was said before is known.
	let again = NodeChain::new(connection, key(name));
	assert_eq!(say(&again, running(first + 1, 1)).await, Submitted::Known);

	let (money, nonce) = user.money_and_nonce(chain.account()).await;
	assert_eq!(money, 0, "it never had any");
	assert_eq!(nonce, 6, "a registration, a heartbeat, and four reports");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_money_says_all_it_has_to_by_an_endpoint() {
	let node = Node::dev().await;
	story(&node, node.endpoint()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_money_says_all_it_has_to_by_a_light_client() {
	let node = Node::dev().await;
	story(&node, node.light("dev").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_under_way_does_not_keep_the_next_from_being_heard() {
	let node = Node::dev().await;
	let user = User::of(&node).await;
	let connection = node.endpoint();
	let chain = join(&connection, &user, "//hasty").await;
	user.bob_joins().await;
	user.deploy("left", 1, spec(1)).await;
	user.deploy("next", 1, spec(1)).await;
	eventually("they are heard of", 30, || async {
		let head = next(&chain, None).await;
		(chain.generation(1, head).await.ok()? >= 2).then_some(())
	})
	.await;
	// The agent is killed while a report is in the pool, and starts again with the same number.
	let left = tokio::time::timeout(Duration::from_millis(300), chain.submit(running(1, 1))).await;
	assert!(left.is_err(), "{left:?}");
	let chain = NodeChain::new(node.endpoint(), key("//hasty"));
	let (first, second) = tokio::join!(say(&chain, running(2, 1)), say(&chain, running(1, 1)));
	assert!(is_heard(&first), "{first:?}");
	assert!(is_heard(&second) || second == Submitted::Known, "{second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_of_the_chain_needs_no_restart() {
	let node = Node::dev().await;
	let user = User::of(&node).await;
	let connections = [node.light("dev").await, node.endpoint()];
	let [light, endpoint] = connections.map(|it| NodeChain::new(it, key("//Ferdie//stash")));
	assert!(is_heard(&say(&endpoint, register()).await));
	user.hurry().await;
	user.upgrade().await;
	// The new runtime is in force from the next block on.
	for chain in [&light, &endpoint] {
		let mut head = next(chain, None).await;
		for _ in 0..4 {
			head = next(chain, Some(head)).await;
		}
		assert_eq!(chain.desired(1, head).await.expect("it is understood"), []);
		let beaten = eventually("it beats", 60, || async {
			is_heard(&say(chain, beat(20)).await).then_some(())
		});
		beaten.await;
	}
}
