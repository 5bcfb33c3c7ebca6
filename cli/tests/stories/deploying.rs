//! Somebody who deploys.

use crate::world::{grid, manifest, World};
use serde_json::json;

#[test]
fn from_a_manifest_to_what_runs_and_back() {
	let world = World::with_nodes(3);
	world.does("//Bob", &["twin", "create"]);
	let shop = world.write("shop.yaml", &manifest(1, "nodes"));

	let (code, _) = world.fails("//Bob", &["plan", &shop, "--exit-code"]);
	assert_eq!(code, 10, "there are changes");
	let tried = world.does("//Bob", &["apply", &shop, "--dry-run"]);
	assert!(tried.contains("Deployments") && tried.contains("fee:"), "{tried}");
	assert!(tried.contains("would do it") && !tried.contains("Number"), "{tried}");
	assert_eq!(world.asks("//Bob", &["status"])["contracts"], json!([]), "it was only tried");

	let made = world.asks("//Bob", &["apply", &shop]);
	assert_eq!(made["changed"], true);
	let id = made["contract"].to_string();
	let status = world.asks("//Bob", &["status"]);
	assert_eq!(status["contracts"][0]["runs"], true, "{status}");

	let again = world.asks("//Bob", &["apply", &shop]);
	assert_eq!((&again["changed"], &again["contract"]), (&json!(false), &made["contract"]));
	world.does("//Bob", &["plan", &shop, "--exit-code"]);

	// Another machine with the same key sees the same.
	let mut other = grid(&world.path("elsewhere"));
	other.args(["--chain", &world.url(), "--account", "//Bob", "plan", &shop, "-o", "json"]);
	let seen = other.output().expect("grid can be started");
	let seen: serde_json::Value = serde_json::from_slice(&seen.stdout).expect("it is JSON");
	assert_eq!((&seen["contract"], &seen["changes"]), (&made["contract"], &json!([])));

	world.write("shop.yaml", &manifest(3, "nodes"));
	world.does("//Bob", &["apply", &shop]);
	let contract = world.asks("//Bob", &["deployment", "show", &id]);
	assert_eq!(contract["nodes"].as_array().map(Vec::len), Some(3), "{contract}");

	world.does("//Bob", &["bill", "top-up", &id, "5"]);
	world.does("//Alice", &["bill", "settle", &id]);
	world.does("//Bob", &["bill", "grace", &id, "7200"]);
	let bill = world.asks("//Bob", &["bill", "show", &id]);
	let held: u64 = bill["held"].as_str().and_then(|it| it.parse().ok()).expect("a number");
	assert!(held >= 50_000_000, "{bill}");
	world.does("//Bob", &["bill", "withdraw", &id]);
	let after = world.asks("//Bob", &["bill", "show", &id]);
	let left: u64 = after["held"].as_str().and_then(|it| it.parse().ok()).expect("a number");
	assert!(left < held - 49_000_000, "{after}");
	let (code, why) = world.fails("//Bob", &["bill", "grace", &id, "60"]);
	assert!(code == 5 && why.contains("BadGrace"), "{why}");
	let statement = world.asks("//Bob", &["bill", "statement", &id]);
	let mut lines = statement.as_array().expect("a list").iter();
	let paid = lines.find(|it| it["what"] == "topped up").expect("it was topped up");
	assert_eq!(paid["amount"], "50000000", "in the smallest unit: {statement}");
	let statement = world.does("//Bob", &["bill", "statement", &id, "--csv"]);
	assert!(statement.contains("topped up,5 TFT"), "{statement}");
	let events = world.does("//Bob", &["events", "--blocks", "60", "--contract", &id]);
	assert!(events.contains("A node runs a revision."), "{events}");

	world.does("//Bob", &["destroy", &shop]);
	assert_eq!(world.asks("//Bob", &["status"])["contracts"], json!([]));
	assert!(world.does("//Bob", &["destroy", &shop]).contains("nothing to end"));
}

