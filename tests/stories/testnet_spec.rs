//! The public testnet has one beginning.

use grid_stories::NodeBuilder;
use serde_json::Value;
use std::fs;

#[test]
fn its_first_block_is_the_published_one() {
	let published = fs::read_to_string("../chain-specs/testnet.genesis").unwrap();
	let node = NodeBuilder::new("visitor").args(["--chain", "testnet"]).start();
	assert_eq!(format!("{:?}", node.chain().genesis()), published.trim());
}

#[test]
fn it_is_raw_and_nobody_has_sudo() {
	let text = fs::read_to_string("../chain-specs/testnet.json").unwrap();
	let spec: Value = serde_json::from_str(&text).unwrap();
	let top = spec["genesis"]["raw"]["top"].as_object().expect("it is raw");
	let sudo_key = pallet_sudo::Key::<grid_runtime::Runtime>::hashed_key();
	assert!(!top.contains_key(&format!("0x{}", hex::encode(sudo_key))));
	assert_eq!(spec["properties"]["tokenSymbol"], "TFT");
}
