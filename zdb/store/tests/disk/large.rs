//! Values that are written from where they are, in whole blocks.

use crate::{open, read};
use std::{sync::Arc, time::Duration};
use zdb_store::{
	simulation::{Dice, SimulatedDisk},
	Direction, NamespaceId, Options, Store, Sync,
};

const BLOCK: usize = 16 << 10;

fn store(disk: &SimulatedDisk, sync: Sync) -> (Store, NamespaceId) {
	let mut options = Options::on(Arc::new(disk.clone()));
	options.sync = sync;
	open(options)
}

/// Lengths with which a record ends at each place in a block, with padding and without.
fn lengths() -> impl Iterator<Item = usize> {
	(0..BLOCK / 8).map(|place| 2 * BLOCK + place * 8 + place % 8)
}

#[test]
fn what_is_committed_is_on_the_disk_wherever_in_a_block_it_ends() {
	let mut dice = Dice::new(7);
	for length in lengths() {
		let disk = SimulatedDisk::new();
		let (mut store, id) = store(&disk, Sync::Always);
		let value: Vec<u8> = (0..length).map(|at| (at / 7) as u8).collect();
		store.set(id, b"key", &value, 0).expect("there is room");
		let syncs = disk.syncs();
		store.commit().expect("the disk works");
		assert!(disk.syncs() > syncs, "{length} bytes are committed without asking the disk");
		disk.power_off();
		drop(store);
		disk.power_on(&mut dice);
		let (mut store, id) = self::store(&disk, Sync::Always);
		assert!(read(&mut store, id, b"key") == Some(value), "{length} bytes are lost");
	}
}

#[test]
fn what_is_not_committed_yet_is_read_and_walked_over() {
	for length in lengths().step_by(61) {
		let disk = SimulatedDisk::new();
		let (mut store, id) = store(&disk, Sync::Os);
		let value = vec![7; length];
		for key in [b"one", b"two"] {
			store.set(id, key, &value, 0).expect("there is room");
			assert!(read(&mut store, id, key).as_ref() == Some(&value), "{length}");
			let page = store.scan(id, None, Direction::Forward, 10).expect("nothing is damaged");
			assert_eq!(page.items.last().map(|item| item.key.as_slice()), Some(key.as_slice()));
		}
		store.commit().expect("the disk works");
		assert!(read(&mut store, id, b"one") == Some(value), "{length}");
	}
}

#[test]
fn half_a_record_is_not_said_to_be_durable() {
	let (every, value) = (Duration::from_millis(1), vec![7; 40_000]);
	for seed in 0..300 {
		let disk = SimulatedDisk::new();
		let (mut store, id) = store(&disk, Sync::Interval(every));
		store.set(id, b"first", b"value", 0).expect("there is room");
		let syncs = disk.syncs();
		store.commit().expect("the disk works");
		// Most of it is written when the disk is asked to sync, and the rest is later.
		store.set(id, b"second", &value, 0).expect("there is room");
		while disk.syncs() == syncs {
			std::thread::yield_now();
		}
		store.commit().expect("the disk works");
		store.set(id, b"third", &value, 0).expect("there is room");
		store.commit().expect("the disk works");
		disk.power_off();
		drop(store);
		disk.power_on(&mut Dice::new(seed));
		let (store, _) = self::store(&disk, Sync::Os);
		assert_eq!(store.recovered().damaged, 0, "with {seed} an end is taken for damage");
	}
}
