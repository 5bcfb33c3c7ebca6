//! Who governs, and who accepts what is governed.

use crate::world::World;

fn hash(digit: &str) -> String {
	format!("0x{}", digit.repeat(64))
}

#[test]
fn twins_are_made_by_who_accepts_the_terms() {
	let world = World::new();
	let terms = hash("1");
	let (code, why) = world.fails("//Bob", &["council", "set-terms", &terms]);
	assert!(code == 5 && why.contains("--by council"), "{why}");
	let set = world.asks("//Alice", &["council", "set-terms", &terms, "--by", "sudo"]);
	assert!(set["transaction"].is_string() && set["fee"].is_string(), "{set}");
	let (code, why) = world.fails("//Bob", &["twin", "create"]);
	assert!(code == 5 && why.contains("TermsNotAccepted"), "{why}");
	let (code, why) = world.fails("//Bob", &["twin", "accept-terms", &hash("2")]);
	assert!(code == 5 && why.contains("NotTheTerms"), "{why}");
	world.does("//Bob", &["twin", "accept-terms", &terms]);
	world.does("//Bob", &["twin", "withdraw-acceptance"]);
	let (code, why) = world.fails("//Bob", &["twin", "create"]);
	assert!(code == 5 && why.contains("TermsNotAccepted"), "{why}");
	world.does("//Bob", &["twin", "accept-terms", &terms]);
	let twin = world.asks("//Bob", &["twin", "create"])["twin"].clone();
	assert!(twin.is_number(), "{twin}");
	let (code, why) = world.fails("//Bob", &["twin", "withdraw-acceptance"]);
	assert_eq!(code, 5, "not while there is a twin: {why}");
}

#[test]
fn the_council_has_other_members_and_a_motion_is_struck() {
	let world = World::new();
	let members = ["council", "set-members", "//Alice", "//Bob", "//Charlie"];
	let (code, why) = world.fails("//Alice", &members);
	assert_eq!(code, 5, "{why}");
	world.does("//Alice", &[&members[..], &["--by", "sudo"]].concat());
	let seats = world.asks("//Alice", &["council", "members"]);
	assert_eq!(seats.as_array().map(Vec::len), Some(3), "{seats}");

	let asked = world.asks("//Bob", &["council", "set-token-price", "500000", "--by", "council"]);
	let motion = asked["motion"].as_str().expect("it is asked").to_string();
	let voted = world.asks("//Bob", &["council", "vote", &motion, "yes"]);
	assert!(voted["transaction"].is_string(), "{voted}");
	world.does("//Alice", &["council", "disapprove", &motion, "--by", "sudo"]);
	let motions = world.asks("//Alice", &["council", "motions"]);
	assert_eq!(motions.as_array().map(Vec::len), Some(0), "{motions}");
	let (code, why) = world.fails("//Alice", &["council", "vote", &motion, "yes"]);
	assert_eq!(code, 7, "{why}");
}

#[test]
fn a_runtime_is_agreed_to_by_its_hash_and_only_that_is_taken() {
	let world = World::new();
	let (code, why) = world.fails("//Bob", &["runtime", "upgrade", &world.write("a", "a")]);
	assert_eq!(code, 7, "none was agreed to: {why}");
	let code_file = world.write("code.wasm", "this is no runtime");
	let (code, why) = world.fails("//Bob", &["runtime", "authorize", &code_file]);
	assert!(code == 5 && why.contains("--by council"), "{why}");
	world.does("//Alice", &["runtime", "authorize", &code_file, "--by", "sudo"]);
	let shown = world.asks("//Bob", &["runtime", "show"]);
	assert!(shown["version"].is_number(), "{shown}");
	let agreed = shown["agreed"].as_str().expect("one was agreed to");
	let other = world.write("other.wasm", "another");
	let (code, why) = world.fails("//Bob", &["runtime", "upgrade", &other]);
	assert!(code == 3 && why.contains(agreed), "{why}");
	let (code, why) = world.fails("//Bob", &["runtime", "upgrade", &code_file]);
	assert!(code == 5 && why.contains("FailedToExtractRuntimeVersion"), "{why}");
}

#[test]
fn shares_are_paid_to_who_waits_for_some() {
	let world = World::new();
	for words in [&["bill", "pay-share"][..], &["bill", "pay-share", "//Ferdie"]] {
		let (code, why) = world.fails("//Bob", words);
		assert!(code == 5 && why.contains("NothingWaits"), "{why}");
	}
}
