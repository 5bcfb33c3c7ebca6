//! A key that is never where the chain is.

use crate::world::{eventually, World};
use grid_cli::keys::{from_phrase, Scheme};
use subxt::config::substrate::MultiSignature;

#[test]
fn a_transaction_is_signed_elsewhere_and_sent() {
	let world = World::new();
	let (unsigned, signed) = (world.path("unsigned.json"), world.path("signed.json"));
	let (unsigned, signed) = (unsigned.display().to_string(), signed.display().to_string());
	world.does("//Bob", &["account", "transfer", "//Eve", "12.5", "--unsigned", &unsigned]);
	let decoded = world.does("//Bob", &["tx", "decode", &unsigned]);
	assert!(decoded.contains("transfer_keep_alive") && decoded.contains("125000000"), "{decoded}");

	let (code, why) = world.fails("//Charlie", &["tx", "sign", &unsigned, "--to", &signed]);
	assert_eq!(code, 3, "{why}");
	world.does("//Bob", &["tx", "sign", &unsigned, "--to", &signed]);
	let done = world.asks("//Alice", &["tx", "submit", &signed]);
	let hash = done["transaction"].as_str().expect("it has a hash");
	let found = world.asks("//Alice", &["tx", "find", hash]);
	assert_eq!(found["block"], done["block"]);
	let (code, why) = world.fails("//Alice", &["tx", "submit", &signed]);
	assert_eq!(code, 5, "a number is used once: {why}");

	let text = std::fs::read_to_string(&signed).expect("it was written");
	let elsewhere = world.write("elsewhere.json", &text.replacen("0x", "0x00", 1));
	let (code, why) = world.fails("//Alice", &["tx", "submit", &elsewhere]);
	assert_eq!(code, 4, "{why}");
	assert!(why.contains("another chain"), "{why}");
}

#[test]
fn a_program_signs_and_only_that() {
	let world = World::new();
	let (asked, answer) = (world.path("asked"), world.path("answer"));
	let text = format!(
		"read line; echo $GRID_SIGNER_ACCOUNT $line > {0}.new; mv {0}.new {0}; \
		 while [ ! -s {1} ]; do sleep 0.1; done; cat {1}",
		asked.display(),
		answer.display()
	);
	let bob = world.asks("//Bob", &["account", "show"])["account"].clone();
	let bob = bob.as_str().expect("an address").to_string();
	let mut send = world.grid(&bob);
	send.args(["--signer", &text, "--yes", "account", "transfer", "//Eve", "1"]);
	send.stderr(std::process::Stdio::piped());
	let sending = send.spawn().expect("grid can be started");
	let line = eventually("it asks for a signature", 60, || std::fs::read_to_string(&asked).ok());
	let (account, digits) = line.trim().split_once(' ').expect("two words");
	assert_eq!(account, bob);
	let bytes = hex::decode(digits.trim_start_matches("0x")).expect("hex digits");
	let pair = from_phrase(Scheme::Sr25519, "//Bob").expect("it is a phrase");
	let MultiSignature::Sr25519(signature) = pair.sign(&bytes) else { panic!("another kind") };
	std::fs::write(&answer, hex::encode(signature)).expect("the folder is ours");
	let said = sending.wait_with_output().expect("it is a child");
	assert!(said.status.success(), "{}", crate::world::shown(&said));

	// The same signature is of something else, and never gets to the chain.
	let again = ["--signer", &format!("cat {}", answer.display())];
	let words = ["account", "transfer", "//Eve", "2"];
	let (code, why) = world.fails(&bob, &[&again[..], &words[..]].concat());
	assert_eq!(code, 3, "{why}");
	assert!(why.contains("no signature of"), "{why}");
	let (code, why) = world.fails(&bob, &[&again[..], &["twin", "create"]].concat());
	assert!(code == 3 && why.contains("--encryption-key"), "{why}");
}
