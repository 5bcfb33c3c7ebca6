use grid_stories::{eventually, NodeBuilder};
use std::time::{Duration, Instant};

pub(crate) fn run() {
	let mut node = NodeBuilder::new("start").args(["--dev"]).start();
	let first_block = |node: &grid_stories::Node, above: u32| {
		eventually("a block is made", Duration::from_secs(60), || {
			(node.chain().best().number > above).then_some(())
		});
	};
	first_block(&node, 0);
	node.stop();
	let start = Instant::now();
	node.start();
	let before = node.chain().best().number;
	first_block(&node, before);
	println!("start: {:.1} s (bar: ≤ 10 s)", start.elapsed().as_secs_f64());
}
