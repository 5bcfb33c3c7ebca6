//! What passes between two containers on two machines in a second, beside what `wireguard-go` lets
//! pass between the machines, and what passes without a tunnel.

use crate::tunnels::{Tunnels, Way};
use grid_benchmarks::{chosen, quantile};
use serde_json::Value;
use std::{process::Command, thread::sleep, time::Duration};

const ROUNDS: u64 = 7;
const SECONDS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(300);

pub(crate) fn run() {
	let tunnels = Tunnels::new();
	// Gigabits a second, and seconds of a core for each gigabit, of each way.
	let mut all: [Vec<(f64, f64)>; 3] = Default::default();
	for _ in 0..chosen("GRID_ROUNDS", ROUNDS) {
		for (way, taken) in tunnels.ways.iter().zip(&mut all) {
			let before = way.processor_seconds();
			let gigabits = pass(way);
			let seconds = way.processor_seconds() - before;
			taken.push((gigabits / f64::from(SECONDS), seconds / gigabits));
		}
	}
	let half = |values: Vec<f64>| quantile(&values, 0.5);
	for (way, taken) in tunnels.ways.iter().zip(&all) {
		let rate = half(taken.iter().map(|it| it.0).collect());
		let cost = half(taken.iter().map(|it| it.1).collect());
		println!("{}: {rate:.2} Gbit/s, {cost:.3} core-seconds a Gbit in both tunnels", way.name);
	}
	let [_, theirs, ours] = &all;
	let ratios = ours.iter().zip(theirs).map(|(ours, theirs)| ours.0 / theirs.0).collect();
	println!("wg-throughput: {:.2} times wireguard-go (bar: ≥ 2)", half(ratios));
}

/// Pass what can be passed in some seconds: so many gigabits.
fn pass(way: &Way) -> f64 {
	let within = |path: &std::path::Path| {
		let mut command = Command::new("nsenter");
		command.arg(format!("--net={}", path.display())).arg("iperf3");
		command
	};
	let server =
		within(&way.to).args(["-s", "-1", "-J"]).stdout(std::process::Stdio::null()).spawn();
	let mut server = server.expect("iperf3 can be started");
	sleep(PAUSE);
	let seconds = SECONDS.to_string();
	let address = way.address.to_string();
	let output = within(&way.from).args(["-c", &address, "-t", &seconds, "-J"]).output();
	let said: Value = serde_json::from_slice(&output.expect("iperf3 can be started").stdout)
		.expect("it says what passed");
	server.wait().expect("it is a child");
	let bytes = said["end"]["sum_received"]["bytes"].as_f64();
	bytes.unwrap_or_else(|| panic!("{}: {said}", way.name)) * 8.0 / 1e9
}
