//! The benchmarks of zdb. Each starts servers of its own, in temporary folders, and prints its
//! figure last.

mod cells;
mod crash;
mod durable;
mod load;
mod memory;
mod replica;
mod restart;
mod server;

use std::process::ExitCode;

type Benchmark = fn() -> anyhow::Result<()>;

const BENCHMARKS: [(&str, &str, Benchmark); 6] = [
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
	("zdb-replica", "how far a replica is behind, and how fast it copies all", replica::run),
	("zdb-crash", "what is lost in random lives with kills and power cuts", crash::run),
];

fn main() -> ExitCode {
	let words: Vec<_> = std::env::args().skip(1).collect();
	let wanted = words.first().map(String::as_str);
	match BENCHMARKS.iter().find(|(name, ..)| Some(*name) == wanted) {
		Some((.., run)) if words.len() == 1 => match run() {
			Ok(()) => ExitCode::SUCCESS,
			Err(error) => {
				eprintln!("zdb-bench: {error:#}");
				ExitCode::FAILURE
			},
		},
		_ => {
			if let Some(name) = wanted {
				eprintln!("there is no benchmark called '{name}'; these are:");
			}
			for (name, what, _) in BENCHMARKS {
				println!("{name:12} {what}");
			}
			ExitCode::from(if wanted.is_some() { 2 } else { 0 })
		},
	}
}
