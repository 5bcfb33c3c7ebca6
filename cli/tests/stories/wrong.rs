//! What goes wrong, and what is said of it.

use crate::world::{manifest, piped, World};

const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

#[test]
fn another_chain_under_the_same_name_is_not_taken_for_it() {
	let world = World::new();
	world.does("//Bob", &["profile", "set", "main"]);
	let config = world.path("home/config.toml");
	let text = std::fs::read_to_string(&config).expect("it was written");
	assert!(text.contains("genesis = \"0x"), "{text}");
	let start = text.find("0x").expect("it is there") + 2;
	let mut other = text.clone();
	other.replace_range(start..start + 4, "0000");
	std::fs::write(&config, other).expect("it is ours");
	let (code, why) = world.fails("//Bob", &["status"]);
	assert_eq!(code, 4, "{why}");
	assert!(why.contains("this is another chain"), "{why}");
}

#[test]
fn who_has_no_money_or_no_twin_is_told_so() {
	let world = World::with_nodes(1);
	let shop = world.write("shop.yaml", &manifest(1, "none"));
	let (code, why) = world.fails("//Bob", &["apply", &shop]);
	assert_eq!(code, 5, "{why}");
	assert!(why.contains("twins.create"), "{why}");

	let secret = world.write("passphrase", "x\n");
	let mut import = world.grid("//Bob");
	import.args(["--passphrase-file", &secret, "key", "import", "poor", "--phrase-file", "-"]);
	assert!(piped(import, WORDS).status.success());
	let (code, why) = world.fails("poor", &["--passphrase-file", &secret, "twin", "create"]);
	assert_eq!(code, 6, "{why}");
	assert!(why.contains("cannot pay the fee"), "{why}");
	let (code, why) = world.fails("poor", &["twin", "create"]);
	assert_eq!(code, 3, "nobody can be asked for the passphrase: {why}");

	world.does("//Bob", &["twin", "create"]);
	let large = world.write("large.yaml", &manifest(1, "none").replace("cpu: 0.5", "cpu: 900"));
	let (code, why) = world.fails("//Bob", &["apply", &large]);
	assert_eq!(code, 3, "{why}");
	assert!(why.contains("there is no node for web"), "{why}");
	let broke = format!("{}budget: 0.01\n", manifest(1, "none"));
	let broke = world.write("broke.yaml", &broke);
	let (code, why) = world.fails("//Bob", &["apply", &broke]);
	assert_eq!(code, 3, "{why}");
	assert!(why.contains("its budget is 0.01 USD"), "{why}");
}

#[test]
fn a_malformed_manifest_is_said_with_its_file_line_and_column() {
	let world = World::new();
	let bad = world.write("bad.yaml", &manifest(1, "none").replace("cpu: 0.5", "cpu: much"));
	let (code, why) = world.fails("//Bob", &["plan", &bad]);
	assert_eq!(code, 3, "{why}");
	assert!(why.contains("bad.yaml: line 7, column 10"), "{why}");
}

#[test]
fn a_chain_that_goes_away_in_the_middle_is_said_to_be_gone() {
	let mut world = World::new();
	let mut terminal = world.sits("//Bob", &["account", "transfer", "//Eve", "1", "--yes"]);
	terminal.sees("submitted 0x");
	world.kill_chain();
	assert_eq!(terminal.ends().code(), Some(4), "{}", terminal.screen());
	terminal.sees("grid tx find 0x");
}

#[test]
fn what_is_not_ones_own_is_left_alone() {
	let world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	let shop = world.write("shop.yaml", &manifest(1, "none"));
	world.does("//Bob", &["apply", &shop]);
	for words in [&["deployment", "cancel", "1", "--dry-run"][..], &["deployment", "cancel", "1"]] {
		let (code, why) = world.fails("//Charlie", words);
		assert_eq!(code, 5, "{words:?}: {why}");
	}
	assert!(world.does("//Charlie", &["destroy", &shop]).contains("nothing to end"));
	let (code, why) = world.fails("//Charlie", &["node", "maintenance", "1"]);
	assert!(code == 5 && why.contains("Only the farmer"), "{why}");
	let (code, why) = world.fails("//Charlie", &["node", "certify", "1"]);
	assert!(code == 5 && why.contains("--by council"), "{why}");
	let (code, why) = world.fails("//Charlie", &["node", "certify", "1", "--by", "sudo"]);
	assert_eq!(code, 5, "{why}");
	assert_eq!(world.asks("//Bob", &["status"])["contracts"][0]["runs"], true);
}

#[test]
fn a_call_by_an_office_that_comes_to_nothing_is_no_success() {
	let world = World::new();
	let (code, why) = world.fails("//Alice", &["validator", "add", "//Eve", "--by", "sudo"]);
	assert_eq!(code, 5, "{why}");
	assert!(why.contains("Validators."), "{why}");
	let (code, why) = world.fails("//Bob", &["account", "transfer", "//Eve", "99999999999"]);
	assert_eq!(code, 6, "{why}");
}
