//! Keys, and how they rest.

use crate::{
	terminal::Terminal,
	world::{grid, piped, shown},
};
use std::os::unix::fs::PermissionsExt;

const WORDS: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

#[test]
fn words_come_by_a_pipe_and_the_key_goes_from_machine_to_machine() {
	let folder = tempfile::tempdir().expect("a folder can be made");
	let (here, there) = (folder.path().join("here"), folder.path().join("there"));
	let secret = folder.path().join("passphrase");
	std::fs::write(&secret, "correct horse\n").expect("the folder is ours");
	let with = |home: &std::path::Path, words: &[&str]| {
		let mut command = grid(home);
		command.arg("--passphrase-file").arg(&secret).args(words);
		command
	};
	let import = with(&here, &["key", "import", "bob", "--phrase-file", "-"]);
	let said = piped(import, &format!("{WORDS}//Bob\n"));
	assert!(said.status.success() && shown(&said).contains(BOB), "{}", shown(&said));

	for none in ["\n", "//Alice\n"] {
		let import = with(&here, &["key", "import", "nobody", "--phrase-file", "-"]);
		let said = piped(import, none);
		assert_eq!(said.status.code(), Some(3), "{none:?}: {}", shown(&said));
		assert!(shown(&said).contains("there are no words"), "{}", shown(&said));
	}

	let file = folder.path().join("bob.json");
	let export = with(&here, &["key", "export", "bob"]).arg(&file).output().expect("it starts");
	assert!(export.status.success(), "{}", shown(&export));
	let text = std::fs::read_to_string(&file).expect("it was written");
	let mode = std::fs::metadata(&file).expect("it was written").permissions().mode();
	assert_eq!(mode & 0o777, 0o600, "only its owner can read it");
	let again = with(&here, &["key", "export", "bob"]).arg(&file).output().expect("it starts");
	assert_eq!(again.status.code(), Some(9), "nothing is written over unasked: {}", shown(&again));
	let again = with(&here, &["--yes", "key", "export", "bob"]).arg(&file).output();
	assert!(again.expect("it starts").status.success());
	assert!(text.contains("xsalsa20-poly1305") && !text.contains("bottom"), "{text}");

	let again = with(&there, &["key", "import", "robert", "--file"]).arg(&file).output();
	let again = again.expect("it starts");
	assert!(again.status.success() && shown(&again).contains(BOB), "{}", shown(&again));
	let list = grid(&there).args(["key", "list"]).output().expect("it starts");
	assert!(shown(&list).contains("robert") && shown(&list).contains(BOB), "{}", shown(&list));
}

#[test]
fn a_wrong_passphrase_and_a_taken_name_end_with_3() {
	let folder = tempfile::tempdir().expect("a folder can be made");
	let home = folder.path().join("home");
	let new = |name: &str, passphrase: &str| {
		let mut command = grid(&home);
		command.args(["--passphrase-file", "-", "key", "new", name]);
		piped(command, passphrase)
	};
	let said = new("me", "one\n");
	assert!(said.status.success(), "{}", shown(&said));
	let out = String::from_utf8_lossy(&said.stdout);
	assert_eq!(out.split_whitespace().count(), 2, "the words are no result: {out}");
	assert_eq!(new("me", "one\n").status.code(), Some(3));

	let file = folder.path().join("me.json");
	let export = grid(&home).args(["key", "export", "me"]).arg(&file).output().expect("it starts");
	assert!(export.status.success(), "{}", shown(&export));
	let mut import = grid(&home);
	import.args(["--passphrase-file", "-", "key", "import", "again", "--file"]).arg(&file);
	let said = piped(import, "two\n");
	assert_eq!(said.status.code(), Some(3), "{}", shown(&said));
	assert!(shown(&said).contains("the passphrase is another"), "{}", shown(&said));
}

#[test]
fn what_is_typed_is_not_shown() {
	let home = tempfile::tempdir().expect("a folder can be made");
	let mut command = grid(home.path());
	command.args(["key", "import", "bob"]);
	let mut terminal = Terminal::start(command);
	terminal.sees("Mnemonic");
	terminal.types(&format!("{WORDS}//Bob\n"));
	terminal.sees("New passphrase");
	terminal.types("hunter2\n");
	terminal.sees("The same again");
	terminal.types("hunter2\n");
	assert!(terminal.ends().success(), "{}", terminal.screen());
	terminal.sees(BOB);
	let screen = terminal.screen();
	assert!(!screen.contains("hunter2") && !screen.contains("bottom"), "{screen}");
}

#[test]
fn nobody_is_asked_where_nobody_is() {
	let home = tempfile::tempdir().expect("a folder can be made");
	let said = grid(home.path()).args(["key", "import", "bob"]).output().expect("it starts");
	assert_eq!(said.status.code(), Some(3));
	assert!(shown(&said).contains("no terminal to ask"), "{}", shown(&said));
}
