//! A namespace that was removed leaves nothing on the disk, and soon.

use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use zdb_store::{
	simulation::{Faults, SimulatedDisk},
	Compaction, Mode, NamespaceId, Options, Settings, Store, Sync,
};

const SEGMENT: u32 = 32 << 10;
const NAME: &[u8] = b"name-of-the-tenant";
const KEY: &[u8] = b"key-of-the-tenant";
const VALUE: &[u8] = b"value-of-the-tenant";

fn open(disk: &SimulatedDisk, compaction: Compaction) -> Store {
	open_with(disk, compaction, Duration::from_secs(60))
}

fn open_with(disk: &SimulatedDisk, compaction: Compaction, retry: Duration) -> Store {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = Sync::Os;
	options.segment_bytes = SEGMENT;
	options.reserve_bytes = 0;
	options.compaction = compaction;
	options.retry = retry;
	Store::open(options).expect("the disk works")
}

/// Which files hold these bytes.
fn files_with(disk: &SimulatedDisk, bytes: &[u8]) -> Vec<String> {
	let mut found = Vec::new();
	for (name, _) in disk.files() {
		let mut has = false;
		disk.rot(&name, |all| has = all.windows(bytes.len()).any(|window| window == bytes));
		found.extend(has.then_some(name));
	}
	found
}

/// Calls that a server makes in a second or two.
fn go_on(store: &mut Store) {
	for call in 0..20_000 {
		store.maintain().expect("the disk works");
		// Now and then long enough for the threads of the store, on a machine that has more to do.
		if call % 8 == 0 {
			std::thread::sleep(Duration::from_micros(20));
		} else {
			std::thread::yield_now();
		}
	}
}

/// Two namespaces write in turn, and both delete and replace.
fn write(store: &mut Store, tenant: NamespaceId, other: NamespaceId) {
	for number in 0..600u32 {
		let key = [KEY, &(number % 150).to_le_bytes()].concat();
		let value = [VALUE, &number.to_le_bytes()].concat().repeat(5);
		store.set(tenant, &key, &value, 0).expect("there is room");
		let key = [b"other", &(number % 150).to_le_bytes()[..]].concat();
		store.set(other, &key, &number.to_le_bytes().repeat(30), 0).expect("there is room");
		if number % 7 == 0 {
			let key = [KEY, &(number % 140).to_le_bytes()].concat();
			store.delete(tenant, &key, 0).expect("there is room");
		}
		store.commit().expect("the disk works");
		store.maintain().expect("the disk works");
	}
}

fn others_are_there(store: &mut Store) {
	let other = store.find(b"other").expect("it was not removed");
	for number in 450..600u32 {
		let mut value = Vec::new();
		let key = [b"other", &(number % 150).to_le_bytes()[..]].concat();
		assert!(store.get(other, &key, &mut value).expect("it is well"), "{number}");
		assert_eq!(value, number.to_le_bytes().repeat(30));
	}
}

/// Wait until no file has these bytes: files are removed beside.
#[track_caller]
fn is_gone(disk: &SimulatedDisk, bytes: &[u8]) {
	let begun = Instant::now();
	while let files @ [_, ..] = &*files_with(disk, bytes) {
		let in_time = begun.elapsed() < Duration::from_secs(10);
		assert!(in_time, "{} is still in {files:?}", bytes.escape_ascii());
		std::thread::yield_now();
	}
}

fn leaves_nothing(compaction: Compaction, restart: bool) {
	let disk = SimulatedDisk::new();
	let mut store = open(&disk, compaction);
	let tenant = store.create(NAME, Settings::default()).expect("there is none yet");
	let other = store.create(b"other", Settings::default()).expect("there is none yet");
	write(&mut store, tenant, other);
	assert!(files_with(&disk, VALUE).len() > 1, "it is in several segments");
	store.remove(tenant).expect("it is there");
	if restart {
		drop(store);
		disk.lose("index");
		store = open(&disk, compaction);
	}
	go_on(&mut store);
	if restart {
		// Nobody ended the segment that was written when the process ended.
		store.clear_away().expect("the disk works");
		go_on(&mut store);
	}
	assert!(!store.is_clearing());
	for bytes in [VALUE, KEY, NAME] {
		is_gone(&disk, bytes);
	}
	others_are_there(&mut store);

	// Whoever comes after it finds an empty place, also where all is read again.
	let again = store.create(NAME, Settings::default()).expect("the name is free");
	assert_ne!(again, tenant);
	let key = [KEY, &7u32.to_le_bytes()].concat();
	assert!(!store.exists(again, &key).expect("it can be read"));
	drop(store);
	disk.lose("index");
	let mut store = open(&disk, compaction);
	let again = store.find(NAME).expect("it was made");
	assert!(!store.exists(again, &key).expect("it can be read"));
	assert!(store.info(tenant).is_none());
	assert_eq!(store.check_all().expect("all can be read").damaged, []);
	others_are_there(&mut store);
}

