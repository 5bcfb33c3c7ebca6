//! Checkpoints that are taken while namespaces come and go.

use std::{
	collections::BTreeMap,
	sync::Arc,
	time::{Duration, Instant},
};
use zdb_store::{simulation::SimulatedDisk, Mode, NamespaceId, Options, Settings, Store, Sync};

/// More than go to a checkpoint at a time.
const KEYS: u32 = 40_000;

fn open(disk: &SimulatedDisk) -> Store {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = Sync::Os;
	options.segment_bytes = 64 << 10;
	Store::open(options).expect("the disk works")
}

fn write(store: &mut Store, id: NamespaceId, keys: std::ops::Range<u32>, round: u32) {
	for number in keys {
		let value = (number ^ round).to_le_bytes().repeat(5);
		store.set(id, &number.to_le_bytes(), &value, round).expect("there is room");
		if number % 100 == 99 {
			store.commit().expect("the disk works");
		}
	}
	store.commit().expect("the disk works");
}

/// Key and value length are of no interest, the round is.
fn rounds(store: &mut Store, id: NamespaceId) -> BTreeMap<Vec<u8>, u32> {
	let mut all = BTreeMap::new();
	let mut cursor = None;
	loop {
		let page = store.scan(id, cursor, zdb_store::Direction::Forward, 1000);
		let page = page.expect("all can be read");
		for item in page.items {
			assert!(all.insert(item.key, item.timestamp).is_none(), "a key is met twice");
		}
		cursor = page.next;
		if cursor.is_none() {
			return all;
		}
	}
}

/// A store in the middle of a checkpoint, after so many calls.
fn in_the_middle(disk: &SimulatedDisk, calls: u32) -> (Store, NamespaceId, NamespaceId) {
	let mut store = open(disk);
	let tenant = store.create(b"tenant", Settings::default()).expect("it is new");
	let other = store.create(b"other", Settings::default()).expect("it is new");
	write(&mut store, tenant, 0..KEYS, 1);
	write(&mut store, other, 0..1000, 1);
	for _ in 0..calls {
		store.maintain().expect("the disk works");
	}
	(store, tenant, other)
}

/// Ends the checkpoint, and then the process. What is there at the next start?
fn after_a_kill(mut store: Store, disk: &SimulatedDisk) -> Store {
	let begun = Instant::now();
	while !disk.files().iter().any(|(name, _)| name == "index") {
		assert!(begun.elapsed() < Duration::from_secs(60), "no checkpoint is taken");
		store.maintain().expect("the disk works");
		std::thread::sleep(Duration::from_micros(50));
	}
	store.commit().expect("the disk works");
	let expected: Vec<_> = everything(&mut store);
	disk.power_off();
	drop(store);
	disk.restart();
	let mut store = open(disk);
	assert!(store.recovered().checkpoint, "there is no checkpoint");
	let found = everything(&mut store);
	for (found, expected) in found.iter().zip(&expected) {
		let lengths = (found.1.len(), expected.1.len());
		assert!(found == expected, "{}: {lengths:?}", found.0.escape_ascii());
	}
	assert_eq!(found.len(), expected.len());
	store
}

/// The rounds of a namespace's keys, and the length of its values.
type Seen = (Vec<u8>, BTreeMap<Vec<u8>, u32>, u64);

fn everything(store: &mut Store) -> Vec<Seen> {
	let all: Vec<_> = store.namespaces().map(|(id, name)| (id, name.to_vec())).collect();
	let mut found = Vec::new();
	for (id, name) in all {
		let bytes = store.info(id).expect("it is there").data_bytes;
		found.push((name, rounds(store, id), bytes));
	}
	found
}

#[test]
fn they_are_taken_though_somebody_empties_a_namespace_all_the_time() {
	let disk = SimulatedDisk::new();
	let (mut store, tenant, other) = in_the_middle(&disk, 0);
	let before = store.stats().unsaved_bytes;
	let (mut least, begun) = (before, Instant::now());
	for round in 0.. {
		store.flush(tenant).expect("it is there");
		write(&mut store, tenant, 0..10, round);
		store.maintain().expect("the disk works");
		least = least.min(store.stats().unsaved_bytes);
		if least < before / 4 {
			break;
		}
		let in_time = begun.elapsed() < Duration::from_secs(60);
		assert!(in_time, "a start would read {least} bytes still");
		std::thread::sleep(Duration::from_micros(50));
	}
	assert_eq!(rounds(&mut store, other).len(), 1000);
	after_a_kill(store, &disk);
}

#[test]
fn what_is_emptied_or_removed_in_between_is_right_after_a_kill() {
	for calls in 0..12 {
		let disk = SimulatedDisk::new();
		let (mut store, tenant, other) = in_the_middle(&disk, calls);
		write(&mut store, tenant, 100..300, 2);
		store.flush(tenant).expect("it is there");
		write(&mut store, tenant, 200..9_000, 3);
		write(&mut store, other, 500..1500, 3);
		after_a_kill(store, &disk);

		let disk = SimulatedDisk::new();
		let (mut store, tenant, other) = in_the_middle(&disk, calls);
		store.remove(tenant).expect("it is there");
		let again = store.create(b"tenant", Settings::default()).expect("the name is free");
		write(&mut store, again, 200..500, 3);
		write(&mut store, other, 500..1500, 3);
		after_a_kill(store, &disk);

		let disk = SimulatedDisk::new();
		let (mut store, tenant, _) = in_the_middle(&disk, calls);
		store.flush(tenant).expect("it is there");
		let settings = Settings { mode: Mode::Sequential, ..Settings::default() };
		store.change(tenant, settings).expect("it is empty");
		for _ in 0..700 {
			store.append(tenant, b"value", 4).expect("there is room");
		}
		let mut store = after_a_kill(store, &disk);
		assert_eq!(store.append(tenant, b"value", 4).expect("there is room"), 700);
	}
}
