use crate::flood::{flood, senders, sign, transfer, WARM_UP_BLOCKS};
use grid_primitives::time::SLOT_MILLIS;
use grid_stories::{built, Node, NodeBuilder};
use std::{path::Path, process::Stdio, time::Instant};

const TRANSFERS: u32 = 160_000;
const PRICE: u128 = 100_000;

/// Sustained transfers: the pool is kept filled, and what counts is in blocks.
pub(crate) fn run() {
	let mut node = NodeBuilder::new("transfers")
		.args(["--dev", "--pool-limit", "30000", "--pool-kbytes", "60000"])
		.start();
	let chain = node.chain();
	let senders = senders(chain, 10_000_000_000);
	let transactions = sign(chain, &senders, 0, TRANSFERS, |sender, _| {
		transfer(&senders[(sender + 1) % senders.len()], PRICE)
	});
	eprintln!("sending; the node logs to {}", node.folder().display());
	let figures = flood(chain, &transactions);
	println!("fullest block: {} transfers", figures.fullest);
	let first = figures.first;
	for block in [WARM_UP_BLOCKS + 3, WARM_UP_BLOCKS + 10, WARM_UP_BLOCKS + 20] {
		let number = first + block;
		let made = node.log();
		let line = made
			.lines()
			.find(|line| line.contains(&format!("Prepared block for proposing at {number} ")));
		if let Some(time) = line.and_then(|line| line.split('(').nth(1)) {
			println!("block {number} was made in {}", time.split(')').next().unwrap_or(time));
		}
	}
	let last = chain.best().number;
	node.stop();
	let each = import(&node, first + WARM_UP_BLOCKS, last);
	println!("a full block is imported in {each:.0} ms, of a slot of {SLOT_MILLIS} ms");
	let rate = figures.included as f64 / figures.seconds;
	println!("transfers: {rate:.0} /s (bar: ≥ 1000 /s)");
}

/// How long a block takes to import, in milliseconds: those after `filled`, which are full. What
/// came before is imported first and not counted.
fn import(node: &Node, filled: u32, last: u32) -> f64 {
	let blocks = node.folder().join("blocks");
	let copy = node.folder().join("copy");
	let run = |command: &str, base: &Path, more: &[&str]| {
		let start = Instant::now();
		let status = built("grid-node")
			.args([command, "--dev", "--base-path"])
			.arg(base)
			.arg(&blocks)
			.args(more)
			.stderr(Stdio::null())
			.status();
		assert!(status.expect("the node is built").success(), "{command} failed");
		start.elapsed().as_secs_f64() * 1000.0
	};
	let base = node.folder();
	run("export-blocks", base, &["--binary", "--to", &filled.to_string()]);
	run("import-blocks", &copy, &["--binary"]);
	let from_nothing = run("import-blocks", &copy, &["--binary"]);
	run(
		"export-blocks",
		base,
		&["--binary", "--from", &(filled + 1).to_string(), "--to", &last.to_string()],
	);
	(run("import-blocks", &copy, &["--binary"]) - from_nothing) / f64::from(last - filled)
}
