use grid_processes::built;
use std::time::Instant;

const ROUNDS: usize = 51;

/// From the start of the program to its end.
pub(crate) fn run() {
	let took = crate::median_of(ROUNDS, || {
		let start = Instant::now();
		let said = built("grid").arg("--help").output().expect("grid can be started");
		assert!(said.status.success() && !said.stdout.is_empty());
		start.elapsed().as_secs_f64()
	});
	println!("grid-help: {:.1} ms (bar: ≤ 20 ms)", took * 1_000.0);
}
