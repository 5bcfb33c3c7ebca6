//! What tenants can do, and what of each other they can see.

use crate::world::{eventually, refusal, Network, Ordered, World, MIB};
use grid_primitives::spec::ZdbMode;
use std::net::{TcpStream, UdpSocket};
use zos_core::ports::Zdbs;

#[test]
fn a_zdb_is_reached_from_its_network_and_from_nowhere_else() {
	let world = World::new();
	let (network, other) = (Network::new(), Network::new());
	world.make(&Ordered::new(1, "data", Some(&network))).expect("it is made");
	let mut client = network.connect();
	client.set("hello", b"world").expect("it is written");
	assert_eq!(client.get("hello").expect("it is read").as_deref(), Some(&b"world"[..]));
	assert!(TcpStream::connect("127.0.0.1:9900").is_err(), "from the machine itself");
	assert!(other.try_connect().is_err(), "from another network");
	// One that is in no network is there, and nobody reaches it.
	let alone = Ordered::new(1, "alone", None);
	world.make(&alone).expect("it is made");
	assert!(world.serves(&alone.key));
	assert!(
		UdpSocket::bind("127.0.0.1:0").is_ok() && TcpStream::connect("127.0.0.1:9900").is_err()
	);
}

#[test]
fn tenants_of_one_server_know_nothing_of_each_other() {
	let world = World::new();
	let networks = [Network::new(), Network::new()];
	for (contract, network) in (1u64..).zip(&networks) {
		world.make(&Ordered::new(contract, "data", Some(network))).expect("it is made");
		let value = format!("of contract {contract}");
		network.connect().set("key", value.as_bytes()).expect("it is written");
	}
	for (contract, network) in (1u64..).zip(&networks) {
		let mut client = network.connect();
		let own = format!("of contract {contract}");
		assert_eq!(client.get("key").expect("it is read"), Some(own.into_bytes()));
		let names: Vec<String> = client.ask(&["NSLIST"]).expect("it is told");
		assert_eq!(names, ["data"]);
		for own in ["data", "default"] {
			client.ask::<()>(&["SELECT", own]).expect("it is its own");
		}
		for number in 1..3 {
			let name = format!("{}{number}-data", world.names.prefix());
			assert!(refusal(client.ask::<()>(&["SELECT", &name])).contains("Namespace not found"));
			assert!(refusal(client.ask::<()>(&["NSINFO", &name])).contains("Namespace not found"));
			assert!(refusal(client.ask::<()>(&["NSDEL", &name])).contains("Permission denied"));
		}
		for command in [&["NSNEW", "mine"][..], &["NSSET", "data", "maxsize", "9"], &["STOP"]] {
			refusal(client.ask::<()>(command));
		}
		refusal(client.ask::<()>(&["AUTH", "anything"]));
		refusal(client.ask::<()>(&["REPLICAOF", "NO", "ONE"]));
		refusal(client.ask::<()>(&["REPLICATE", "IDENTITY"]));
		let told: String = client.ask(&["INFO"]).expect("it is told");
		assert!(told.contains("data:keys=1,"), "{told}");
		assert!(!told.contains(world.names.prefix()) && !told.contains("process_id"), "{told}");
		let told: String = client.ask(&["NSINFO", "data"]).expect("it is told");
		assert!(!told.contains("path") && !told.contains("freespace"), "{told}");
		let settings: Vec<String> = client.ask(&["CONFIG", "GET", "*"]).expect("it is told");
		assert!(settings.is_empty(), "{settings:?}");
	}
}

#[test]
fn who_does_not_say_the_password_reads_only_what_is_public() {
	let world = World::new();
	let network = Network::new();
	let mut order = Ordered { password: Some("open"), ..Ordered::new(1, "data", Some(&network)) };
	world.make(&order).expect("it is made");
	let mut client = network.connect();
	assert!(refusal(client.get("key")).contains("private"));
	assert!(refusal(client.set("key", b"value")).contains("private"));
	assert!(refusal(client.ask::<()>(&["AUTH", "wrong"])).contains("Access denied"));
	assert!(refusal(client.ask::<()>(&["SELECT", "data"])).contains("private"));
	assert!(refusal(client.get("key")).contains("private"), "it is let in by mistakes");
	client.ask::<()>(&["AUTH", "open"]).expect("it is right");
	client.set("key", b"value").expect("it is written");
	let mut other = network.connect();
	other.ask::<()>(&["SELECT", "data", "open"]).expect("it is right");
	assert_eq!(other.get("key").expect("it is read").as_deref(), Some(&b"value"[..]));

	order.zdb.public = true;
	world.make(&order).expect("it is changed");
	let mut reader = network.connect();
	assert_eq!(reader.get("key").expect("it is read").as_deref(), Some(&b"value"[..]));
	assert!(refusal(reader.set("key", b"other")).contains("read-only"));

	order.password = Some("sesame");
	world.make(&order).expect("it is changed");
	assert!(client.get("key").is_err(), "who knew the old password is still in");
	let mut client = network.connect();
	refusal(client.ask::<()>(&["AUTH", "open"]));
	client.ask::<()>(&["AUTH", "sesame"]).expect("it is right");
	client.set("key", b"other").expect("it is written");
}

