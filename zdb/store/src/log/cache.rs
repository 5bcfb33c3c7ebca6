//! Blocks of the log in memory, as many as the options allow.

use std::{
	collections::HashMap,
	hash::{BuildHasherDefault, Hasher},
};

/// The length of a block.
pub(super) const BLOCK: usize = 16 << 10;

/// A block's bytes.
pub(super) type Block = Box<[u8]>;

pub(super) fn empty_block() -> Block {
	vec![0; BLOCK].into_boxed_slice()
}

/// Which block: the serial number of the file, which is never used again, and the number in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BlockId {
	pub(super) serial: u32,
	pub(super) number: u32,
}

impl BlockId {
	fn key(self) -> u64 {
		u64::from(self.serial) << 32 | u64::from(self.number)
	}
}

/// Spreads numbers that nobody outside chooses.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
	fn finish(&self) -> u64 {
		self.0
	}

	fn write(&mut self, bytes: &[u8]) {
		for byte in bytes {
			self.write_u64(u64::from(*byte));
		}
	}

	fn write_u64(&mut self, number: u64) {
		let mixed = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
		self.0 = mixed ^ mixed >> 32;
	}
}

struct Kept {
	key: u64,
	block: Block,
	/// How many of its bytes are of the file.
	filled: usize,
	/// Read since the hand last passed.
	used: bool,
}

/// Blocks of the log in memory. The hand of a clock takes those that nobody read for a round.
pub(super) struct Cache {
	places: HashMap<u64, u32, BuildHasherDefault<Spread>>,
	kept: Vec<Kept>,
	limit: usize,
	hand: usize,
}

impl Cache {
	pub(super) fn new(bytes: usize) -> Self {
		let limit = (bytes / BLOCK).max(4);
		Self { places: HashMap::default(), kept: Vec::new(), limit, hand: 0 }
	}

	pub(super) fn bytes(&self) -> usize {
		self.kept.len() * BLOCK
	}

	/// Where the block is, for [`Cache::block`].
	pub(super) fn find(&self, id: BlockId) -> Option<u32> {
		self.places.get(&id.key()).copied()
	}

	pub(super) fn block(&mut self, place: u32) -> &[u8] {
		let kept = &mut self.kept[place as usize];
		kept.used = true;
		&kept.block[..kept.filled]
	}

	/// Keeps a block, and gives back one that may be used for other bytes.
	pub(super) fn insert(
		&mut self,
		id: BlockId,
		block: Block,
		filled: usize,
	) -> (u32, Option<Block>) {
		let new = Kept { key: id.key(), block, filled, used: false };
		if let Some(place) = self.find(id) {
			let old = std::mem::replace(&mut self.kept[place as usize], new);
			return (place, Some(old.block));
		}
		if self.kept.len() < self.limit {
			let place = self.kept.len() as u32;
			self.kept.push(new);
			self.places.insert(id.key(), place);
			return (place, None);
		}
		while std::mem::take(&mut self.kept[self.hand].used) {
			self.hand = (self.hand + 1) % self.kept.len();
		}
		let place = self.hand;
		self.hand = (self.hand + 1) % self.kept.len();
		let old = std::mem::replace(&mut self.kept[place], new);
		if self.places.get(&old.key) == Some(&(place as u32)) {
			self.places.remove(&old.key);
		}
		self.places.insert(id.key(), place as u32);
		(place as u32, Some(old.block))
	}

	/// Forgets a block, so that it is read again.
	pub(super) fn forget(&mut self, id: BlockId) {
		if let Some(place) = self.places.remove(&id.key()) {
			self.kept[place as usize].used = false;
			self.kept[place as usize].filled = 0;
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_read_stays_and_the_rest_makes_room() {
		let mut cache = Cache::new(4 * BLOCK);
		let id = |number| BlockId { serial: 1, number };
		for number in 0..100 {
			cache.insert(id(number), empty_block(), BLOCK);
			let place = cache.find(id(0)).expect("what is read stays");
			cache.block(place);
		}
		assert_eq!(cache.bytes(), 4 * BLOCK);
		assert!(cache.find(id(50)).is_none());
		cache.forget(id(0));
		assert!(cache.find(id(0)).is_none());
	}
}
