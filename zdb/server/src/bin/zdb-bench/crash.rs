use anyhow::bail;
use zdb_store::simulation::{trial, Trial};

const LIVES: u64 = 400;
const STEPS: u64 = 1500;

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
	std::env::var(name).ok()?.parse().ok()
}

pub(crate) fn run() -> anyhow::Result<()> {
	let (mut sum, mut wrong) = (Trial::default(), 0);
	// As with the long runs of everything: so many storms, of which none was before.
	let lives = number("GRID_SOAK").map_or(LIVES, |storms| storms.saturating_mul(10));
	let first = number("GRID_SEED").unwrap_or(0) << 32;
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
