//! The benchmarks of the command line. Each prints its figure last.

mod help;
mod plan;
mod status;

use grid_benchmarks::{median, Benchmark};
use std::process::ExitCode;

const BENCHMARKS: [Benchmark<()>; 3] = [
	("plan-1000", "a plan of 1 000 workloads over 10 000 nodes", plan::run),
	("grid-help", "grid says what it can", help::run),
	("grid-status", "grid tells how 100 contracts are", status::run),
];

fn main() -> ExitCode {
	grid_benchmarks::run(&BENCHMARKS)
}

/// The middle of what something took, so many times, in seconds.
fn median_of(rounds: usize, run: impl FnMut() -> f64) -> f64 {
	let took: Vec<f64> = std::iter::repeat_with(run).take(rounds).collect();
	median(&took)
}
