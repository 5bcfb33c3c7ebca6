//! A light client trusts nobody but the first block.

use crate::wallet::javascript;
use grid_stories::{Network, Spec};
use serde_json::json;

#[test]
fn smoldot_follows_finality_from_the_specification_alone() {
	let network = Network::local();
	network.finalizes(2);
	let mut spec = Spec::raw("local");
	let addresses: Vec<_> = network.nodes.iter().map(|node| node.address()).collect();
	spec["bootNodes"] = json!(addresses);
	let file = tempfile::NamedTempFile::new().unwrap();
	serde_json::to_writer(&file, &spec).unwrap();
	javascript("light_client.mjs", file.path().to_str().unwrap());
}
