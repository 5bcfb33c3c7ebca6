//! The benchmarks of zdb. Each starts servers of its own, in temporary folders, and prints its
//! figure last.

mod cells;
mod crash;
mod durable;
mod load;
mod memory;
mod namespaces;
mod replica;
mod restart;
mod server;

use grid_benchmarks::Benchmark;
use std::process::ExitCode;

const BENCHMARKS: [Benchmark<anyhow::Result<()>>; 7] = [
	("zdb-bench", "SET and GET beside redis, in each cell", cells::run),
	(
		"zdb-durable",
		"SET that is on the disk before it is acknowledged, beside redis",
		durable::run,
	),
	("zdb-memory", "memory of a key of 16 bytes", memory::run),
	(
		"zdb-restart",
		"from a start to the first answer, after a stop and after a kill",
		restart::run,
	),
	("zdb-namespaces", "what thousands of namespaces take", namespaces::run),
	("zdb-replica", "how far a replica is behind, and how fast it copies all", replica::run),
	("zdb-crash", "what is lost in random lives with kills and power cuts", crash::run),
];

fn main() -> ExitCode {
	grid_benchmarks::run(&BENCHMARKS)
}
