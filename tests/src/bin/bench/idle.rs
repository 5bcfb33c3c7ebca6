use grid_stories::NodeBuilder;
use std::{fs, thread::sleep, time::Duration};

pub(crate) fn run() {
	let node = NodeBuilder::new("idle").args(["--dev"]).start();
	sleep(Duration::from_secs(60));
	let process = node.process_id().expect("it runs");
	let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
	let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
	let kilobytes: f64 = resident
		.and_then(|text| text.trim().strip_suffix(" kB"))
		.and_then(|text| text.parse().ok())
		.expect("the kernel counts memory");
	println!("idle: {:.0} MB (bar: ≤ 200 MB)", kilobytes / 1024.0);
}
