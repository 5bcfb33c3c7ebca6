//! Random lives of a store beside a model of it: changes, scans, kills, power cuts, failing disks.
//!
//! `GRID_SOAK=n` lives ten times as many lives, and `GRID_SEED` chooses which.

use zdb_store::simulation::trial;

#[test]
fn a_store_is_always_what_the_model_says() {
	let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
	let lives = number("GRID_SOAK").map_or(60, |storms| storms * 10);
	let first = number("GRID_SEED").unwrap_or(0) << 32;
	for seed in first + 1..=first + lives {
		trial(seed, 1500).unwrap_or_else(|error| panic!("{error}"));
	}
}
