//! What a damaged disk costs: the key that is damaged, and nothing else.

use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use zdb_store::{
	simulation::{Dice, SimulatedDisk},
	Check, Compaction, NamespaceId, Options, Set, Settings, Store, Sync,
};

fn options(disk: &SimulatedDisk) -> Options {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = Sync::Always;
	options.segment_bytes = 16 << 10;
	options.cache_bytes = 64 << 10;
	options.reserve_bytes = 0;
	options.compaction = Compaction::Off;
	options
}

fn key(number: u32) -> Vec<u8> {
	format!("key-{number}").into_bytes()
}

fn value(number: u32) -> Vec<u8> {
	format!("the value of {number} ").repeat(1 + number as usize % 40).into_bytes()
}

fn filled(disk: &SimulatedDisk, keys: u32) -> (Store, NamespaceId) {
	let mut store = Store::open(options(disk)).expect("an empty disk is a new store");
	let id = store.create(b"default", Settings::default()).expect("there is none yet");
	for number in 0..keys {
		store.set(id, &key(number), &value(number), number).expect("there is room");
		store.commit().expect("the disk works");
	}
	(store, id)
}

/// How many keys are well. None is wrong, and none is said to be missing.
fn well(store: &mut Store, id: NamespaceId, keys: u32) -> u32 {
	let mut good = 0;
	for number in 0..keys {
		let mut found = Vec::new();
		match store.get(id, &key(number), &mut found) {
			Ok(true) => {
				assert!(found == value(number), "{number} is read wrong");
				good += 1;
			},
			Ok(false) => panic!("{number} is missing, and nobody says that it is damaged"),
			Err(_) => assert_ne!(store.check(id, &key(number)).ok(), Some(Check::Good)),
		}
	}
	good
}

/// Flips bits of the files of a store that was closed, one in each of many copies of it.
fn flip(disk: &SimulatedDisk, keys: u32, rounds: u32) {
	let mut dice = Dice::new(7);
	for round in 0..rounds {
		let rotten = disk.copy();
		let files = rotten.files();
		let (name, length) = &files[dice.below(files.len() as u64) as usize];
		let bit = dice.below(*length as u64 * 8) as usize;
		rotten.rot(name, |bytes| bytes[bit / 8] ^= 1 << (bit % 8));
		if round % 2 == 0 {
			rotten.lose("index");
		}
		let mut store = match Store::open(options(&rotten)) {
			Ok(store) => store,
			Err(error) => panic!("bit {bit} of {name}: {error}"),
		};
		let id = store.find(b"default").expect("a flipped bit does not cost the namespace");
		let good = well(&mut store, id, keys);
		assert!(good + 1 >= keys, "bit {bit} of {name} costs {} keys", keys - good);
	}
}

#[test]
fn a_flipped_bit_costs_one_key_at_most() {
	const KEYS: u32 = 60;
	let disk = SimulatedDisk::new();
	let (store, _) = filled(&disk, KEYS);
	store.close().expect("the disk works");
	flip(&disk, KEYS, 600);
}

#[test]
fn a_flipped_bit_of_a_compacted_log_costs_one_key_at_most() {
	const KEYS: u32 = 60;
	let disk = SimulatedDisk::new();
	let compaction = Compaction::When { dead_percent: 20 };
	let mut store = Store::open(Options { compaction, ..options(&disk) }).expect("it is new");
	let id = store.create(b"default", Settings::default()).expect("there is none yet");
	for round in 0..8 {
		for number in 0..KEYS {
			let value =
				if round < 7 { format!("{round}").repeat(300).into() } else { value(number) };
			// Some keys are only written once, at the beginning.
			if round == 0 || number % 5 > 0 {
				let value = if number % 5 > 0 { value } else { self::value(number) };
				store.set(id, &key(number), &value, number).expect("there is room");
			}
			store.commit().expect("the disk works");
			store.maintain().expect("the disk works");
		}
	}
	let is_compacted = |name: &str| name.ends_with(".seg") && !name.ends_with("-0000.seg");
	let begun = Instant::now();
	while !disk.files().iter().any(|(name, _)| is_compacted(name)) {
		assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", disk.files());
		store.maintain().expect("the disk works");
		std::thread::sleep(Duration::from_micros(20));
	}
	// All that is worth it.
	for _ in 0..5_000 {
		store.maintain().expect("the disk works");
		std::thread::sleep(Duration::from_micros(20));
	}
	assert_eq!(well(&mut store, id, KEYS), KEYS);
	store.close().expect("the disk works");
	flip(&disk, KEYS, 600);
}

