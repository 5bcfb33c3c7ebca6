//! The public testnet has one beginning.

use grid_stories::NodeBuilder;
use serde_json::Value;
use std::{fs, path::Path};

#[test]
fn its_first_block_is_the_published_one() {
	let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chain-specs");
	let published = fs::read_to_string(folder.join("testnet.genesis")).unwrap();
	let node = NodeBuilder::new("visitor").args(["--chain", "testnet"]).start();
	assert_eq!(format!("{:?}", node.chain().genesis()), published.trim());
}

#[test]
fn it_is_raw_and_nobody_has_sudo() {
	let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chain-specs/testnet.json");
	let spec: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
	let top = spec["genesis"]["raw"]["top"].as_object().expect("it is raw");
	let sudo_key = pallet_sudo::Key::<grid_runtime::Runtime>::hashed_key();
	assert!(!top.contains_key(&format!("0x{}", hex::encode(sudo_key))));
	assert_eq!(spec["properties"]["tokenSymbol"], "TFT");
}
