//! Servers outlive agents, and what they keep outlives servers.

use crate::world::{eventually, kill, Network, Ordered, World};
use rustix::process::Signal;
use zos_core::ports::Zdbs;

#[test]
fn agents_come_and_go_and_clients_notice_nothing() {
	let mut world = World::new();
	let network = Network::new();
	let order = Ordered { password: Some("open"), ..Ordered::new(1, "data", Some(&network)) };
	world.make(&order).expect("it is made");
	let server = world.server().expect("it runs");
	let mut client = network.connect();
	client.ask::<()>(&["AUTH", "open"]).expect("it is right");
	for round in 0..3 {
		client.set("round", &[round]).expect("it is written");
		world.agent_comes_back();
		let found = world.found(&order.key).expect("it is found");
		assert!(found.serves && found.fingerprint == Some(order.fingerprint()));
		// Told the same again, nothing changes for who is there.
		world.make(&order).expect("it is made");
		assert_eq!(client.get("round").expect("it is read"), Some(vec![round]));
	}
	assert_eq!(world.server(), Some(server), "another server");
}

#[test]
fn a_server_that_dies_is_started_again_with_all_that_it_had() {
	let mut world = World::new();
	let networks = [Network::new(), Network::new()];
	let orders: Vec<_> = (1u64..)
		.zip(&networks)
		.map(|(contract, network)| Ordered::new(contract, "data", Some(network)))
		.collect();
	for signal in [Signal::KILL, Signal::TERM] {
		for (order, network) in orders.iter().zip(&networks) {
			world.make(order).expect("it is made");
			network.connect().set("key", signal.as_raw().to_string().as_bytes()).expect("written");
		}
		let server = world.server().expect("it runs");
		// Once it is a child of this agent, then one that was found.
		if signal == Signal::TERM {
			world.agent_comes_back();
		}
		kill(server, signal);
		eventually("it is seen", || orders.iter().all(|order| !world.serves(&order.key)));
		for (order, network) in orders.iter().zip(&networks) {
			world.make(order).expect("it is made again");
			let value = network.connect().get("key").expect("it is read");
			assert_eq!(value, Some(signal.as_raw().to_string().into_bytes()));
		}
		assert_ne!(world.server(), Some(server));
	}
}

#[test]
fn who_pauses_is_served_nowhere_and_keeps_everything() {
	let mut world = World::new();
	let (network, other) = (Network::new(), Network::new());
	let order = Ordered::new(1, "data", Some(&network));
	world.make(&order).expect("it is made");
	world.make(&Ordered::new(2, "data", Some(&other))).expect("it is made");
	let (mut client, mut beside) = (network.connect(), other.connect());
	client.set("key", b"value").expect("it is written");
	for _ in 0..2 {
		world.zdbs.pause(&order.key).expect("it pauses");
	}
	assert!(!world.serves(&order.key), "it serves");
	assert!(client.get("key").is_err() && network.try_connect().is_err(), "it serves");
	beside.set("key", b"other").expect("the other goes on");
	// Whoever starts again is told nothing of what paused.
	kill(world.server().expect("it runs"), Signal::KILL);
	world.agent_comes_back();
	eventually("it is seen", || !world.serves(&Ordered::new(2, "data", None).key));
	world.zdbs.pause(&order.key).expect("nobody serves it");
	world.make(&Ordered::new(2, "data", Some(&other))).expect("it is made");
	assert!(!world.serves(&order.key), "it serves");
	world.make(&order).expect("it goes on");
	let value = network.connect().get("key").expect("it is read");
	assert_eq!(value.as_deref(), Some(&b"value"[..]));
}

#[test]
fn what_nobody_remembers_is_found() {
	let mut world = World::new();
	let network = Network::new();
	let order = Ordered::new(1, "data", Some(&network));
	world.make(&order).expect("it is made");
	std::fs::remove_dir_all(world.folder().join("zdbs/records")).expect("they are there");
	world.agent_comes_back();
	let found = world.found(&order.key).expect("it is found");
	assert_eq!((found.serves, found.fingerprint), (true, None));
	world.zdbs.remove(&order.key).expect("it is removed");
	assert_eq!(world.found(&order.key), None);
	// Others do not count: another agent's server on the same machine is left alone.
	let stranger = World::new();
	stranger.make(&Ordered::new(1, "data", None)).expect("it is made");
	assert_eq!(world.zdbs.list().expect("listed"), []);
}
