//! A disk that is full, or that cannot sync.

use crate::{open, read};
use std::{sync::Arc, time::Duration};
use zdb_store::{
	simulation::{Dice, SimulatedDisk},
	CommitError, NamespaceId, Options, Store, Sync, WriteError,
};

fn store(disk: &SimulatedDisk, sync: Sync) -> (Store, NamespaceId) {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = sync;
	options.segment_bytes = 16 << 10;
	options.reserve_bytes = 8 << 10;
	options.retry = Duration::from_millis(20);
	open(options)
}

#[test]
fn a_full_disk_refuses_values_and_goes_on_when_there_is_room() {
	let disk = SimulatedDisk::new();
	disk.misbehave(|faults| faults.capacity = Some(64 << 10));
	let (mut store, id) = store(&disk, Sync::Always);
	let mut written = 0u32;
	let refusal = loop {
		match store.set(id, &written.to_le_bytes(), &[7; 1000], 0) {
			Ok(_) => written += 1,
			Err(error) => break error,
		}
		store.commit().expect("what is not refused is written");
	};
	assert!(matches!(refusal, WriteError::DiskFull), "{refusal}");
	assert!((20..45).contains(&written), "{written} values of 1000 bytes in 64 KiB");
	assert_eq!(read(&mut store, id, &0u32.to_le_bytes()), Some(vec![7; 1000]));
	assert!(store.delete(id, &0u32.to_le_bytes(), 0).expect("deletes use what is kept free"));
	store.commit().expect("there is room for that");
	disk.misbehave(|faults| faults.capacity = None);
	store.set(id, b"after", b"goes on", 0).expect("there is room again");
	store.commit().expect("there is room again");
	assert_eq!(read(&mut store, id, b"after"), Some(b"goes on".to_vec()));
	assert_eq!(read(&mut store, id, &1u32.to_le_bytes()), Some(vec![7; 1000]));
}

/// What a server does between commands.
fn go_on(store: &mut Store, calls: u32) {
	for _ in 0..calls {
		// What is refused is tried again.
		store.maintain().ok();
		// Long enough for the threads of the store, on a machine that has more to do.
		std::thread::sleep(Duration::from_micros(20));
	}
}

/// Sets keys until the disk is full, and says how many.
fn fill(store: &mut Store, id: NamespaceId, from: u32) -> u32 {
	for written in 0..10_000 {
		match store.set(id, &(from + written).to_le_bytes(), &[7; 500], 0) {
			Ok(_) => store.commit().expect("what is not refused is written"),
			Err(WriteError::DiskFull) => return written,
			Err(error) => panic!("{error}"),
		}
		store.maintain().expect("the disk works");
	}
	panic!("there is no end of the disk");
}

/// Fills a disk and deletes so many of a hundred values, the same share of each segment. What can
/// be written then?
fn refilled(percent: u32) -> (u32, u32) {
	let disk = SimulatedDisk::new();
	disk.misbehave(|faults| faults.capacity = Some(512 << 10));
	let (mut store, id) = store(&disk, Sync::Os);
	let written = fill(&mut store, id, 0);
	for number in (0..written).filter(|number| number % 100 * 61 % 100 < percent) {
		assert!(store.delete(id, &number.to_le_bytes(), 0).expect("deletes go on"), "{number}");
		store.commit().expect("there is room for that");
		go_on(&mut store, 40);
	}
	let mut dead = u64::MAX;
	while store.stats().dead_bytes < dead {
		dead = store.stats().dead_bytes;
		// The threads of the store may have to wait for a core for long.
		for _ in 0..500 {
			go_on(&mut store, 4);
			std::thread::sleep(Duration::from_millis(3));
		}
	}
	let again = fill(&mut store, id, written);
	for number in 0..written + again {
		let deleted = number < written && number % 100 * 61 % 100 < percent;
		let value = read(&mut store, id, &number.to_le_bytes());
		assert_eq!(value, (!deleted).then(|| vec![7; 500]), "{number}");
	}
	(written, again)
}

#[test]
fn a_full_disk_takes_values_again_whatever_share_of_each_segment_was_deleted() {
	for percent in [20, 40, 60, 90, 100] {
		let (written, again) = refilled(percent);
		// At once: more is given back while it is written on.
		assert!(again > 20, "{again} where {percent} % of {written} were deleted");
	}
}

