//! Measures what the calls of pallets cost, and writes it as Rust. `scripts/weights.sh` runs it.

mod bench;
mod page;

use anyhow::{ensure, Context, Result};
use bench::Bench;
use std::{fs, path::Path};

fn main() -> Result<()> {
	let mut arguments = std::env::args().skip(1);
	let folder = arguments.next().context("usage: weigh FOLDER PALLET…")?;
	let wanted: Vec<String> = arguments.collect();

	let bench = Bench::new()?;
	let pallets = bench.pallets()?;
	for name in &wanted {
		let known: Vec<_> = pallets.iter().map(|it| it.name.as_str()).collect();
		ensure!(known.contains(&&**name), "no pallet {name}: there are {}", known.join(", "));
	}
	for pallet in pallets.iter().filter(|it| wanted.contains(&it.name)) {
		let mut costs = Vec::new();
		for function in &pallet.functions {
			eprintln!("{}::{}", pallet.name, function.name);
			let cost = bench.measure(pallet, function).with_context(|| {
				format!("{}::{} cannot be measured", pallet.name, function.name)
			})?;
			costs.push(cost);
		}
		let file = Path::new(&folder).join(format!("{}.rs", pallet.name));
		fs::write(&file, page::write(&pallet.name, &costs)?)
			.with_context(|| format!("{} cannot be written", file.display()))?;
	}
	Ok(())
}
