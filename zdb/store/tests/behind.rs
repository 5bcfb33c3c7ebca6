//! A copy that is behind while its master compacts: what it gets has holes.

use std::{sync::Arc, time::Duration};
use zdb_store::{
	replication::{Joined, Kinship, LogPosition, Tip},
	simulation::{follow, SimulatedDisk},
	Compaction, Info, NamespaceId, Options, Settings, Store, Sync,
};

fn options(disk: &SimulatedDisk) -> Options {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = Sync::Always;
	options.segment_bytes = 8 << 10;
	options.reserve_bytes = 0;
	options.compaction = Compaction::When { dead_percent: 10 };
	options
}

fn master(disk: &SimulatedDisk) -> (Store, NamespaceId) {
	let mut store = Store::open(options(disk)).expect("the disk works");
	let id = store.create(b"default", Settings::default()).expect("there is none yet");
	(store, id)
}

fn open(disk: &SimulatedDisk) -> (Store, NamespaceId) {
	let store = Store::open(options(disk)).expect("the disk works");
	let id = store.find(b"default").expect("it was made");
	(store, id)
}

fn copy_of(master: &Store, disk: &SimulatedDisk) -> Store {
	let mut options = options(disk);
	options.replica_of = Some(master.identity());
	options.compaction = Compaction::Off;
	Store::open(options).expect("the disk works")
}

fn catch_up(master: &mut Store, copy: &mut Store) {
	loop {
		let mut records = Vec::new();
		master.read_log(copy.log_end(), 5_000, &mut records).expect("the log can be read");
		if records.is_empty() {
			return;
		}
		copy.apply(&records).expect("it is what comes next");
		copy.commit().expect("the disk works");
	}
}

fn set(store: &mut Store, id: NamespaceId, key: &str, value: &str) {
	store.set(id, key.as_bytes(), value.repeat(50).as_bytes(), 1).expect("there is room");
	store.commit().expect("the disk works");
}

fn delete(store: &mut Store, id: NamespaceId, key: &str) {
	assert!(store.delete(id, key.as_bytes(), 1).expect("there is room"));
	store.commit().expect("the disk works");
}

fn get(store: &mut Store, id: NamespaceId, key: &str) -> Option<String> {
	let mut value = Vec::new();
	let there = store.get(id, key.as_bytes(), &mut value).expect("it is well");
	there.then(|| String::from_utf8(value).expect("it is text"))
}

/// Fills more than a segment with what is dead at once, and one that is not.
fn go_on(store: &mut Store, id: NamespaceId, round: u32) {
	for number in 0..30 {
		set(store, id, "busy", &format!("{round}-{number}-"));
	}
	set(store, id, &format!("stays-{round}"), "there");
	for number in 0..30 {
		set(store, id, "busy", &format!("{round}-{number}+"));
	}
}

fn settle(store: &mut Store) {
	for _ in 0..5_000 {
		store.maintain().expect("the disk works");
		// Long enough for the threads of the store, on a machine that has more to do.
		std::thread::sleep(std::time::Duration::from_micros(20));
	}
}

fn said(store: &Store, id: NamespaceId) -> (u64, u64, u64) {
	let Info { entries, data_bytes, disk_bytes, .. } = store.info(id).expect("it is there");
	(entries, data_bytes, disk_bytes)
}

fn kill(disk: &SimulatedDisk, copy: Store, master: &Store) -> Store {
	disk.power_off();
	drop(copy);
	disk.restart();
	copy_of(master, disk)
}

#[test]
fn what_it_replaced_over_a_hole_stays_replaced_after_a_kill() {
	for (closed, deleted) in [(true, false), (true, true), (false, false), (false, true)] {
		let (disk, other) = (SimulatedDisk::new(), SimulatedDisk::new());
		let (mut master, id) = master(&disk);
		set(&mut master, id, "key", "first");
		let mut copy = copy_of(&master, &other);
		catch_up(&mut master, &mut copy);
		if closed {
			copy.close_copy().expect("the disk works");
			copy = copy_of(&master, &other);
		}
		go_on(&mut master, id, 0);
		set(&mut master, id, "key", "second");
		go_on(&mut master, id, 1);
		settle(&mut master);
		if !closed {
			// The hole is before the checkpoint, and what is written over it after.
			catch_up(&mut master, &mut copy);
			copy.close_copy().expect("the disk works");
			copy = copy_of(&master, &other);
		}
		if deleted {
			delete(&mut master, id, "key");
		} else {
			set(&mut master, id, "key", "third");
		}
		settle(&mut master);
		catch_up(&mut master, &mut copy);
		let expected = get(&mut master, id, "key");
		assert_eq!(expected.is_none(), deleted);
		assert_eq!(get(&mut copy, id, "key"), expected);
		let mut copy = kill(&other, copy, &master);
		assert!(copy.recovered().checkpoint, "it was closed");
		assert_eq!(get(&mut copy, id, "key"), expected, "closed: {closed}");
		assert_eq!(said(&copy, id), said(&master, id), "closed: {closed}");
	}
}

