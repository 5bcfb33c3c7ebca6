//! People use wallets made with polkadot.js.

use grid_stories::NodeBuilder;
use std::process::Command;

/// Run one of the scripts in `tests/js`, which prints what it has seen.
pub(crate) fn javascript(script: &str, argument: &str) {
	let output = Command::new("node")
		.arg(format!("js/{script}"))
		.arg(argument)
		.output()
		.expect("node is installed: scripts/setup.sh does it");
	let said = String::from_utf8_lossy(&output.stdout);
	assert!(
		output.status.success(),
		"{script} failed:\n{said}{}",
		String::from_utf8_lossy(&output.stderr)
	);
	assert!(said.contains("ok - "), "{script} checked nothing");
}

#[test]
fn polkadot_js_reads_signs_and_follows() {
	let node = NodeBuilder::new("newcomer").args(["--dev"]).start();
	javascript("wallet.mjs", &format!("ws://127.0.0.1:{}", node.rpc_port));
}

#[test]
fn what_our_guides_name_in_wallets_is_there() {
	let node = NodeBuilder::new("guide").args(["--dev"]).start();
	javascript("guide.mjs", &format!("ws://127.0.0.1:{}", node.rpc_port));
}
