//! A part of the index of keys: an array of slots sorted by hash, with room in between.
//!
//! A slot is at its home, the place that its hash has in the array, or after it. Since all are
//! sorted, an array is rebuilt in another size, or cut in two, by one walk from left to right.

use crate::format::Position;

/// How many bits of a hash are kept.
pub(super) const HASH_BITS: u32 = 40;

/// The most bits that shards share.
pub(super) const MOST_DEPTH: u32 = HASH_BITS - 8;

/// The most slots in use before a shard is cut in two.
const MOST: usize = 4096;

/// The least capacity.
const LEAST: usize = 8;

/// Room after the last home, for what is pushed to the right.
const OVERFLOW: usize = 24;

/// A hash of forty bits and a position of fifty-six, in twelve bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot([u32; 3]);

impl Slot {
	const EMPTY: Self = Self([0; 3]);

	/// How many bytes a slot has in a checkpoint.
	pub(crate) const BYTES: usize = 12;

	pub(super) fn new(hash: u64, position: Position) -> Self {
		let packed = position.pack();
		Self([
			hash as u32,
			(hash >> 32) as u32 & 0xFF | (packed as u32) << 8,
			(packed >> 24) as u32,
		])
	}

	pub(super) fn hash(self) -> u64 {
		u64::from(self.0[0]) | u64::from(self.0[1] & 0xFF) << 32
	}

	/// `None` where the slot is empty.
	pub(super) fn position(self) -> Option<Position> {
		Position::unpack(u64::from(self.0[1] >> 8) | u64::from(self.0[2]) << 24)
	}

	fn is_empty(self) -> bool {
		self.0[1] >> 8 == 0 && self.0[2] == 0
	}

	pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
		let mut bytes = [0; Self::BYTES];
		for (part, word) in bytes.chunks_exact_mut(4).zip(self.0) {
			part.copy_from_slice(&word.to_le_bytes());
		}
		bytes
	}

	/// `None` where it would be empty.
	pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
		let word = |at| crate::format::u32_at(bytes, at);
		let slot = Self([word(0), word(4), word(8)]);
		(!slot.is_empty()).then_some(slot)
	}
}

/// A part of the index: all hashes that begin with the same bits.
pub(super) struct Shard {
	/// How many bits.
	pub(super) depth: u32,
	slots: Box<[Slot]>,
	/// How many homes there are: all slots but the room at the end.
	homes: usize,
	used: usize,
}

/// The shard is full. It must be cut in two.
pub(super) struct Full;

impl Shard {
	pub(super) fn new(depth: u32) -> Self {
		Self { depth, slots: Box::default(), homes: 0, used: 0 }
	}

	/// A shard of slots in the order of their hashes.
	pub(super) fn build(depth: u32, sorted: &[Slot]) -> Self {
		let mut shard = Self::new(depth);
		shard.lay_out(sorted.iter().copied(), sorted.len() + sorted.len() / 6);
		shard
	}

	pub(super) fn len(&self) -> usize {
		self.used
	}

	pub(super) fn bytes(&self) -> usize {
		self.slots.len() * size_of::<Slot>()
	}

