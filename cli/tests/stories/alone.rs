//! What `grid` says without a chain.

use crate::world::{grid, shown};
use serde_json::Value as Json;

fn home() -> tempfile::TempDir {
	tempfile::tempdir().expect("a folder can be made")
}

#[test]
fn it_helps_and_completes_without_chain_and_configuration() {
	let home = home();
	for words in [
		&["--help"][..],
		&["apply", "--help"],
		&["completion", "bash"],
		&["completion", "zsh"],
		&["completion", "fish"],
	] {
		let said = grid(home.path()).args(words).output().expect("grid can be started");
		assert!(said.status.success() && !said.stdout.is_empty(), "{words:?}: {}", shown(&said));
	}
}

#[test]
fn what_cannot_be_understood_ends_with_2_and_says_what_can() {
	let said = grid(home().path()).args(["frm", "list"]).output().expect("grid can be started");
	assert_eq!(said.status.code(), Some(2));
	assert!(shown(&said).contains("farm"), "{}", shown(&said));
}

#[test]
fn a_chain_that_does_not_answer_ends_with_4() {
	let said = grid(home().path())
		.args(["--chain", "ws://127.0.0.1:1", "--account", "//Bob", "status"])
		.output()
		.expect("grid can be started");
	assert_eq!(said.status.code(), Some(4), "{}", shown(&said));
	assert!(shown(&said).contains("does the node run?"), "{}", shown(&said));
}

#[test]
fn the_published_schema_is_that_of_the_reader() {
	let said = grid(home().path()).arg("schema").output().expect("grid can be started");
	let its: Json = serde_json::from_slice(&said.stdout).expect("it is JSON");
	let path = "../docs/manifest.schema.json";
	let published = std::fs::read_to_string(path).expect("it is published");
	let published: Json = serde_json::from_str(&published).expect("it is JSON");
	assert_eq!(its, published, "write it anew: grid schema > docs/manifest.schema.json");
}
