//! A copy of a store, made of its log.

use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use zdb_store::{
	replication::{Kinship, LogPosition},
	simulation::SimulatedDisk,
	Compaction, Mode, NamespaceId, Options, Settings, Store, Sync,
};

fn options(disk: &SimulatedDisk) -> Options {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = Sync::Always;
	options.segment_bytes = 32 << 10;
	options.reserve_bytes = 0;
	options
}

fn copy(master: &mut Store, replica: &mut Store) {
	loop {
		let mut records = Vec::new();
		let from = replica.log_end();
		master.read_log(from, 5_000, &mut records).expect("the log can be read");
		if records.is_empty() {
			return;
		}
		replica.apply(&records).expect("it is what comes next");
		replica.commit().expect("the disk works");
	}
}

fn contents(store: &mut Store) -> Vec<(NamespaceId, Vec<u8>, Vec<u8>)> {
	let ids: Vec<NamespaceId> = store.namespaces().map(|(id, _)| id).collect();
	let mut all = Vec::new();
	for id in ids {
		let taken = store.dump(id, |item, value| {
			all.push((id, item.key.clone(), value?.to_vec()));
			Ok::<(), zdb_store::ReadError>(())
		});
		taken.expect("all can be read");
	}
	all
}

fn same(master: &mut Store, replica: &mut Store) {
	assert!(contents(master) == contents(replica), "the copy holds something else");
	for segment in 0..master.log_segments() {
		let digests = (master.digest(segment).ok(), replica.digest(segment).ok());
		assert_eq!(digests.0, digests.1, "segment {segment}");
	}
}

fn write(store: &mut Store, id: NamespaceId, from: u32, to: u32) {
	for number in from..to {
		let key = format!("key-{}", number % 97);
		store
			.set(id, key.as_bytes(), &number.to_le_bytes().repeat(60), number)
			.expect("there is room");
		if number % 5 == 0 {
			store.delete(id, format!("key-{}", number % 89).as_bytes(), 0).expect("there is room");
		}
		if number % 3 == 0 {
			store.commit().expect("the disk works");
		}
	}
	store.commit().expect("the disk works");
}

#[test]
fn a_copy_follows_also_after_compaction_and_restarts() {
	let (disks, ids);
	let mut master = {
		let disk = SimulatedDisk::new();
		let mut store = Store::open(options(&disk)).expect("the disk works");
		let id = store.create(b"default", Settings::default()).expect("there is none yet");
		let mode = Mode::Sequential;
		let settings = Settings { mode, ..Settings::default() };
		let numbers = store.create(b"numbers", settings).expect("there is none yet");
		disks = disk;
		ids = (id, numbers);
		store
	};
	write(&mut master, ids.0, 0, 1000);
	for number in 0..50u8 {
		master.append(ids.1, &[number; 9], 0).expect("there is room");
	}
	master.commit().expect("the disk works");
	let before = master.stats();
	let begun = Instant::now();
	while master.stats().log_bytes >= before.log_bytes {
		assert!(begun.elapsed() < Duration::from_secs(60), "nothing is compacted");
		master.maintain().expect("the disk works");
		std::thread::sleep(Duration::from_micros(20));
	}

	let disk = SimulatedDisk::new();
	let mut replica_options = options(&disk);
	replica_options.replica_of = Some(master.identity());
	replica_options.compaction = Compaction::Off;
	let mut replica = Store::open(replica_options.clone()).expect("the disk works");
	assert_eq!(replica.log_end(), LogPosition::start());
	copy(&mut master, &mut replica);
	same(&mut master, &mut replica);

	replica.close().expect("the disk works");
	let mut replica = Store::open(replica_options.clone()).expect("it was closed well");
	write(&mut master, ids.0, 1000, 1500);
	let tip = replica.tip().expect("it can be read");
	assert_eq!(master.kinship(tip, None).ok(), Some(Kinship::Beginning));
	copy(&mut master, &mut replica);
	same(&mut master, &mut replica);

	disk.power_off();
	drop(replica);
	disk.restart();
	disk.lose("index");
	let mut replica = Store::open(replica_options).expect("its log is whole");
	same(&mut master, &mut replica);
	drop(disks);
}

#[test]
fn logs_that_parted_ways_are_told_apart() {
	let disk = SimulatedDisk::new();
	let mut master = Store::open(options(&disk)).expect("the disk works");
	let id = master.create(b"default", Settings::default()).expect("there is none yet");
	write(&mut master, id, 0, 50);
	let other = SimulatedDisk::new();
	let mut replica_options = options(&other);
	replica_options.replica_of = Some(master.identity());
	let mut replica = Store::open(replica_options).expect("the disk works");
	copy(&mut master, &mut replica);
	replica.set(id, b"mine", b"only", 0).expect("it was promoted");
	replica.commit().expect("the disk works");
	let tip = replica.tip().expect("it can be read");
	assert_eq!(master.kinship(tip, None).ok(), Some(Kinship::Other));
	master.set(id, b"yours", b"only", 0).expect("there is room");
	write(&mut master, id, 50, 60);
	assert_eq!(master.kinship(tip, None).ok(), Some(Kinship::Other));
}