#[test]
fn secrets_are_sealed_and_the_same_when_applied_again() {
	let world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	world.write("token", "very secret");
	let text = format!("{}    secrets: {{ /run/token: {{ file: token }} }}\n", manifest(1, "none"));
	let shop = world.write("shop.yaml", &text);
	world.does("//Bob", &["apply", &shop]);
	assert_eq!(world.asks("//Bob", &["apply", &shop])["changed"], false);
	world.write("token", "another secret");
	assert_eq!(world.asks("//Bob", &["apply", &shop])["changed"], true);
	let chain = world.asks("//Bob", &["deployment", "list"]).to_string();
	assert!(!chain.contains("secret,"), "{chain}");
	std::fs::remove_file(world.path("token")).expect("it is there");
	let (code, why) = world.fails("//Bob", &["apply", &shop]);
	assert_eq!(code, 3, "{why}");
	assert!(why.contains("the secret /run/token of web cannot be had"), "{why}");
}

#[test]
fn two_who_apply_at_once_make_one_contract() {
	let world = World::with_nodes(2);
	world.does("//Bob", &["twin", "create"]);
	let shop = world.write("shop.yaml", &manifest(1, "none"));
	let start = || {
		let mut command = world.grid("//Bob");
		command.args(["--yes", "apply", &shop]);
		command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
		command.spawn().expect("grid can be started")
	};
	let both = [start(), start()].map(|it| it.wait_with_output().expect("it is a child"));
	let done = both.iter().filter(|said| said.status.success()).count();
	assert!(done >= 1, "{both:?}");
	let status = world.asks("//Bob", &["status"]);
	assert_eq!(status["contracts"].as_array().map(Vec::len), Some(1), "{status}");
	world.does("//Bob", &["apply", &shop]);
}

#[test]
fn who_hesitates_while_another_applies_changes_nothing() {
	let world = World::with_nodes(2);
	world.does("//Bob", &["twin", "create"]);
	let text = manifest(2, "nodes");
	let shop = world.write("shop.yaml", &text);
	world.does("//Bob", &["apply", &shop]);
	let mine = world.write("mine.yaml", &text.replace("cpu: 0.5", "cpu: 0.25"));
	let theirs = world.write("theirs.yaml", &text.replace("256MiB", "512MiB"));

	let mut terminal = world.sits("//Bob", &["apply", &mine]);
	terminal.sees("Do that?");
	world.does("//Bob", &["apply", &theirs]);
	terminal.types("y\n");
	assert_eq!(terminal.ends().code(), Some(5), "{}", terminal.screen());
	terminal.sees("at another revision by now");
	world.does("//Bob", &["plan", &theirs, "--exit-code"]);
	world.does("//Bob", &["apply", &mine]);
}

#[test]
fn a_node_is_rented_and_given_back() {
	let world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	world.does("//Bob", &["rental", "start", "1"]);
	assert!(world.asks("//Bob", &["rental", "show", "1"])["tenant"].is_string());
	world.asks("//Bob", &["bill", "show", "node:1"]);
	world.does("//Bob", &["rental", "stop", "1"]);
	let (code, why) = world.fails("//Bob", &["rental", "show", "1"]);
	assert_eq!(code, 7, "{why}");
}

#[test]
fn a_public_address_is_given_once_and_kept() {
	let world = World::with_nodes(3);
	world.does("//Bob", &["twin", "create"]);
	let add = |ip: &str| {
		let address = format!("185.206.122.{ip}/24");
		world.does("//Ferdie", &["farm", "ip", "add", "1", "--gateway", "185.206.122.1", &address]);
	};
	let has = world.asks("//Ferdie", &["farm", "ip", "list", "1"]);
	for address in has.as_array().expect("a list") {
		let ip = address["ip"].as_str().expect("an address");
		world.does("//Ferdie", &["farm", "ip", "remove", "1", ip]);
	}
	let public = |count| {
		let range = "range: 10.10.0.0/16";
		manifest(count, "nodes").replace(range, &format!("{range}, public_v4: true"))
	};
	let shop = world.write("shop.yaml", &public(1));
	let (code, why) = world.fails("//Bob", &["plan", &shop]);
	assert!(code == 3 && why.contains("a public address of version 4"), "{why}");
	add("31");
	world.does("//Bob", &["apply", &shop]);
	world.does("//Bob", &["plan", &shop, "--exit-code"]);
	world.write("shop.yaml", &public(2));
	let (code, why) = world.fails("//Bob", &["apply", &shop]);
	assert!(
		code == 3 && why.contains("there is no node for web-2"),
		"not refused by the chain: {why}"
	);
	add("32");
	world.does("//Bob", &["apply", &shop]);
	let planned = world.asks("//Bob", &["plan", &shop]);
	assert_eq!((&planned["changes"], &planned["losses"]), (&json!([]), &json!([])), "{planned}");
}