/// A tenant whose name is in a segment that has nothing else of it, removed before or after a start that
/// reads all again.
fn only_the_name(restart: bool) {
	let disk = SimulatedDisk::new();
	let mut store = open(&disk, Compaction::Off);
	let tenant = store.create(NAME, Settings::default()).expect("there is none yet");
	let other = store.create(b"other", Settings::default()).expect("there is none yet");
	for number in 0..600u32 {
		let key = number.to_le_bytes();
		store.set(other, &key, &key.repeat(30), 0).expect("there is room");
		store.commit().expect("the disk works");
	}
	if restart {
		drop(store);
		disk.lose("index");
		store = open(&disk, Compaction::Off);
	}
	assert_eq!(files_with(&disk, NAME).len(), 1);
	store.remove(tenant).expect("it is there");
	go_on(&mut store);
	assert!(!store.is_clearing());
	is_gone(&disk, NAME);
}

#[test]
fn a_name_goes_though_nothing_else_was_where_it_was_written() {
	only_the_name(false);
}

#[test]
fn a_name_goes_though_nothing_else_was_where_it_was_read() {
	only_the_name(true);
}

#[test]
fn nothing_is_left_with_compaction() {
	leaves_nothing(Compaction::When { dead_percent: 99 }, false);
}

#[test]
fn nothing_is_left_though_nothing_else_is_compacted() {
	leaves_nothing(Compaction::Off, false);
}

#[test]
fn nothing_is_left_after_a_kill_and_the_loss_of_the_index() {
	leaves_nothing(Compaction::Off, true);
	leaves_nothing(Compaction::When { dead_percent: 50 }, true);
}

/// Has a namespace removed while the disk refuses in a way, and says how it went when it no longer
/// does.
fn goes_once_the_disk_works_again(refuse: impl FnOnce(&SimulatedDisk)) {
	let disk = SimulatedDisk::new();
	let mut store = open_with(&disk, Compaction::Off, Duration::from_millis(5));
	let tenant = store.create(NAME, Settings::default()).expect("there is none yet");
	let other = store.create(b"other", Settings::default()).expect("there is none yet");
	write(&mut store, tenant, other);
	store.remove(tenant).expect("it is there");
	let begun = Instant::now();
	// A checkpoint covers all of it.
	while store.stats().unsaved_bytes > 1000 {
		assert!(begun.elapsed() < Duration::from_secs(60));
		store.maintain().expect("the disk works");
	}
	refuse(&disk);
	let begun = Instant::now();
	while begun.elapsed() < Duration::from_millis(200) {
		// It says that it is refused.
		store.maintain().ok();
		std::thread::sleep(Duration::from_micros(100));
	}
	assert!(!files_with(&disk, VALUE).is_empty() && store.is_clearing(), "it is not gone yet");
	disk.misbehave(|faults| *faults = Faults::default());
	let begun = Instant::now();
	while store.is_clearing() {
		assert!(begun.elapsed() < Duration::from_secs(60), "nothing is cleared any more");
		store.maintain().ok();
		std::thread::yield_now();
	}
	assert_eq!(files_with(&disk, VALUE), Vec::<String>::new());
	others_are_there(&mut store);
}

#[test]
fn what_the_disk_refused_goes_when_it_works_again() {
	goes_once_the_disk_works_again(|disk| disk.misbehave(|faults| faults.capacity = Some(0)));
	goes_once_the_disk_works_again(|disk| disk.misbehave(|faults| faults.writes_left = Some(0)));
	goes_once_the_disk_works_again(|disk| disk.misbehave(|faults| faults.keeps_files = true));
}

