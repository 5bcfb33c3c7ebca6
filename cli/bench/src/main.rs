//! The benchmarks of the command line. Each prints its figure last.

mod help;
mod plan;
mod status;

use std::process::ExitCode;

const BENCHMARKS: [(&str, &str, fn()); 3] = [
	("plan-1000", "a plan of 1 000 workloads over 10 000 nodes", plan::run),
	("grid-help", "grid says what it can", help::run),
	("grid-status", "grid tells how 100 contracts are", status::run),
];

fn main() -> ExitCode {
	let words: Vec<_> = std::env::args().skip(1).collect();
	let wanted = words.first().map(String::as_str);
	match BENCHMARKS.iter().find(|(name, ..)| Some(*name) == wanted) {
		Some((.., run)) if words.len() == 1 => {
			run();
			ExitCode::SUCCESS
		},
		_ => {
			if let Some(name) = wanted {
				eprintln!("there is no benchmark called '{name}'; these are:");
			}
			for (name, what, _) in BENCHMARKS {
				println!("{name:15} {what}");
			}
			ExitCode::from(if wanted.is_some() { 2 } else { 0 })
		},
	}
}

/// The middle of what something took, so many times, in seconds.
fn median(rounds: usize, mut run: impl FnMut() -> f64) -> f64 {
	let mut took: Vec<f64> = (0..rounds).map(|_| run()).collect();
	took.sort_by(f64::total_cmp);
	took[rounds / 2]
}
