use crate::{
	load::{alternate, By, Load, Pair},
	server::{Durability, Kind},
};

const CLIENTS: usize = 50;
/// What a run of SET writes, at most, and what a run of GET reads.
const VOLUME: usize = 1 << 30;
/// How many commands a run has, at most: one at a time is slow enough that fewer tell as much.
const MOST: usize = 1_000_000;
const MOST_SINGLE: usize = 300_000;
/// What GET reads, which is there.
const READ: usize = 128 << 20;
/// So many keys that hardly any is chosen twice.
const NEW_KEYS: usize = 1_000_000_000;

struct Cell {
	name: String,
	pair: Pair,
	bar: f64,
}

fn bar(pipeline: usize, size: usize, command: &str) -> f64 {
	match (pipeline, size, command) {
		(16, 65536, "set") => 2.5,
		(1, ..) => 0.95,
		_ => 1.0,
	}
}

pub(crate) fn run() -> anyhow::Result<()> {
	// Of all cells those alone whose name begins like that: `tcp`, `unix P1 `, …
	let wanted = std::env::var("GRID_CELLS").unwrap_or_default();
	let mut cells = Vec::new();
	for by in [By::Tcp, By::Unix] {
		for pipeline in [16, 1] {
			for size in [64, 512, 4096, 65536] {
				let name = format!("{:<4} P{pipeline:<2} {size:>5} B", by.name());
				if !name.starts_with(&wanted) {
					continue;
				}
				let most = if pipeline == 1 { MOST_SINGLE } else { MOST };
				let requests = most.min(VOLUME / size);
				let load = Load { by, clients: CLIENTS, pipeline, size, requests, keys: NEW_KEYS };
				let keys = (READ / size).min(MOST);
				let read = Load { keys, ..load };
				let fill = Load { requests: 2 * keys, pipeline: 16, ..read };
				let pairs = alternate(Durability::Second, |server| {
					let set = load.rate(server, "set")?;
					fill.rate(server, "set")?;
					Ok([set, read.rate(server, "get")?])
				})?;
				for (pair, command) in pairs.into_iter().zip(["set", "get"]) {
					let name = format!("{name} {command}");
					let (redis, zdb) = (pair.rate(Kind::Redis), pair.rate(Kind::Zdb));
					let (ratio, bar) = (pair.ratio(), bar(pipeline, size, command));
					println!(
						"{name}  redis {redis:>9.0}/s  zdb {zdb:>9.0}/s  {ratio:.2} × (bar: ≥ {bar} ×)"
					);
					cells.push(Cell { name, pair, bar });
				}
			}
		}
	}
	cells.sort_by(|one, other| {
		(one.pair.ratio() / one.bar).total_cmp(&(other.pair.ratio() / other.bar))
	});
	for Cell { name, pair, bar } in cells.into_iter().take(1) {
		let ratio = pair.ratio();
		println!("zdb-bench: {ratio:.2} × redis in the worst cell, {name} (bar: ≥ {bar} ×)");
	}
	Ok(())
}
