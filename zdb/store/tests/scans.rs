//! Walks over long values: many calls, each of which reads little.

use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use zdb_store::{
	simulation::SimulatedDisk, Direction, NamespaceId, Options, Settings, Store, Sync,
};

/// The most that a call reads: its bound, and what it reads at a time.
const MOST: u64 = 3 << 20;

/// Keys from here on have short values.
const SHORT: u32 = 100_000;

fn store(disk: &SimulatedDisk) -> (Store, NamespaceId) {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = Sync::Os;
	options.segment_bytes = 32 << 20;
	let mut store = Store::open(options).expect("the disk works");
	let id = store.create(b"default", Settings::default()).expect("there is none yet");
	(store, id)
}

fn walk(
	disk: &SimulatedDisk,
	store: &mut Store,
	id: NamespaceId,
	direction: Direction,
) -> Vec<u32> {
	let (mut met, mut cursor) = (Vec::new(), None);
	for _ in 0..10_000 {
		let before = disk.read_bytes();
		let page = store.scan(id, cursor, direction, 256).expect("all can be read");
		let read = disk.read_bytes() - before;
		assert!(read <= MOST, "a call of a walk {direction:?} reads {read} bytes");
		for item in &page.items {
			let key: [u8; 4] = item.key.as_slice().try_into().expect("keys have four bytes");
			met.push(u32::from_be_bytes(key));
		}
		assert!(page.next.is_none() || page.next != cursor, "a walk stands still");
		cursor = page.next;
		if cursor.is_none() {
			return met;
		}
	}
	panic!("a walk does not end");
}

fn there_and_back(disk: &SimulatedDisk, store: &mut Store, id: NamespaceId) -> Vec<u32> {
	let forward = walk(disk, store, id, Direction::Forward);
	let mut backward = walk(disk, store, id, Direction::Backward);
	backward.reverse();
	assert_eq!(forward, backward);
	forward
}

#[test]
fn a_call_reads_little_however_long_values_are() {
	for (length, count) in [(8 << 20, 9), (1 << 20, 40), (200 << 10, 200), (40 << 10, 1700)] {
		let disk = SimulatedDisk::new();
		let (mut store, id) = store(&disk);
		let value = vec![7; length];
		for number in 0..count {
			store.set(id, &u32::to_be_bytes(number), &value, 0).expect("there is room");
			store.set(id, &u32::to_be_bytes(SHORT + number), b"short", 0).expect("there is room");
			store.commit().expect("the disk works");
		}
		let all = |number| [number, SHORT + number];
		let met = there_and_back(&disk, &mut store, id);
		assert_eq!(met, (0..count).flat_map(all).collect::<Vec<_>>(), "{length}");
		// Compacted, records are no longer where their positions say.
		let kept = |number: &u32| number.is_multiple_of(3);
		for number in (0..count).filter(|number| !kept(number)) {
			store.delete(id, &u32::to_be_bytes(number), 0).expect("it is there");
		}
		store.commit().expect("the disk works");
		let begun = Instant::now();
		while !disk.files().iter().any(|(name, _)| name.ends_with("-0001.seg")) {
			assert!(begun.elapsed() < Duration::from_secs(60), "{length}: nothing is compacted");
			for _ in 0..100 {
				store.maintain().expect("the disk works");
			}
			std::thread::sleep(Duration::from_millis(1));
		}
		let met = there_and_back(&disk, &mut store, id);
		let expected = (0..count).flat_map(all).filter(|key| *key >= SHORT || kept(key));
		assert_eq!(met, expected.collect::<Vec<_>>(), "{length}");
	}
}
