//! A contract from its registration to its end.

use crate::wallet::javascript;
use grid_stories::NodeBuilder;

#[test]
fn polkadot_js_carries_a_contract_through_all_its_steps() {
	let node = NodeBuilder::new("contract").args(["--dev"]).start();
	javascript("contract.mjs", &format!("ws://127.0.0.1:{}", node.rpc_port));
}
