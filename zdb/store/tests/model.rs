//! Random lives of a store beside a model of it: changes, scans, kills, power cuts, failing disks.
//!
//! `ZDB_SOAK=n` lives n lives instead of a few.

use zdb_store::simulation::trial;

#[test]
fn a_store_is_always_what_the_model_says() {
	let lives = std::env::var("ZDB_SOAK").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
	for seed in 1..=lives {
		trial(seed, 1500).unwrap_or_else(|error| panic!("{error}"));
	}
}