	pub(super) fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
		self.slots.iter().copied().filter(|slot| !slot.is_empty())
	}

	fn home(&self, hash: u64) -> usize {
		let rest = hash << (64 - HASH_BITS + self.depth);
		((u128::from(rest) * self.homes as u128) >> 64) as usize
	}

	/// The places of the slots with this hash.
	fn places(&self, hash: u64) -> impl Iterator<Item = (usize, Position)> + '_ {
		let start = if self.homes == 0 { 0 } else { self.home(hash) };
		let tail = self.slots.get(start..).unwrap_or_default();
		tail.iter()
			.enumerate()
			.map_while(move |(at, slot)| {
				let position = slot.position()?;
				(slot.hash() <= hash).then_some((start + at, slot.hash(), position))
			})
			.filter(move |(_, other, _)| *other == hash)
			.map(|(at, _, position)| (at, position))
	}

	pub(super) fn positions(&self, hash: u64) -> impl Iterator<Item = Position> + '_ {
		self.places(hash).map(|(_, position)| position)
	}

	fn place(&self, hash: u64, position: Position) -> Option<usize> {
		self.places(hash).find(|(_, found)| *found == position).map(|(at, _)| at)
	}

	pub(super) fn insert(&mut self, hash: u64, position: Position) -> Result<(), Full> {
		while (self.used + 1) * 8 > self.homes * 7 || !self.push(Slot::new(hash, position)) {
			self.grow()?;
		}
		self.used += 1;
		Ok(())
	}

	/// Puts a slot where it belongs. `false` where there is no room to the right of its place.
	fn push(&mut self, new: Slot) -> bool {
		let hash = new.hash();
		let mut at = self.home(hash);
		while at < self.slots.len() && !self.slots[at].is_empty() && self.slots[at].hash() <= hash {
			at += 1;
		}
		let Some(tail) = self.slots.get(at..) else { return false };
		let Some(free) = tail.iter().position(|slot| slot.is_empty()) else { return false };
		self.slots.copy_within(at..at + free, at + 1);
		self.slots[at] = new;
		true
	}

	fn grow(&mut self) -> Result<(), Full> {
		if self.used >= MOST && self.depth < MOST_DEPTH {
			return Err(Full);
		}
		let old = std::mem::take(&mut self.slots);
		let homes = LEAST.max(self.homes + self.homes / 4);
		self.lay_out(old.iter().copied().filter(|slot| !slot.is_empty()), homes);
		Ok(())
	}

	/// Lays out sorted slots anew, with at least so many homes.
	fn lay_out(&mut self, sorted: impl Iterator<Item = Slot> + Clone, homes: usize) {
		self.homes = homes.max(LEAST);
		loop {
			let mut slots = vec![Slot::EMPTY; self.homes + OVERFLOW].into_boxed_slice();
			let mut next = 0;
			let mut used = 0;
			let fits = sorted.clone().all(|slot| {
				let at = next.max(self.home(slot.hash()));
				next = at + 1;
				used += 1;
				slots.get_mut(at).map(|place| *place = slot).is_some()
			});
			if fits {
				self.slots = slots;
				self.used = used;
				return;
			}
			self.homes += self.homes / 4;
		}
	}

	pub(super) fn replace(&mut self, hash: u64, old: Position, new: Position) -> bool {
		let Some(at) = self.place(hash, old) else { return false };
		self.slots[at] = Slot::new(hash, new);
		true
	}

	pub(super) fn remove(&mut self, hash: u64, position: Position) -> bool {
		let Some(at) = self.place(hash, position) else { return false };
		// What was pushed to the right comes back, up to the first that is at home.
		let mut end = at + 1;
		while end < self.slots.len() {
			let slot = self.slots[end];
			if slot.is_empty() || self.home(slot.hash()) == end {
				break;
			}
			end += 1;
		}
		self.slots.copy_within(at + 1..end, at);
		self.slots[end - 1] = Slot::EMPTY;
		self.used -= 1;
		true
	}

	/// Keeps the slots that pass.
	pub(super) fn retain(&mut self, keep: impl Fn(Slot) -> bool) {
		let kept: Vec<Slot> = self.slots().filter(|slot| keep(*slot)).collect();
		*self = Self::build(self.depth, &kept);
	}

	/// The two halves: hashes whose next bit is 0, and 1.
	pub(super) fn split(&self) -> (Self, Self) {
		let slots: Vec<Slot> = self.slots().collect();
		let bit = 1u64 << (HASH_BITS - 1 - self.depth);
		let middle = slots.partition_point(|slot| slot.hash() & bit == 0);
		let depth = self.depth + 1;
		(Self::build(depth, &slots[..middle]), Self::build(depth, &slots[middle..]))
	}
}