#[test]
fn a_sector_that_cannot_be_read_costs_its_keys_only() {
	const KEYS: u32 = 100;
	let disk = SimulatedDisk::new();
	let (store, _) = filled(&disk, KEYS);
	store.close().expect("the disk works");
	let mut store = Store::open(options(&disk)).expect("it was closed well");
	let id = store.find(b"default").expect("it was made");
	let name = disk.files()[1].0.clone();
	disk.misbehave(|faults| faults.unreadable = Some((name, 4096..4608)));
	let good = well(&mut store, id, KEYS);
	assert!(good < KEYS, "nothing was in that sector");
	assert!(good >= KEYS - 6, "a sector of 512 bytes costs {} keys", KEYS - good);
	disk.misbehave(|faults| faults.unreadable = None);
	assert_eq!(well(&mut store, id, KEYS), KEYS, "it can be read again");
}

#[test]
fn a_damaged_key_can_be_written_again_and_deleted() {
	let disk = SimulatedDisk::new();
	let (store, _) = filled(&disk, 3);
	store.close().expect("the disk works");
	let segment = disk.files().remove(0).0;
	disk.rot(&segment, |bytes| {
		let at = bytes.windows(14).position(|part| part == b"the value of 1").expect("it is there");
		bytes[at + 3] = b'!';
	});
	let mut store = Store::open(options(&disk)).expect("one value is damaged");
	let id = store.find(b"default").expect("it was made");
	assert_eq!(store.check(id, &key(1)).ok(), Some(Check::Damaged));
	assert_eq!(store.check_all().expect("the disk reads").damaged.len(), 1);
	assert_eq!(store.set(id, &key(1), b"new", 9).ok(), Some(Set::Written));
	let mut found = Vec::new();
	assert!(store.get(id, &key(1), &mut found).expect("it is new") && found == b"new");
	assert!(store.delete(id, &key(1), 9).expect("the disk works"));
	assert_eq!(store.check(id, &key(1)).ok(), Some(Check::Missing));
}

#[test]
fn a_torn_tail_is_dropped_at_every_byte() {
	const KEYS: u32 = 6;
	let disk = SimulatedDisk::new();
	let (mut store, id) = filled(&disk, KEYS);
	let end = |disk: &SimulatedDisk| disk.files().last().map_or(0, |(_, length)| *length);
	let before = end(&disk);
	store.set(id, b"torn", &value(5), 1).expect("there is room");
	store.commit().expect("the disk works");
	let after = end(&disk);
	disk.power_off();
	drop(store);
	disk.restart();
	for cut in before..=after {
		for zeroed in [false, true] {
			let torn = disk.copy();
			let name = torn.files().pop().expect("there is a segment").0;
			torn.rot(&name, |bytes| {
				bytes.truncate(cut);
				if zeroed {
					bytes.resize(after, 0);
				}
			});
			let mut store = Store::open(options(&torn)).expect("a torn tail is no obstacle");
			let id = store.find(b"default").expect("it was made");
			assert_eq!(well(&mut store, id, KEYS), KEYS, "cut at {cut}");
			let there = store.exists(id, b"torn").expect("it can be told");
			// The last byte of the value, and the padding after it, are zeros or not there.
			assert!(cut < after || there, "all of it is there");
			store.set(id, b"next", b"goes on", 2).expect("there is room");
			store.commit().expect("the disk works");
			store.close().expect("the disk works");
			let mut store = Store::open(options(&torn)).expect("it was closed well");
			assert!(store.exists(id, b"next").expect("it can be told"));
			assert_eq!(well(&mut store, id, KEYS), KEYS, "cut at {cut}, and opened again");
		}
	}
}

#[test]
fn damage_before_what_was_durable_is_no_torn_tail() {
	let disk = SimulatedDisk::new();
	let (store, _) = filled(&disk, 40);
	disk.power_off();
	drop(store);
	disk.restart();
	let name = disk.files().remove(0).0;
	disk.rot(&name, |bytes| bytes[600..660].fill(0xEE));
	let mut store = Store::open(options(&disk)).expect("some records are damaged");
	let start = store.recovered();
	assert!(start.damaged > 0 && start.dropped_bytes == 0, "{name}: {start:?}");
	let id = store.find(b"default").expect("it was made");
	let newest = (30..40).filter(|number| store.exists(id, &key(*number)).unwrap_or(false));
	assert_eq!(newest.count(), 10, "what was written later is there");
}
