//! Counts what ends of all kinds cost a store: `zdb-crash [LIVES] [STEPS]`. Each life is random
//! changes with kills, power cuts and failing disks, compared with a model after each of them.

use zdb_store::simulation::{trial, Trial};

fn main() -> Result<(), Box<dyn std::error::Error>> {
	let mut arguments = std::env::args().skip(1);
	let mut number = |otherwise| arguments.next().map_or(Ok(otherwise), |number| number.parse());
	let (lives, steps): (u64, u64) = (number(200)?, number(1500)?);
	let (mut sum, mut wrong) = (Trial::default(), 0);
	for seed in 1..=lives {
		match trial(seed, steps) {
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
	let tried = sum.kills + sum.cuts + sum.closes;
	let Trial { changes, kills, cuts, refused, .. } = sum;
	println!(
		"{tried} ends ({kills} kills, {cuts} power cuts), {refused} refusals, {changes} changes"
	);
	println!("{wrong} lives lost something that was acknowledged, or read something wrong");
	match wrong {
		0 => Ok(()),
		_ => Err("the store is not what it should be".into()),
	}
}
