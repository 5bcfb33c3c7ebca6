//! A key that is never where the chain is.

use crate::world::World;

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
