//! A farmer, and those who govern.

use crate::world::World;
use serde_json::json;

#[test]
fn a_farm_with_addresses_and_a_node_that_is_taken_out_for_a_while() {
	let world = World::with_nodes(1);
	world.does("//Dave", &["twin", "create", "--relay", "relay.example"]);
	let twin = world.asks("//Dave", &["twin", "show"]);
	assert_eq!(twin["relay"], "relay.example");

	let farm = world.asks("//Dave", &["farm", "create", "daves-farm"]);
	let farm = farm["farm"].to_string();
	world.does("//Dave", &["farm", "rename", &farm, "dave-and-sons"]);
	let add = ["farm", "ip", "add", &farm, "--gateway", "185.206.122.1", "185.206.122.31/24"];
	world.does("//Dave", &add);
	let shown = world.asks("//Dave", &["farm", "show", "dave-and-sons"]);
	assert_eq!((&shown["free_v4"], &shown["nodes"]), (&json!(1), &json!(0)));
	world.does("//Dave", &["farm", "ip", "remove", &farm, "185.206.122.31"]);
	world.does("//Dave", &["farm", "offer", &farm, "//Ferdie"]);
	world.does("//Ferdie", &["farm", "accept", &farm]);
	let list = world.asks("//Dave", &["farm", "list"]);
	assert_eq!(list[0]["farmer"], list[1]["farmer"]);

	let done = world.asks("//Ferdie", &["node", "maintenance", "1"]);
	let found =
		world.asks("//Ferdie", &["tx", "find", done["transaction"].as_str().expect("a hash")]);
	assert_eq!((&found["block"], &found["fee"]), (&done["block"], &done["fee"]));
	assert_eq!(world.asks("//Ferdie", &["node", "show", "1"])["state"], "Maintenance");
	world.does("//Ferdie", &["node", "open", "1"]);
	let (code, why) = world.fails("//Ferdie", &["node", "open", "1"]);
	assert_eq!(code, 5, "{why}");
	assert!(why.contains("Nodes.InThatState: The node is in this state already."), "{why}");
}

#[test]
fn governance_vouches_for_a_node_by_sudo_or_by_the_council() {
	let world = World::with_nodes(1);
	world.does("//Alice", &["node", "certify", "1", "--by", "sudo"]);
	assert_eq!(world.asks("//Alice", &["node", "show", "1"])["certified"], true);

	let members = world.asks("//Alice", &["council", "members"]);
	assert!(!members.as_array().expect("a list").is_empty());
	world.does("//Alice", &["node", "certify", "1", "--no-longer", "--by", "council"]);
	let motions = world.asks("//Alice", &["council", "motions"]);
	if members.as_array().is_some_and(|all| all.len() > 1) {
		let motion = motions[0]["motion"].as_str().expect("it has a hash").to_string();
		for member in ["//Alice", "//Bob", "//Charlie"] {
			world.does(member, &["council", "vote", &motion, "yes"]);
		}
		world.does("//Dave", &["council", "close", &motion]);
	}
	assert_eq!(world.asks("//Alice", &["node", "show", "1"])["certified"], false);

	let validators = world.asks("//Alice", &["validator", "list"]);
	assert_eq!(validators[0][1], "Serving");
}
