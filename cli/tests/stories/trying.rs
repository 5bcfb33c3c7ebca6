//! Who only tries, with `--dry-run`: it is told what would be, and nothing is done.

use crate::world::{grid, piped, shown, World};
use std::{fs, path::Path, process::Output};

const WORDS: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

fn said(home: &Path, words: &[&str]) -> Output {
	let mut command = grid(home);
	command.args(["--yes", "--passphrase-file", "-"]).args(words);
	piped(command, "hunter2\n")
}

#[test]
fn keys_files_and_profiles_are_as_they_were() {
	let folder = tempfile::tempdir().expect("a folder can be made");
	let home = folder.path().join("home");
	let made = said(&home, &["key", "new", "mine"]);
	assert!(made.status.success(), "{}", shown(&made));
	let at = |name: &str| folder.path().join(name).display().to_string();
	let phrase = at("phrase");
	fs::write(&phrase, WORDS).expect("the folder is ours");
	let (copy, device, pages) = (at("copy.json"), at("device.key"), at("pages"));
	let changes: [&[&str]; 9] = [
		&["key", "remove", "mine"],
		&["key", "new", "other"],
		&["key", "import", "other", "--phrase-file", &phrase],
		&["key", "export", "mine", &copy],
		&["network", "key", &device],
		&["profile", "set", "main", "--account", "//Bob"],
		&["profile", "set", "main"],
		&["man", &pages],
		&["key", "remove", "mine", "-o", "json"],
	];
	for words in changes {
		let tried = said(&home, &[words, &["--dry-run"]].concat());
		assert!(tried.status.success(), "{words:?}: {}", shown(&tried));
		let out = String::from_utf8_lossy(&tried.stdout);
		assert!(out.contains("would"), "{words:?}: {out}");
		assert_eq!(tried.stderr, b"", "{words:?}: no words are shown: {}", shown(&tried));
		let unsigned = said(&home, &[words, &["--unsigned", &at("unsigned.json")]].concat());
		assert_eq!(unsigned.status.code(), Some(3), "{words:?}: {}", shown(&unsigned));
	}
	let mut left: Vec<_> = fs::read_dir(folder.path())
		.expect("it is there")
		.map(|entry| entry.expect("it is there").file_name())
		.collect();
	left.sort();
	assert_eq!(left, ["home", "phrase"], "nothing was written");
	assert!(!home.join("config.toml").exists());
	let list = said(&home, &["key", "list", "-o", "json"]);
	let list: serde_json::Value = serde_json::from_slice(&list.stdout).expect("it is JSON");
	assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
	assert_eq!(list[0]["name"], "mine");
}

#[test]
fn what_was_signed_elsewhere_is_tried_and_not_sent() {
	let world = World::new();
	let unsigned = world.path("unsigned.json").display().to_string();
	let signed = world.path("signed.json").display().to_string();
	let free = || world.asks("//Eve", &["account", "show"])["free"].clone();
	let before = free();
	world.does("//Bob", &["account", "transfer", "//Eve", "12.5", "--unsigned", &unsigned]);
	world.does("//Bob", &["tx", "sign", &unsigned, "--to", &signed, "--dry-run"]);
	assert!(!Path::new(&signed).exists(), "nothing was signed");
	world.does("//Bob", &["tx", "sign", &unsigned, "--to", &signed]);
	let (code, why) = world.fails("//Bob", &["tx", "submit", &signed, "--unsigned", "x"]);
	assert_eq!(code, 3, "{why}");

	let tried = world.asks("//Alice", &["tx", "submit", &signed, "--dry-run"]);
	assert!(tried["answer"].as_str().is_some_and(|it| it.starts_with("would")), "{tried}");
	assert!(tried["call"].to_string().contains("125000000"), "{tried}");
	assert_eq!(tried["signer"], world.asks("//Bob", &["account", "show"])["account"]);
	assert_eq!(free(), before, "nothing was sent");
	world.does("//Alice", &["tx", "submit", &signed]);
	assert_ne!(free(), before, "its number was not used");
	let (code, why) = world.fails("//Alice", &["tx", "submit", &signed, "--dry-run"]);
	assert_eq!(code, 5, "{why}");
}

#[test]
fn what_an_office_passes_on_is_not_said_to_succeed() {
	let world = World::new();
	world.does("//Alice", &["account", "transfer", "//Eve", "1"]);
	let try_it = ["--dry-run", "--by", "sudo"];
	// Eve has no session keys: it would come to nothing.
	let add = [&["validator", "add", "//Eve"][..], &try_it].concat();
	let tried = world.asks("//Alice", &add);
	let answer = tried["answer"].as_str().expect("a text");
	assert!(answer.contains("what comes of the call within is not tried"), "{answer}");
	let (code, why) = world.fails("//Bob", &add);
	assert_eq!(code, 5, "who has not the office is told so: {why}");
}