#[test]
fn a_zdb_takes_what_was_paid_for_and_no_more() {
	let world = World::new();
	let network = Network::new();
	let mut order = Ordered::new(1, "data", Some(&network));
	order.zdb.size = MIB;
	world.make(&order).expect("it is made");
	let mut client = network.connect();
	let value = |number: u32| number.to_be_bytes().repeat(25_000);
	for number in 0..10 {
		client.set(&format!("key {number}"), &value(number)).expect("there is room");
	}
	assert!(refusal(client.set("one more", &value(10))).contains("No space left"));
	let usage = world.found(&order.key).and_then(|found| found.usage).expect("it is told");
	assert!((1_000_000..MIB).contains(&usage.bytes), "{usage:?}");
	assert_eq!((usage.size, usage.entries), (MIB, 10));

	order.zdb.size = 2 * MIB;
	world.make(&order).expect("it grows");
	client.set("one more", &value(10)).expect("there is room again, for who was there before");
	let found = world.found(&order.key).expect("it is there");
	assert_eq!(found.fingerprint, Some(order.fingerprint()));
	assert_eq!(found.usage.map(|usage| usage.size), Some(2 * MIB));

	// Small values take more than their own bytes.
	let mut keys = 0;
	while client.set(&format!("small {keys}"), b"v").is_ok() {
		keys += 1;
		assert!(keys < 100_000, "keys take nothing");
	}
}

#[test]
fn how_keys_are_named_changes_only_while_there_are_none() {
	let world = World::new();
	let network = Network::new();
	let mut order = Ordered::new(1, "data", Some(&network));
	world.make(&order).expect("it is made");
	network.connect().set("key", b"value").expect("it is written");
	let before = order.fingerprint();
	order.zdb.mode = ZdbMode::Sequential;
	let error = world.make(&order).expect_err("it has keys");
	assert!(error.is_retryable(), "{error}");
	assert_eq!(world.found(&order.key).and_then(|it| it.fingerprint), Some(before));
	let mut client = network.connect();
	client.ask::<()>(&["DEL", "key"]).expect("it goes on as it was");
	world.make(&order).expect("it has none");
	let id: Vec<u8> = client.ask(&["SET", "", "first"]).expect("it is written");
	assert_eq!(id, [0; 8]);
}

#[test]
fn what_was_removed_is_gone_from_the_disk_and_for_whoever_comes_next() {
	let world = World::new();
	let (network, other) = (Network::new(), Network::new());
	let stays = Ordered::new(2, "data", Some(&other));
	world.make(&stays).expect("it is made");
	let order = Ordered::new(1, "data", Some(&network));
	world.make(&order).expect("it is made");
	let secret = b"what nobody else is ever to see";
	let (mut client, mut beside) = (network.connect(), other.connect());
	for number in 0..100 {
		client.set(&format!("{number}"), secret).expect("it is written");
		beside.set(&format!("{number}"), b"what stays").expect("it is written");
	}
	eventually("it is on the disk", || world.has_on_disk(secret));
	world.zdbs.remove(&order.key).expect("it is removed");
	world.zdbs.remove(&order.key).expect("it is gone already");
	assert_eq!(world.found(&order.key), None);
	assert!(client.get("1").is_err() && network.try_connect().is_err());
	eventually("nothing of it is on the disk", || !world.has_on_disk(secret));
	world.make(&order).expect("another comes");
	assert_eq!(network.connect().get("1").expect("it is read"), None);
	assert_eq!(beside.get("1").expect("it is read").as_deref(), Some(&b"what stays"[..]));
}

#[test]
fn a_zdb_can_move_to_another_network() {
	let world = World::new();
	let (network, other) = (Network::new(), Network::new());
	world.make(&Ordered::new(1, "data", Some(&network))).expect("it is made");
	let mut client = network.connect();
	client.set("key", b"value").expect("it is written");
	world.make(&Ordered::new(1, "data", Some(&other))).expect("it moves");
	assert!(client.get("key").is_err() && network.try_connect().is_err());
	let value = other.connect().get("key").expect("it is read");
	assert_eq!(value.as_deref(), Some(&b"value"[..]));
}