#[test]
fn a_disk_too_full_for_a_checkpoint_is_asked_again() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Sync::Os);
	for number in 0..200u32 {
		store.set(id, &number.to_le_bytes(), &[7; 500], 0).expect("there is room");
	}
	store.commit().expect("there is room");
	let used: usize = disk.files().iter().map(|(_, length)| *length).sum();
	disk.misbehave(|faults| faults.capacity = Some(used as u64));
	while store.maintain().is_ok() {
		std::thread::yield_now();
	}
	let draft = disk.files().into_iter().find(|(name, _)| name == "index.new");
	assert_eq!(draft, None, "half a checkpoint takes room");
	disk.misbehave(|faults| faults.capacity = None);
	let begun = std::time::Instant::now();
	while !disk.files().iter().any(|(name, _)| name == "index") {
		assert!(begun.elapsed() < Duration::from_secs(60), "no checkpoint is taken any more");
		store.maintain().expect("the disk works again");
		std::thread::yield_now();
	}
}

#[test]
fn a_batch_that_cannot_be_written_is_not_there() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Sync::Os);
	store.set(id, b"key", b"before", 0).expect("the disk works");
	store.commit().expect("the disk works");
	disk.misbehave(|faults| faults.writes_left = Some(0));
	store.set(id, b"key", b"during", 0).expect("it is not written yet");
	store.delete(id, b"key", 0).expect("it is not written yet");
	assert!(matches!(store.commit(), Err(CommitError::Write(_))));
	assert_eq!(read(&mut store, id, b"key"), Some(b"before".to_vec()));
	disk.misbehave(|faults| faults.writes_left = None);
	store.set(id, b"key", b"after", 0).expect("the disk works again");
	store.commit().expect("the disk works again");
	assert_eq!(read(&mut store, id, b"key"), Some(b"after".to_vec()));
}

#[test]
fn a_sync_that_failed_is_never_taken_for_one_that_worked() {
	let disk = SimulatedDisk::new();
	let (mut always, id) = store(&disk, Sync::Always);
	always.set(id, b"key", b"before", 0).expect("the disk works");
	always.commit().expect("the disk works");
	disk.misbehave(|faults| faults.syncs_left = Some(0));
	always.set(id, b"key", b"during", 0).expect("it is not synced yet");
	assert!(matches!(always.commit(), Err(CommitError::Sync(_))));
	disk.misbehave(|faults| faults.syncs_left = None);
	let refusal =
		always.set(id, b"key", b"after", 0).expect_err("nobody knows what is on the disk");
	assert!(matches!(refusal, WriteError::ReadOnly(_)), "{refusal}");
	assert!(always.read_only().is_some());
	assert_eq!(read(&mut always, id, b"key"), Some(b"before".to_vec()));
	disk.power_off();
	drop(always);
	disk.power_on(&mut Dice::new(1));
	let (mut store, id) = store(&disk, Sync::Always);
	assert_eq!(read(&mut store, id, b"key"), Some(b"before".to_vec()));
	store.set(id, b"key", b"after", 0).expect("it has started again");
	store.commit().expect("the disk works again");
}

#[test]
fn a_sync_that_fails_beside_stops_changes_too() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Sync::Interval(Duration::from_millis(1)));
	disk.misbehave(|faults| faults.syncs_left = Some(0));
	store.set(id, b"key", b"value", 0).expect("the disk writes");
	store.commit().expect("the disk writes");
	while store.read_only().is_none() {
		std::thread::yield_now();
	}
	assert!(store.set(id, b"other", b"value", 0).is_err());
	assert_eq!(read(&mut store, id, b"key"), Some(b"value".to_vec()));
}

#[test]
fn an_idle_store_leaves_the_disk_alone() {
	let disk = SimulatedDisk::new();
	let (mut store, id) = store(&disk, Sync::Interval(Duration::from_millis(1)));
	store.set(id, b"key", b"value", 0).expect("the disk works");
	store.commit().expect("the disk works");
	let done = |store: &Store| store.log_durable() == Some(store.log_end());
	while !done(&store) {
		std::thread::yield_now();
	}
	let syncs = disk.syncs();
	for _ in 0..200 {
		store.maintain().expect("there is nothing to do");
		std::thread::sleep(Duration::from_micros(200));
	}
	assert_eq!(disk.syncs(), syncs, "nothing was written, and the disk was synced");
}

