//! What programs of benchmarks have in common: each runs the one that is named, or lists them.

use std::process::{ExitCode, Termination};

/// A name, what it tells, and what measures and prints it, the figure last.
pub type Benchmark<T> = (&'static str, &'static str, fn() -> T);

/// Run the one that is named by whoever started this program, or list them all.
pub fn run<T: Termination>(benchmarks: &[Benchmark<T>]) -> ExitCode {
	let words: Vec<_> = std::env::args().skip(1).collect();
	let wanted = words.first().map(String::as_str);
	match benchmarks.iter().find(|(name, ..)| Some(*name) == wanted) {
		Some((.., run)) if words.len() == 1 => run().report(),
		_ => {
			if let Some(name) = wanted {
				eprintln!("there is no benchmark called '{name}'; these are:");
			}
			for (name, what, _) in benchmarks {
				println!("{name:15} {what}");
			}
			ExitCode::from(if wanted.is_some() { 2 } else { 0 })
		},
	}
}

/// The value that so large a share of all is not above.
pub fn quantile(values: &[f64], share: f64) -> f64 {
	let mut sorted = values.to_vec();
	sorted.sort_by(f64::total_cmp);
	sorted[(share * (sorted.len() - 1) as f64).round() as usize]
}

/// The one in the middle.
pub fn median(values: &[f64]) -> f64 {
	quantile(values, 0.5)
}

/// A number that whoever runs a benchmark can choose, in the environment.
pub fn chosen(variable: &str, otherwise: u64) -> u64 {
	let text = std::env::var(variable).ok();
	text.map_or(otherwise, |text| text.parse().expect("it is a whole number"))
}
