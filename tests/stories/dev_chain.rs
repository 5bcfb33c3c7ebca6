//! A newcomer starts a development chain.

use grid_stories::{eventually, stays, NodeBuilder, Person};
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(60);

#[test]
fn it_makes_blocks_and_finalizes_them() {
	let node = NodeBuilder::new("newcomer").args(["--dev"]).of_operator().start();
	eventually("five blocks are final", SOON, || {
		(node.chain().finalized().number >= 5).then_some(())
	});
	stays("finality is at most two blocks behind", Duration::from_secs(6), || {
		node.chain().best().number <= node.chain().finalized().number + 2
	});
}

#[test]
fn a_wallet_sees_the_token_and_the_balances() {
	let node = NodeBuilder::new("newcomer").args(["--dev"]).start();
	let properties = node.chain().rpc.call("system_properties", &[]).unwrap();
	assert_eq!(properties, json!({ "tokenSymbol": "TFT", "tokenDecimals": 7, "ss58Format": 42 }));
	assert_eq!(node.chain().rpc.call("system_chain", &[]).unwrap(), json!("Grid Development"));
	let million = 1_000_000 * grid_primitives::token::TFT;
	assert_eq!(node.chain().balance(&Person::Alice.to_account_id()), million);
}

#[test]
fn a_chain_with_tmp_leaves_nothing_behind() {
	let home = tempfile::tempdir().unwrap();
	let mut process = grid_stories::built("grid-node")
		.args(["--dev", "--tmp", "--no-prometheus", "--rpc-port", "0", "--port", "0"])
		.env("TMPDIR", home.path())
		.env("HOME", home.path())
		.stderr(std::process::Stdio::null())
		.spawn()
		.unwrap();
	let entries = || std::fs::read_dir(home.path()).unwrap().count();
	eventually("the node has a folder", SOON, || (entries() > 0).then_some(()));
	// SAFETY: the process is our child and was not waited for, so the id is its own.
	unsafe { libc::kill(process.id() as libc::pid_t, libc::SIGTERM) };
	assert!(process.wait().unwrap().success());
	assert_eq!(entries(), 0, "the folder is gone");
}

#[test]
fn a_chain_goes_on_where_it_was_killed() {
	let mut node = NodeBuilder::new("newcomer").args(["--dev"]).start();
	let three = |node: &grid_stories::Node| {
		eventually("blocks are final", SOON, || {
			let number = node.chain().finalized().number;
			(number >= 3).then_some(number)
		})
	};
	let before = three(&node);
	let hash = node.chain().hash_of(before);
	node.kill();
	node.start();
	assert_eq!(node.chain().hash_of(before), hash, "what was final is still there");
	eventually("it goes on", SOON, || (node.chain().finalized().number > before + 2).then_some(()));
}