#[test]
fn no_checkpoint_tells_its_name_though_one_was_being_taken() {
	for calls in 0..12 {
		let disk = SimulatedDisk::new();
		let mut store = open(&disk, Compaction::Off);
		let tenant = store.create(NAME, Settings::default()).expect("there is none yet");
		let other = store.create(b"other", Settings::default()).expect("there is none yet");
		store.set(tenant, KEY, VALUE, 0).expect("there is room");
		for number in 0..20_000u32 {
			store.set(other, &number.to_le_bytes(), &[7; 40], 0).expect("there is room");
			if number % 100 == 0 {
				store.commit().expect("the disk works");
			}
		}
		for _ in 0..calls {
			store.maintain().expect("the disk works");
		}
		store.remove(tenant).expect("it is there");
		let begun = Instant::now();
		while store.is_clearing() {
			assert!(begun.elapsed() < Duration::from_secs(60), "it is not cleared");
			store.maintain().expect("the disk works");
			std::thread::yield_now();
		}
		// Files are removed beside.
		while !files_with(&disk, NAME).is_empty() {
			assert!(begun.elapsed() < Duration::from_secs(60), "after {calls} calls");
			std::thread::yield_now();
		}
	}
}

#[test]
fn the_history_of_others_stays_where_it_is_kept() {
	let disk = SimulatedDisk::new();
	let mut store = open(&disk, Compaction::Off);
	let tenant = store.create(NAME, Settings::default()).expect("there is none yet");
	let other = store.create(b"other", Settings::default()).expect("there is none yet");
	write(&mut store, tenant, other);
	store.remove(tenant).expect("it is there");
	go_on(&mut store);
	assert_eq!(files_with(&disk, VALUE), Vec::<String>::new());
	let key = [b"other", &7u32.to_le_bytes()[..]].concat();
	let (mut at, mut versions) = (None, 0);
	loop {
		let past = store.history(other, &key, at).expect("it can be read").expect("it is known");
		versions += 1;
		at = past.previous;
		if at.is_none() {
			break;
		}
	}
	assert_eq!(versions, 4, "each time it was written");
}

#[test]
fn a_file_that_shrinks_stays_small() {
	let disk = SimulatedDisk::new();
	let mut store = open(&disk, Compaction::Off);
	let other = store.create(b"other", Settings::default()).expect("there is none yet");
	store.set(other, b"key", b"value", 0).expect("there is room");
	for round in 0..20u32 {
		let tenant = store.create(NAME, Settings::default()).expect("there is none yet");
		for number in 0..100u32 {
			let value = round.to_le_bytes().repeat(100);
			store.set(tenant, &number.to_le_bytes(), &value, 0).expect("there is room");
		}
		store.commit().expect("the disk works");
		store.remove(tenant).expect("it is there");
		go_on(&mut store);
	}
	let stats = store.stats();
	// Forty kilobytes came and went twenty times.
	assert!(stats.log_bytes < 3 * u64::from(SEGMENT), "{stats:?}");
}

#[test]
fn numbers_are_not_given_twice_though_what_shows_them_was_compacted() {
	let disk = SimulatedDisk::new();
	let mut store = open(&disk, Compaction::When { dead_percent: 1 });
	let mode = Mode::Sequential;
	let id = store.create(b"log", Settings { mode, ..Settings::default() }).expect("it is new");
	for number in 0..500u32 {
		let given = store.append(id, &number.to_le_bytes().repeat(40), 0).expect("there is room");
		assert_eq!(given, u64::from(number));
	}
	for number in 0..500u64 {
		store.delete(id, &number.to_le_bytes(), 0).expect("there is room");
	}
	store.commit().expect("the disk works");
	let other = store.create(b"other", Settings::default()).expect("there is none yet");
	for number in 0..1000u32 {
		store.set(other, b"filler", &number.to_le_bytes().repeat(60), 0).expect("there is room");
		store.commit().expect("the disk works");
		store.maintain().expect("the disk works");
	}
	go_on(&mut store);
	drop(store);
	disk.lose("index");
	let mut store = open(&disk, Compaction::When { dead_percent: 1 });
	let id = store.find(b"log").expect("it was made");
	assert_eq!(store.append(id, b"next", 0).expect("there is room"), 500);
}
