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

#[test]
fn of_two_with_one_number_one_is_refused_and_what_came_too_late_is_said_to_be_late() {
	let world = World::new();
	let file = |name: &str| world.path(name).display().to_string();
	let signed: Vec<_> = ["1", "2"]
		.iter()
		.map(|amount| {
			let (unsigned, signed) = (file(&format!("u{amount}")), file(&format!("s{amount}")));
			world.does("//Bob", &["account", "transfer", "//Eve", amount, "--unsigned", &unsigned]);
			// It may be included in the next blocks only.
			let text = std::fs::read_to_string(&unsigned).expect("it was written");
			let text = text.replace("\"blocks\": 2048", "\"blocks\": 32");
			std::fs::write(&unsigned, text).expect("it is ours");
			world.does("//Bob", &["tx", "sign", &unsigned, "--to", &signed]);
			signed
		})
		.collect();
	let sending: Vec<_> = signed
		.iter()
		.map(|signed| {
			let mut submit = world.grid("//Alice");
			submit.args(["tx", "submit", signed]).stderr(std::process::Stdio::piped());
			submit.stdout(std::process::Stdio::piped()).spawn().expect("grid can be started")
		})
		.collect();
	let said: Vec<_> =
		sending.into_iter().map(|it| it.wait_with_output().expect("it is a child")).collect();
	let mut codes: Vec<_> = said.iter().map(|it| it.status.code()).collect();
	codes.sort();
	assert_eq!(
		codes,
		[Some(0), Some(5)],
		"{}",
		said.iter().map(crate::world::shown).collect::<String>()
	);

	let loser = said.iter().position(|it| !it.status.success()).expect("one has lost");
	let why = eventually("its time passes", 120, || {
		let (code, why) = world.fails("//Alice", &["tx", "submit", &signed[loser]]);
		(code == 8).then_some(why)
	});
	assert!(why.contains("has passed") && why.contains("grid tx find 0x"), "{why}");
}
