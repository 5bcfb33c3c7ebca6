use anyhow::bail;
use grid_benchmarks::chosen;
use zdb_store::simulation::{trial, Trial};

const LIVES: u64 = 400;
const STEPS: u64 = 1500;

pub(crate) fn run() -> anyhow::Result<()> {
	let (mut sum, mut wrong) = (Trial::default(), 0);
	// As with the long runs of everything: so many storms, of which none was before.
	let lives = chosen("GRID_SOAK", LIVES / 10).saturating_mul(10);
	let first = chosen("GRID_SEED", 0) << 32;
	for seed in first + 1..=first + lives {
		match trial(seed, STEPS) {
			Ok(life) => {
				sum.changes += life.changes;
				sum.kills += life.kills;
				sum.cuts += life.cuts;
				sum.closes += life.closes;
				sum.refused += life.refused;
			},
			Err(error) => {
				wrong += 1;
				println!("{error}");
			},
		}
	}
	let Trial { changes, kills, cuts, closes, refused } = sum;
	println!("{changes} changes, {refused} batches refused by the disk");
	println!("{kills} kills, {cuts} power cuts, {closes} gentle ends");
	println!(
		"zdb-crash: {wrong} lost or wrong in {} ends tried (bar: 0 lost, 0 wrong)",
		kills + cuts + closes
	);
	if wrong > 0 {
		bail!("the store is not what it should be");
	}
	Ok(())
}
