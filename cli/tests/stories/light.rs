//! Who believes nobody: a light client.

use crate::world::{grid, shown, World};
use std::process::Output;

fn light(world: &World, specification: &str, words: &[&str]) -> Output {
	let mut command = grid(&world.path("light"));
	command.args(["--chain", specification, "--account", "//Bob", "--yes", "--timeout", "60"]);
	command.args(words).output().expect("grid can be started")
}

#[test]
fn a_light_client_asks_and_tells_and_says_that_it_cannot_look_back() {
	let world = World::new();
	let specification = world.specification();
	let said = light(&world, &specification, &["account", "transfer", "//Eve", "1"]);
	assert!(said.status.success(), "{}", shown(&said));
	let said = light(&world, &specification, &["twin", "create"]);
	assert!(said.status.success(), "{}", shown(&said));
	let said = light(&world, &specification, &["account", "show", "--output", "json"]);
	let seen: serde_json::Value = serde_json::from_slice(&said.stdout).expect("it is JSON");
	assert_eq!(seen, world.asks("//Bob", &["account", "show"]));
	let said = light(&world, &specification, &["events"]);
	assert_eq!(said.status.code(), Some(3), "{}", shown(&said));
	assert!(shown(&said).contains("cannot look back"), "{}", shown(&said));

	let said = light(&world, &specification, &["validator", "set-keys"]);
	assert_eq!(said.status.code(), Some(3), "{}", shown(&said));
	assert!(shown(&said).contains("makes no session keys"), "{}", shown(&said));

	let text = std::fs::read_to_string(&specification).expect("it was written");
	let nobody =
		world.write("nobody.json", &text.replace(&format!("/tcp/{}", world.peers), "/tcp/1"));
	let said = light(&world, &nobody, &["account", "show", "--timeout", "3"]);
	assert_eq!(said.status.code(), Some(4), "{}", shown(&said));
}