/// A master, and a copy that has its key.
fn with_a_copy(disk: &SimulatedDisk, other: &SimulatedDisk) -> (Store, NamespaceId, Store, Joined) {
	let (mut master, id) = master(disk);
	set(&mut master, id, "key", "first");
	let mut copy = copy_of(&master, other);
	let joined = master.join(copy.log_end(), false);
	// By its last record a copy is known.
	set(&mut master, id, "last", "stays");
	catch_up(&mut master, &mut copy);
	(master, id, copy, joined)
}

/// A key of the copy is gone at the master, with all that says so.
fn forgets(master: &mut Store, id: NamespaceId) {
	delete(master, id, "key");
	for round in 5..9 {
		go_on(master, id, round);
		settle(master);
	}
}

/// Compaction comes to it, however busy the machine is.
fn becomes(master: &mut Store, tip: Tip, joined: Joined, expected: Kinship) {
	let is_so = (0..50_000).any(|_| {
		master.maintain().expect("the disk works");
		std::thread::sleep(Duration::from_micros(200));
		master.kinship(tip, Some(joined)).expect("the log can be read") == expected
	});
	assert!(is_so, "it is never {expected:?}");
}

#[test]
fn a_copy_that_cannot_be_told_what_is_gone_is_made_anew() {
	let (disk, other) = (SimulatedDisk::new(), SimulatedDisk::new());
	let (mut master, id, mut copy, joined) = with_a_copy(&disk, &other);
	let tip = copy.tip().expect("it can be read");
	go_on(&mut master, id, 0);
	settle(&mut master);
	becomes(&mut master, tip, joined, Kinship::Beginning);
	forgets(&mut master, id);
	becomes(&mut master, tip, joined, Kinship::Unknown);
	master.close().expect("the disk works");
	let (mut master, _) = open(&disk);
	assert_eq!(master.kinship(tip, Some(joined)).ok(), Some(Kinship::Unknown));

	// One that begins now may be cut off on its way: it never had what is gone.
	let third = SimulatedDisk::new();
	let mut copy = copy_of(&master, &third);
	let tip = copy.tip().expect("it can be read");
	assert_eq!(tip.end, LogPosition::start());
	assert_eq!(master.kinship(tip, None).ok(), Some(Kinship::Beginning));
	let joined = master.join(tip.end, false);
	let mut records = Vec::new();
	master.read_log(tip.end, 100, &mut records).expect("the log can be read");
	copy.apply(&records).expect("it is what comes next");
	copy.commit().expect("the disk works");
	let tip = copy.tip().expect("it can be read");
	let joined = Joined::parse(&joined.to_string()).expect("it is what was printed");
	assert_eq!(master.kinship(tip, Some(joined)).ok(), Some(Kinship::Beginning));
	let elsewhere = Joined { master: joined.master ^ 1, ..joined };
	assert_eq!(master.kinship(tip, Some(elsewhere)).ok(), Some(Kinship::Unknown));
	assert_eq!(master.kinship(tip, None).ok(), Some(Kinship::Unknown));
	catch_up(&mut master, &mut copy);
	assert_eq!((get(&mut copy, id, "key"), said(&copy, id)), (None, said(&master, id)));
}

#[test]
fn what_is_gone_is_told_to_a_copy_that_the_master_waits_for() {
	let (disk, other) = (SimulatedDisk::new(), SimulatedDisk::new());
	let (mut master, id, mut copy, joined) = with_a_copy(&disk, &other);
	master.keep_deletions(Some(copy.log_end()));
	forgets(&mut master, id);
	let tip = copy.tip().expect("it can be read");
	assert_eq!(master.kinship(tip, Some(joined)).ok(), Some(Kinship::Beginning));
	catch_up(&mut master, &mut copy);
	assert_eq!((get(&mut copy, id, "key"), said(&copy, id)), (None, said(&master, id)));
}

/// `GRID_SOAK=n` lives ten times as many lives, and `GRID_SEED` chooses which.
#[test]
fn a_copy_is_what_its_master_is() {
	let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
	let lives = number("GRID_SOAK").map_or(20, |storms| storms * 10);
	let first = number("GRID_SEED").unwrap_or(0) << 32;
	for seed in first + 1..=first + lives {
		let life = follow(seed, 1500).unwrap_or_else(|error| panic!("{error}"));
		println!("seed {seed}: {life:?}");
	}
}