const HOUR: Sync = Sync::Interval(Duration::from_secs(3600));

#[test]
fn what_a_start_found_is_durable_after_an_interval() {
	let disk = SimulatedDisk::new();
	let (mut first, id) = store(&disk, HOUR);
	first.set(id, b"key", b"value", 0).expect("the disk works");
	first.commit().expect("the disk works");
	disk.power_off();
	drop(first);
	disk.restart();
	let (found, _) = store(&disk, Sync::Interval(Duration::from_millis(1)));
	let durable = (0..10_000).any(|_| {
		std::thread::sleep(Duration::from_millis(1));
		found.log_durable() == Some(found.log_end())
	});
	assert!(durable, "nobody makes durable what was found");
	disk.power_off();
	drop(found);
	disk.power_on(&mut Dice::new(3));
	let (mut store, id) = store(&disk, Sync::Always);
	assert_eq!(read(&mut store, id, b"key"), Some(b"value".to_vec()));
}

/// Values in a few segments, none of which was synced.
fn unsynced(disk: &SimulatedDisk) -> Store {
	let (mut store, id) = store(disk, HOUR);
	for number in 0..200u32 {
		store.set(id, &number.to_le_bytes(), &[7; 1000], 0).expect("the disk works");
		store.commit().expect("the disk works");
	}
	assert!(store.log_segments() > 3);
	store
}

#[test]
fn what_a_failed_sync_left_in_memory_only_is_not_believed() {
	for syncs in 0..4 {
		let disk = SimulatedDisk::new();
		let first = unsynced(&disk);
		disk.misbehave(|faults| faults.syncs_left = Some(syncs));
		first.close().expect_err("the disk does not sync");
		disk.misbehave(|faults| faults.syncs_left = None);
		disk.restart();
		let there = |store: &mut Store, id| -> Vec<bool> {
			(0..200u32).map(|number| read(store, id, &number.to_le_bytes()).is_some()).collect()
		};
		let Some((mut found, id)) = try_store(&disk) else { continue };
		let before = there(&mut found, id);
		found.set(id, b"key", b"value", 0).expect("the disk works again");
		found.commit().expect("the disk works again");
		disk.power_off();
		drop(found);
		disk.power_on(&mut Dice::new(1));
		let (mut again, id) = try_store(&disk).expect("what was acknowledged is there");
		assert_eq!(there(&mut again, id), before, "{syncs} syncs worked");
		assert_eq!(read(&mut again, id, b"key"), Some(b"value".to_vec()), "{syncs} syncs worked");
	}
}

/// The store, if it still has its namespace: nothing says that it was ever durable.
fn try_store(disk: &SimulatedDisk) -> Option<(Store, NamespaceId)> {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = Sync::Always;
	options.segment_bytes = 64 << 10;
	let store = Store::open(options).expect("the disk works again");
	let id = store.find(b"default")?;
	Some((store, id))
}

#[test]
fn a_start_opens_no_more_files_than_it_may() {
	for torn in [false, true] {
		let disk = SimulatedDisk::new();
		drop(unsynced(&disk));
		let name = disk.files().pop().expect("there is a segment").0;
		if torn {
			disk.rot(&name, |bytes| bytes.truncate(bytes.len() - 5));
		}
		let disk = disk.copy();
		let mut options = Options::on(Arc::new(disk.clone()));
		(options.segment_bytes, options.open_files) = (8 << 10, 4);
		let mut store = Store::open(options.clone()).expect("the disk works");
		let id = store.find(b"default").expect("it was made");
		for number in 0..500u32 {
			store.set(id, &number.to_le_bytes(), &[8; 1000], 0).expect("the disk works");
			store.commit().expect("the disk works");
		}
		drop(store);
		let disk = disk.copy();
		let name = disk.files().pop().expect("there is a segment").0;
		if torn {
			disk.rot(&name, |bytes| bytes.truncate(bytes.len() - 5));
		}
		options.disk = Arc::new(disk.clone());
		let store = Store::open(options).expect("the disk works");
		assert_eq!(store.recovered().dropped_bytes > 0, torn);
		assert!(store.log_segments() > 60, "{}", store.log_segments());
		assert!(disk.most_open() <= 8, "{} files were open at a time", disk.most_open());
	}
}