#[test]
fn a_damaged_value_is_repaired_from_a_copy() {
	let disk = SimulatedDisk::new();
	let mut master = Store::open(options(&disk)).expect("the disk works");
	let id = master.create(b"default", Settings::default()).expect("there is none yet");
	master.set(id, b"key", &b"a value of the key ".repeat(20), 5).expect("there is room");
	master.commit().expect("the disk works");
	let other = SimulatedDisk::new();
	let mut replica_options = options(&other);
	replica_options.replica_of = Some(master.identity());
	let mut replica = Store::open(replica_options).expect("the disk works");
	copy(&mut master, &mut replica);
	master.close().expect("the disk works");
	let name = disk.files().remove(0).0;
	disk.rot(&name, |bytes| {
		let at = bytes.windows(7).position(|part| part == b"a value").expect("it is there");
		bytes[at..at + 50].fill(0);
	});
	let mut master = Store::open(options(&disk)).expect("one value is damaged");
	let mut value = Vec::new();
	assert!(master.get(id, b"key", &mut value).is_err() && value.is_empty());
	let record = replica.record_bytes(id, b"key").expect("it is well").expect("it is there");
	master.repair(&record).expect("it is the same record");
	assert!(master.get(id, b"key", &mut value).expect("it is repaired"));
	assert_eq!(value, b"a value of the key ".repeat(20));
	assert_eq!(master.check_all().expect("the disk reads").damaged, Vec::new());
}

#[test]
fn a_copy_that_compacts_says_nothing_of_its_own() {
	let (one, other) = (SimulatedDisk::new(), SimulatedDisk::new());
	let mut master = Store::open(options(&one)).expect("the disk works");
	let settings = Settings { mode: Mode::Sequential, ..Settings::default() };
	let numbers = master.create(b"numbers", settings).expect("there is none yet");
	let id = master.create(b"default", Settings::default()).expect("there is none yet");
	let mut replica_options = options(&other);
	replica_options.replica_of = Some(master.identity());
	let mut replica = Store::open(replica_options).expect("the disk works");
	for round in 0..10u32 {
		for number in 0..50 {
			master.append(numbers, &[number; 100], 0).expect("there is room");
		}
		write(&mut master, id, round * 200, round * 200 + 200);
		let gone = u64::from(round) * 50;
		master.delete(numbers, &gone.to_le_bytes(), 0).expect("there is room");
		master.commit().expect("the disk works");
		copy(&mut master, &mut replica);
		for _ in 0..5_000 {
			replica.maintain().expect("the disk works");
			std::thread::sleep(Duration::from_micros(20));
		}
		assert_eq!(master.log_end(), replica.log_end(), "it has what its master said, no more");
	}
	let compacted = || other.files().iter().any(|(name, _)| !name.ends_with("-0000.seg"));
	let begun = Instant::now();
	while !(compacted() && replica.stats().log_bytes < master.stats().log_bytes) {
		assert!(begun.elapsed() < Duration::from_secs(60), "nothing is compacted");
		replica.maintain().expect("the disk works");
		std::thread::sleep(Duration::from_micros(20));
	}
	same(&mut master, &mut replica);
}

#[test]
fn a_copy_that_could_not_write_a_batch_takes_no_more() {
	let (one, other) = (SimulatedDisk::new(), SimulatedDisk::new());
	let mut master = Store::open(options(&one)).expect("the disk works");
	let id = master.create(b"default", Settings::default()).expect("there is none yet");
	write(&mut master, id, 0, 10);
	let mut replica_options = options(&other);
	replica_options.replica_of = Some(master.identity());
	let mut replica = Store::open(replica_options.clone()).expect("the disk works");
	copy(&mut master, &mut replica);
	let before = contents(&mut replica);
	write(&mut master, id, 10, 20);
	let mut records = Vec::new();
	master.read_log(replica.log_end(), 50_000, &mut records).expect("the log can be read");
	other.misbehave(|faults| faults.writes_left = Some(0));
	replica.apply(&records).expect("it is not written yet");
	replica.commit().expect_err("the disk does not write");
	other.misbehave(|faults| faults.writes_left = None);
	assert!(replica.read_only().is_some(), "it holds what its log does not");
	assert!(replica.apply(&records).is_err());
	drop(replica);
	let mut replica = Store::open(replica_options).expect("the disk works again");
	assert!(contents(&mut replica) == before);
	copy(&mut master, &mut replica);
	same(&mut master, &mut replica);
}

#[test]
fn a_rotten_record_that_nobody_needs_is_not_sent() {
	let (one, other) = (SimulatedDisk::new(), SimulatedDisk::new());
	let mut master = Store::open(options(&one)).expect("the disk works");
	let id = master.create(b"default", Settings::default()).expect("there is none yet");
	write(&mut master, id, 0, 10);
	master.set(id, b"key", &b"to be replaced ".repeat(9), 0).expect("there is room");
	write(&mut master, id, 10, 20);
	master.set(id, b"key", b"what replaces it", 0).expect("there is room");
	write(&mut master, id, 20, 30);
	master.close().expect("the disk works");
	let name = one.files().remove(0).0;
	one.rot(&name, |bytes| {
		let at = bytes.windows(5).position(|part| part == b"to be").expect("it is there");
		bytes[at..at + 50].fill(0);
	});
	let mut master = Store::open(options(&one)).expect("a dead value is damaged");
	let mut replica_options = options(&other);
	replica_options.replica_of = Some(master.identity());
	let mut replica = Store::open(replica_options.clone()).expect("the disk works");
	copy(&mut master, &mut replica);
	same(&mut master, &mut replica);
	other.power_off();
	drop(replica);
	other.restart();
	let mut replica = Store::open(replica_options).expect("the disk works");
	same(&mut master, &mut replica);
	assert_eq!(
		replica.info(id).map(|info| info.data_bytes),
		master.info(id).map(|info| info.data_bytes)
	);
}
