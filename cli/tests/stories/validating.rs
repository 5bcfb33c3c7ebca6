//! Who runs a validator.

use crate::world::{eventually, World};

/// Keys that the node makes for somebody, with what proves that it has them.
fn made_for(world: &World, who: &str) -> (String, String) {
	let file = world.path("set-keys.json").display().to_string();
	world.does(who, &["validator", "set-keys", "--unsigned", &file]);
	let decoded = world.asks(who, &["tx", "decode", &file]);
	let call = &decoded["call"]["Session"]["set_keys"];
	let text = |it: &serde_json::Value| it.as_str().expect("hex digits").to_string();
	let (aura, grandpa) = (text(&call["keys"]["aura"]), text(&call["keys"]["grandpa"]));
	(aura + grandpa.trim_start_matches("0x"), text(&call["proof"]))
}

fn stands(world: &World, who: &str) -> Option<String> {
	let account = world.asks(who, &["account", "show"])["account"].clone();
	let all = world.asks(who, &["validator", "list"]);
	let its = all.as_array()?.iter().find(|it| it[0] == account)?;
	its[1].as_str().map(String::from)
}

#[test]
fn keys_are_made_by_the_node_or_named_with_what_proves_them() {
	let world = World::new();
	let (code, why) = world.fails("//Charlie", &["validator", "set-keys", "0x12"]);
	assert_eq!(code, 2, "keys without their proof: {why}");
	let (code, why) = world.fails("//Charlie", &["validator", "set-keys", "0x12", "0x34"]);
	assert!(code == 3 && why.contains("session keys are 64 bytes"), "{why}");
	let (code, why) = world.fails("//Charlie", &["validator", "set-keys", "--dry-run"]);
	assert_eq!(code, 3, "they would be made: {why}");

	let (keys, proof) = made_for(&world, "//Charlie");
	let (code, why) = world.fails("//Dave", &["validator", "set-keys", &keys, &proof]);
	assert!(code == 5 && why.contains("InvalidProof"), "it was made for Charlie: {why}");
	world.does("//Charlie", &["validator", "set-keys", &keys, &proof]);
	let (code, why) = world.fails("//Eve", &["validator", "add", "//Eve", "--by", "sudo"]);
	assert_eq!(code, 5, "{why}");
	let taken_back = world.asks("//Charlie", &["validator", "withdraw-keys"]);
	assert!(taken_back["transaction"].is_string(), "{taken_back}");
}

#[test]
fn somebody_serves_leaves_and_has_keys_that_are_still_in_use() {
	let world = World::new();
	let set = ["validator", "set-timing", "--session-length", "30", "--silence-limit", "1800"];
	let (code, why) = world.fails("//Alice", &set);
	assert!(code == 5 && why.contains("--by council"), "{why}");
	world.does("//Alice", &[&set[..], &["--by", "sudo"]].concat());
	let mut terminal = world.sits("//Charlie", &["validator", "set-keys"]);
	terminal.sees("Have the node make new keys");
	terminal.types("y\n");
	assert!(terminal.ends().success(), "{}", terminal.screen());
	terminal.sees("the keys are registered");
	world.does("//Alice", &["validator", "add", "//Charlie", "--by", "sudo"]);
	assert_eq!(stands(&world, "//Charlie").as_deref(), Some("Serving"));
	let (code, why) = world.fails("//Charlie", &["validator", "rejoin"]);
	assert!(code == 5 && why.contains("The validator does not rest"), "{why}");
	let (code, why) = world.fails("//Charlie", &["validator", "withdraw-keys"]);
	assert!(code == 5 && why.contains("session keys are still in use"), "{why}");

	// When a session has ended, the keys are planned for the next. They are not waited for: one node
	// votes with one key, and two validators on it agree on nothing.
	let ends = world.does("//Alice", &["validator", "list"]);
	eventually("the session ends", 180, || {
		let now = world.does("//Alice", &["validator", "list"]);
		(now.lines().last() != ends.lines().last()).then_some(())
	});
	world.does("//Charlie", &["validator", "leave"]);
	assert_eq!(stands(&world, "//Charlie"), None);
	let (code, why) = world.fails("//Charlie", &["validator", "withdraw-keys"]);
	assert!(code == 5 && why.contains("session keys are still in use"), "{why}");
}
