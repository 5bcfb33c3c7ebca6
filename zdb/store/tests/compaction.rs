//! What compaction takes and what it leaves.

use std::sync::Arc;
use zdb_store::{
	simulation::SimulatedDisk, Bounds, Compaction, Mode, NamespaceId, Options, Settings, Store,
	Sync, WriteError,
};

fn store(disk: &SimulatedDisk, compaction: Compaction) -> (Store, NamespaceId) {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = Sync::Os;
	options.segment_bytes = 64 << 10;
	options.reserve_bytes = 0;
	options.compaction = compaction;
	let mut store = Store::open(options).expect("the disk works");
	let id = match store.find(b"default") {
		Some(id) => id,
		None => store.create(b"default", Settings::default()).expect("there is none yet"),
	};
	(store, id)
}

fn settle(store: &mut Store) {
	for call in 0..20_000 {
		store.maintain().expect("the disk works");
		// Now and then long enough for the threads of the store, on a machine that has more to do.
		if call % 8 == 0 {
			std::thread::sleep(std::time::Duration::from_micros(20));
		} else {
			std::thread::yield_now();
		}
	}
}

fn overwrite(store: &mut Store, id: NamespaceId, rounds: u32) {
	for number in 0..rounds {
		let key = (number % 200).to_le_bytes();
		store.set(id, &key, &number.to_le_bytes().repeat(50), number).expect("there is room");
		if number % 20 == 0 {
			store.commit().expect("the disk works");
			store.maintain().expect("the disk works");
		}
	}
	store.commit().expect("the disk works");
}

#[test]
fn dead_space_is_given_back() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Compaction::When { dead_percent: 50 });
	overwrite(&mut store, id, 20_000);
	settle(&mut store);
	let stats = store.stats();
	// Twice what lives, the segment that is written, and what no checkpoint has yet.
	let live = stats.log_bytes - stats.dead_bytes;
	let bound = live * 2 + 4 * (64 << 10);
	assert!(stats.log_bytes <= bound, "{stats:?} is more than {bound}");
	for number in 19_800..20_000u32 {
		let mut value = Vec::new();
		assert!(store.get(id, &(number % 200).to_le_bytes(), &mut value).expect("it is well"));
		assert_eq!(value, number.to_le_bytes().repeat(50));
	}
}

#[test]
fn a_store_that_was_emptied_is_given_back_in_pieces() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Compaction::When { dead_percent: 50 });
	for number in 0..10_000u32 {
		store.set(id, &number.to_le_bytes(), &[7; 600], 0).expect("there is room");
		store.commit().expect("the disk works");
	}
	settle(&mut store);
	let count = |disk: &SimulatedDisk| {
		disk.files().iter().filter(|(name, _)| name.ends_with(".seg")).count()
	};
	let full = count(&disk);
	assert!(full > 90, "{full} segments");
	store.flush(id).expect("it is there");
	let (mut before, mut most) = (full, 0);
	for call in 0..40_000 {
		store.maintain().expect("the disk works");
		let now = count(&disk);
		most = most.max(before.saturating_sub(now));
		before = now;
		// Now and then long enough for the threads of the store, on a machine that has more to do.
		if call % 8 == 0 {
			std::thread::sleep(std::time::Duration::from_micros(20));
		} else {
			std::thread::yield_now();
		}
	}
	assert!(before < 8, "{before} of {full} segments are left of nothing");
	assert!(most <= 16, "{most} files were open at once");
}

#[test]
fn what_was_deleted_leaves_nothing_behind() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Compaction::When { dead_percent: 50 });
	for number in 0..30_000u32 {
		store.set(id, &number.to_le_bytes(), b"a short life", 0).expect("there is room");
		store.delete(id, &number.to_le_bytes(), 0).expect("it is there");
		if number % 20 == 0 {
			store.commit().expect("the disk works");
			store.maintain().expect("the disk works");
		}
	}
	store.commit().expect("the disk works");
	settle(&mut store);
	let stats = store.stats();
	assert!(stats.log_bytes < 8 * (64 << 10), "{stats:?} of nothing");
	disk.power_off();
	drop(store);
	disk.restart();
	disk.lose("index");
	let (store, id) = self::store(&disk, Compaction::Off);
	assert_eq!(store.info(id).map(|info| info.entries), Some(0), "what was deleted is back");
}

#[test]
fn a_number_that_was_deleted_is_not_given_again() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Compaction::When { dead_percent: 50 });
	let settings = Settings { mode: Mode::Sequential, ..Settings::default() };
	let numbers = store.create(b"numbers", settings).expect("there is none yet");
	let delete_last = |store: &mut Store, count: u64| {
		for number in 0..count {
			let given = store.append(numbers, b"value", 0).expect("there is room");
			assert_eq!(given, number);
		}
		let last = (count - 1).to_le_bytes();
		assert!(store.delete(numbers, &last, 0).expect("it is there"));
	};
	delete_last(&mut store, 100);
	store.flush(numbers).expect("it is there");
	// It begins anew, and what was deleted before says nothing of what is given now.
	delete_last(&mut store, 5);
	overwrite(&mut store, id, 20_000);
	settle(&mut store);
	disk.power_off();
	drop(store);
	disk.restart();
	disk.lose("index");
	let (mut store, _) = self::store(&disk, Compaction::Off);
	let numbers = store.find(b"numbers").expect("it is there still");
	assert_eq!(store.append(numbers, b"value", 0).expect("there is room"), 5);
}

#[test]
fn without_compaction_all_of_the_history_stays() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Compaction::Off);
	overwrite(&mut store, id, 4_000);
	settle(&mut store);
	let (mut version, mut met) = (None, 0);
	loop {
		let past = store.history(id, &7u32.to_le_bytes(), version).expect("it is well");
		let past = past.expect("no version is missing");
		assert_eq!(past.timestamp, 4_000 - 200 + 7 - met * 200);
		assert_eq!(past.value, Some(past.timestamp.to_le_bytes().repeat(50)));
		met += 1;
		version = past.previous;
		if version.is_none() {
			break;
		}
	}
	assert_eq!(met, 20);
}

#[test]
fn a_namespace_takes_no_more_of_disk_and_memory_than_it_may() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Compaction::Off);
	let bounds = Bounds { disk_bytes: Some(10_000), entries: Some(20) };
	store.bound(id, bounds).expect("it is there");
	for number in 0..20u8 {
		store.set(id, &[number + 1], b"short", 0).expect("there is room");
	}
	let full = |outcome| matches!(outcome, Err(WriteError::NamespaceFull));
	assert!(full(store.set(id, b"one more", b"short", 0)), "too many keys");
	store.set(id, &[1], b"another", 0).expect("keys that are there can change");
	store.delete(id, &[2], 0).expect("it is there");
	store.set(id, b"one more", b"short", 0).expect("there is room again");
	// Keys and heads count as well: 20 records of 48 bytes or so.
	assert!(full(store.set(id, &[1], &[0; 9_100], 0)), "too many bytes");
	store.set(id, &[1], &[0; 8_000], 0).expect("there is room");
	store.set(id, &[1], &[1; 8_000], 0).expect("what it takes the place of does not count");
	assert!(store.info(id).is_some_and(|info| info.disk_bytes <= 10_000));
	store.commit().expect("the disk works");
}
