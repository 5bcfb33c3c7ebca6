//! Ctrl-C, at each stage: nothing is left half done, and it is said what is.

use crate::world::{manifest, World};

#[test]
fn at_the_question_nothing_was_sent() {
	let world = World::new();
	let mut terminal = world.sits("//Bob", &["account", "transfer", "//Eve", "1"]);
	terminal.sees("Send 1 TFT");
	terminal.types("n\n");
	assert_eq!(terminal.ends().code(), Some(9), "{}", terminal.screen());
	let mut terminal = world.sits("//Bob", &["account", "transfer", "//Eve", "1"]);
	terminal.sees("Send 1 TFT");
	terminal.interrupts();
	assert_eq!(terminal.ends().code(), Some(130), "{}", terminal.screen());
	terminal.sees("nothing more was sent");
	assert!(!terminal.screen().contains("submitted"));

	let secret = world.write("passphrase", "hunter2\n");
	world.does("//Bob", &["--passphrase-file", &secret, "key", "new", "mine"]);
	let mut terminal = world.sits("mine", &["twin", "create"]);
	terminal.sees("Passphrase of mine");
	terminal.interrupts();
	assert_eq!(terminal.ends().code(), Some(130), "{}", terminal.screen());
	assert!(terminal.echoes(), "what is typed from now on is shown again");
}

#[test]
fn under_way_it_is_said_what_was_sent_and_how_to_find_it() {
	let world = World::new();
	let mut terminal = world.sits("//Bob", &["account", "transfer", "//Eve", "1", "--yes"]);
	terminal.sees("submitted 0x");
	terminal.interrupts();
	assert_eq!(terminal.ends().code(), Some(130), "{}", terminal.screen());
	terminal.sees("is under way");
	let screen = terminal.screen();
	let hash = screen.split("submitted ").nth(1).and_then(|it| it.split_whitespace().next());
	let hash = hash.expect("it was shown").to_string();
	crate::world::eventually("it is found", 30, || {
		let said = world.grid("//Bob").args(["tx", "find", &hash]).output().ok()?;
		said.status.success().then_some(())
	});
}

#[test]
fn while_it_waits_for_nodes_what_was_applied_goes_on() {
	// Nobody plays the node after it joined: what is on it never runs.
	let mut world = World::with_nodes(1);
	world.stop_nodes();
	world.does("//Bob", &["twin", "create"]);
	let shop = world.write("shop.yaml", &manifest(1, "none"));
	let mut terminal = world.sits("//Bob", &["apply", &shop, "--yes"]);
	terminal.sees("waiting for revision 1");
	terminal.interrupts();
	assert_eq!(terminal.ends().code(), Some(130), "{}", terminal.screen());
	assert_eq!(world.asks("//Bob", &["status"])["contracts"][0]["state"], "live");
	let (code, why) = world.fails("//Bob", &["apply", &shop, "--timeout", "4"]);
	assert_eq!(code, 8, "{why}");
	assert!(why.contains("does not run yet on nodes 1"), "{why}");
}
