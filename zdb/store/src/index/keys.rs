//! The index of keys that users name: shards of a few thousand slots, found by the first bits of a
//! hash. They grow, and are cut in two, one at a time: nothing is ever rebuilt as a whole.

use super::shard::{Full, Shard, Slot, HASH_BITS, MOST_DEPTH};
use crate::format::Position;

/// The index of keys that users name.
pub(crate) struct KeyIndex {
	/// How many bits of a hash choose the shard.
	depth: u32,
	/// For each value of these bits, the shard.
	directory: Vec<u32>,
	shards: Vec<Shard>,
	length: u64,
}

impl Default for KeyIndex {
	fn default() -> Self {
		Self { depth: 0, directory: vec![0], shards: vec![Shard::new(0)], length: 0 }
	}
}

/// Makes an index of the parts of another: [`KeyIndex::part`].
#[derive(Default)]
pub(crate) struct KeyBuilder {
	shards: Vec<Shard>,
	/// The hashes before this are there.
	covered: u64,
	length: u64,
}

impl KeyBuilder {
	/// Adds the next part. `false` where it is not the next part.
	pub(crate) fn add(&mut self, depth: u32, slots: &[Slot]) -> bool {
		if depth > MOST_DEPTH {
			return false;
		}
		let hashes = self.covered..self.covered + (1 << (HASH_BITS - depth));
		let sorted = slots.is_sorted_by_key(|slot| slot.hash());
		if !sorted || slots.iter().any(|slot| !hashes.contains(&slot.hash())) {
			return false;
		}
		self.covered = hashes.end;
		self.length += slots.len() as u64;
		self.shards.push(Shard::build(depth, slots));
		self.covered <= 1 << HASH_BITS
	}

	/// `None` where parts are missing.
	pub(crate) fn finish(self) -> Option<KeyIndex> {
		let depth = self.shards.iter().map(|shard| shard.depth).max()?;
		let mut directory = Vec::with_capacity(1 << depth);
		for (number, shard) in self.shards.iter().enumerate() {
			let places = 1usize << (depth - shard.depth);
			directory.extend(std::iter::repeat_n(number as u32, places));
		}
		let whole = self.covered == 1 << HASH_BITS;
		whole.then_some(KeyIndex { depth, directory, shards: self.shards, length: self.length })
	}
}

/// The part of a hash that is kept.
fn kept(hash: u64) -> u64 {
	hash >> (64 - HASH_BITS)
}

impl KeyIndex {
	pub(crate) fn len(&self) -> u64 {
		self.length
	}

	pub(crate) fn bytes(&self) -> u64 {
		let shards: usize = self.shards.iter().map(Shard::bytes).sum();
		let tables = self.directory.capacity() * size_of::<u32>()
			+ self.shards.capacity() * size_of::<Shard>();
		(shards + tables) as u64
	}

	fn shard_number(&self, kept: u64) -> usize {
		self.directory[(kept >> (HASH_BITS - self.depth)) as usize] as usize
	}

	fn shard(&self, kept: u64) -> &Shard {
		&self.shards[self.shard_number(kept)]
	}

	fn shard_mut(&mut self, kept: u64) -> &mut Shard {
		let number = self.shard_number(kept);
		&mut self.shards[number]
	}

	pub(crate) fn candidate(&self, hash: u64, nth: usize) -> Option<Position> {
		let hash = kept(hash);
		self.shard(hash).positions(hash).nth(nth)
	}

	pub(crate) fn contains(&self, hash: u64, position: Position) -> bool {
		let hash = kept(hash);
		self.shard(hash).positions(hash).any(|found| found == position)
	}

	pub(crate) fn insert(&mut self, hash: u64, position: Position) {
		let hash = kept(hash);
		while let Err(Full) = self.shard_mut(hash).insert(hash, position) {
			self.split(hash);
		}
		self.length += 1;
	}

	pub(crate) fn replace(&mut self, hash: u64, old: Position, new: Position) -> bool {
		let hash = kept(hash);
		self.shard_mut(hash).replace(hash, old, new)
	}

	pub(crate) fn remove(&mut self, hash: u64, position: Position) -> bool {
		let hash = kept(hash);
		let found = self.shard_mut(hash).remove(hash, position);
		self.length -= u64::from(found);
		found
	}

	pub(crate) fn forget_before(&mut self, position: Position) {
		for shard in &mut self.shards {
			shard.retain(|slot| slot.position().is_some_and(|found| found >= position));
		}
		self.length = self.shards.iter().map(|shard| shard.len() as u64).sum();
	}

