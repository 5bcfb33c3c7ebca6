//! Measures the store by itself, in one thread: `zdb-store-bench FOLDER [speed|memory|restart]`.

use std::{
	path::{Path, PathBuf},
	time::Instant,
};
use zdb_store::{Compaction, NamespaceId, Options, Settings, Store, Sync};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// How many changes go to a batch, as with fifty clients that send sixteen at a time.
const BATCH: u64 = 800;

fn main() -> Outcome {
	let mut arguments = std::env::args().skip(1);
	let folder = PathBuf::from(arguments.next().ok_or("say in which folder to measure")?);
	match arguments.next().as_deref() {
		None | Some("speed") => speed(&folder),
		Some("memory") => memory(&folder, count(arguments.next())?),
		Some("restart") => restart(&folder, count(arguments.next())?),
		Some("fill") => fill(&folder, count(arguments.next())?).map(|store| {
			// As after kill -9: nothing is written down.
			drop(store);
		}),
		Some(other) => Err(format!("{other} cannot be measured").into()),
	}
}

fn count(argument: Option<String>) -> Outcome<u64> {
	Ok(argument.map_or(Ok(1_000_000), |argument| argument.parse())?)
}

fn key(number: u64) -> [u8; 16] {
	let mut key = *b"key:000000000000";
	let mut rest = number;
	for digit in key[4..].iter_mut().rev() {
		*digit = b'0' + (rest % 10) as u8;
		rest /= 10;
	}
	key
}

fn mixed(number: u64) -> u64 {
	let mut hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
	hash ^= hash >> 32;
	hash.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 16
}

fn options(folder: &Path) -> Options {
	let mut options = Options::new(folder);
	options.sync = Sync::Os;
	options
}

fn open(options: Options) -> Outcome<(Store, NamespaceId)> {
	let mut store = Store::open(options)?;
	let id = match store.find(b"default") {
		Some(id) => id,
		None => store.create(b"default", Settings::default())?,
	};
	Ok((store, id))
}

fn fresh(folder: &Path, name: &str) -> Outcome<PathBuf> {
	let folder = folder.join(name);
	if folder.exists() {
		std::fs::remove_dir_all(&folder)?;
	}
	Ok(folder)
}

fn speed(folder: &Path) -> Outcome {
	for size in [64usize, 512, 4096, 65536] {
		let folder = fresh(folder, "speed")?;
		let (mut store, id) = open(options(&folder))?;
		let rounds = (2_000_000_000 / (size as u64 + 600)).min(2_000_000);
		let keys = rounds.min(1_000_000);
		let mut value = vec![7; size];
		let began = Instant::now();
		for round in 0..rounds {
			value[..8].copy_from_slice(&round.to_le_bytes());
			store.set(id, &key(mixed(round) % keys), &value, 0)?;
			if round % BATCH == 0 {
				store.commit()?;
				store.maintain()?;
			}
		}
		store.commit()?;
		let set = rounds as f64 / began.elapsed().as_secs_f64();
		let mut out = Vec::new();
		let mut found = 0u64;
		let reads = rounds * 2;
		let began = Instant::now();
		for round in 0..reads {
			out.clear();
			found += u64::from(store.get(id, &key(mixed(round) % keys), &mut out)?);
		}
		let get = reads as f64 / began.elapsed().as_secs_f64();
		println!("{size:>6} B: {:>8.0} set/s {:>8.0} get/s ({found} of {reads} found)", set, get);
		drop(store);
		std::fs::remove_dir_all(&folder)?;
	}
	durable(folder)
}

/// One change at a time, each on the disk before the next.
fn durable(folder: &Path) -> Outcome {
	let folder = fresh(folder, "durable")?;
	for batch in [1u64, 50] {
		let (mut store, id) = open(Options { sync: Sync::Always, ..options(&folder) })?;
		let mut value = vec![7; 4096];
		let rounds = 5_000 * batch.min(10);
		let began = Instant::now();
		for round in 0..rounds {
			value[..8].copy_from_slice(&(round * 100 + batch).to_le_bytes());
			store.set(id, &key(mixed(round)), &value, 0)?;
			if round % batch == 0 {
				store.commit()?;
			}
		}
		store.commit()?;
		let rate = rounds as f64 / began.elapsed().as_secs_f64();
		println!("  4096 B: {rate:>8.0} set/s on the disk, {batch} at a time");
	}
	std::fs::remove_dir_all(&folder)?;
	Ok(())
}

/// What the system says that this process has in memory.
fn resident() -> Outcome<u64> {
	let status = std::fs::read_to_string("/proc/self/status")?;
	let line = status.lines().find(|line| line.starts_with("VmRSS")).ok_or("no memory is said")?;
	let kib: u64 = line.split_whitespace().nth(1).ok_or("no number is said")?.parse()?;
	Ok(kib << 10)
}

fn fill(folder: &Path, keys: u64) -> Outcome<Store> {
	let folder = fresh(folder, "fill")?;
	let mut options = options(&folder);
	options.cache_bytes = 1 << 20;
	options.compaction = Compaction::Off;
	let (mut store, id) = open(options)?;
	for number in 0..keys {
		store.set(id, &key(number), &[7; 64], 0)?;
		if number % BATCH == 0 {
			store.commit()?;
			store.maintain()?;
		}
	}
	store.commit()?;
	Ok(store)
}

fn memory(folder: &Path, keys: u64) -> Outcome {
	let before = resident()?;
	let store = fill(folder, keys)?;
	let each = (resident()? - before) as f64 / keys as f64;
	let id = store.find(b"default").ok_or("the namespace is gone")?;
	let index = store.info(id).map_or(0, |info| info.index_bytes) as f64 / keys as f64;
	println!("{keys} keys: {each:.1} bytes each in memory, {index:.1} of them the index");
	drop(store);
	std::fs::remove_dir_all(folder.join("fill"))?;
	Ok(())
}

fn restart(folder: &Path, keys: u64) -> Outcome {
	let store = fill(folder, keys)?;
	drop(store);
	let mut options = options(&folder.join("fill"));
	options.cache_bytes = 1 << 20;
	let millions = keys as f64 / 1e6;
	let began = Instant::now();
	let store = Store::open(options.clone())?;
	let seconds = began.elapsed().as_secs_f64() / millions;
	println!("{keys} keys, as after a kill: {seconds:.3} s a million, {:?}", store.recovered());
	store.close()?;
	let began = Instant::now();
	let store = Store::open(options.clone())?;
	let seconds = began.elapsed().as_secs_f64() / millions;
	println!("{keys} keys, after a close: {seconds:.3} s a million, {:?}", store.recovered());
	drop(store);
	std::fs::remove_file(folder.join("fill/index"))?;
	let began = Instant::now();
	let store = Store::open(options)?;
	let seconds = began.elapsed().as_secs_f64() / millions;
	println!("{keys} keys, from the data: {seconds:.3} s a million, {:?}", store.recovered());
	drop(store);
	std::fs::remove_dir_all(folder.join("fill"))?;
	Ok(())
}