	/// Cuts the shard of a hash in two.
	fn split(&mut self, hash: u64) {
		let number = self.shard_number(hash);
		let (low, high) = self.shards[number].split();
		let depth = low.depth;
		if depth > self.depth {
			self.directory = self.directory.iter().flat_map(|shard| [*shard; 2]).collect();
			self.depth = depth;
		}
		let new = self.shards.len() as u32;
		self.shards[number] = low;
		self.shards.push(high);
		// The directory's places of the old shard: the second half of them is the new one's.
		let width = 1usize << (self.depth - depth);
		let first = ((hash >> (HASH_BITS - depth) | 1) as usize) << (self.depth - depth);
		self.directory[first..first + width].fill(new);
	}

	/// The hashes from one on, as far as they are in one shard: how many first bits all of them
	/// share, their slots in order, and the first hash after them. Hashes here are of forty bits.
	/// The next part may be of another index than this one.
	pub(crate) fn part(&self, from: u64) -> (u32, impl Iterator<Item = Slot> + '_, Option<u64>) {
		let shard = self.shard(from);
		// What was before may have been of smaller shards, and cannot be said again.
		let free = if from == 0 { HASH_BITS } else { from.trailing_zeros() };
		let shift = free.min(HASH_BITS - shard.depth);
		let next = from + (1 << shift);
		let slots = shard.slots().filter(move |slot| (from..next).contains(&slot.hash()));
		(HASH_BITS - shift, slots, (next < 1 << HASH_BITS).then_some(next))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeMap;

	fn mixed(number: u64) -> u64 {
		let mut hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
		hash ^= hash >> 31;
		hash.wrapping_mul(0xBF58_476D_1CE4_E5B9)
	}

	fn at(number: u64) -> Position {
		Position::from_raw((number + 1) * 8).expect("it is a multiple of eight")
	}

	/// Many of these hashes collide in the bits that are kept, and all of them crowd.
	fn crowded(number: u64) -> u64 {
		(number % 97) << 24 | (number % 3) << 62
	}

	fn agrees_with_a_map(hash: impl Fn(u64) -> u64, count: u64) {
		let mut index = KeyIndex::default();
		let mut map = BTreeMap::new();
		for step in 0..count {
			let number = mixed(step) % (count / 3);
			match map.remove(&number) {
				Some(old) if step % 3 == 0 => assert!(index.remove(hash(number), old)),
				Some(old) => {
					assert!(index.replace(hash(number), old, at(count + step)));
					map.insert(number, at(count + step));
				},
				None => {
					index.insert(hash(number), at(step));
					map.insert(number, at(step));
				},
			}
		}
		assert_eq!(index.len(), map.len() as u64);
		for (number, position) in &map {
			assert!(index.contains(hash(*number), *position), "{number} is lost");
		}
		let mut again = KeyBuilder::default();
		let mut from = Some(0);
		while let Some(part) = from {
			let (depth, slots, next) = index.part(part);
			assert!(again.add(depth, &slots.collect::<Vec<_>>()));
			from = next;
		}
		let again = again.finish().expect("these are its parts");
		assert_eq!(again.len(), index.len(), "a walk by parts meets each slot once");
		for (number, position) in &map {
			assert!(again.contains(hash(*number), *position), "{number} is lost when built anew");
			assert!(index.remove(hash(*number), *position));
		}
		assert_eq!(index.len(), 0);
	}

	#[test]
	fn spread_hashes_are_found() {
		agrees_with_a_map(mixed, 200_000);
	}

	#[test]
	fn colliding_hashes_are_found() {
		agrees_with_a_map(crowded, 3_000);
	}

	#[test]
	fn parts_of_an_index_and_then_of_others_make_a_whole_one() {
		let mut full = KeyIndex::default();
		for number in 0..100_000 {
			full.insert(mixed(number), at(number));
		}
		let mut few = KeyIndex::default();
		for number in 0..1_000 {
			few.insert(mixed(number), at(200_000 + number));
		}
		let empty = KeyIndex::default();
		for turn in 0..40 {
			let (mut again, mut from, mut parts) = (KeyBuilder::default(), Some(0), 0);
			let mut seen = 0;
			while let Some(part) = from {
				let index = match parts {
					_ if parts < turn => &full,
					_ if parts < turn + 3 => &empty,
					_ if parts < turn + 9 => &few,
					_ => &full,
				};
				let (depth, slots, next) = index.part(part);
				let slots: Vec<Slot> = slots.collect();
				seen += slots.len();
				assert!(again.add(depth, &slots), "{turn}: part {parts} at {part}");
				from = next;
				parts += 1;
			}
			let again = again.finish().expect("these are its parts");
			assert_eq!(again.len(), seen as u64, "{turn}");
		}
	}

	#[test]
	fn a_key_takes_little_memory_at_any_number_of_keys() {
		let mut index = KeyIndex::default();
		for number in 0..400_000 {
			index.insert(mixed(number), at(number));
			if number > 10_000 && number % 1_000 == 0 {
				let each = index.bytes() / number;
				assert!(each <= 26, "{each} bytes a key at {number} keys");
			}
		}
	}
}
