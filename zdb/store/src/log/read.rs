//! Reading records by their positions.

use super::{
	cache::{BlockId, BLOCK},
	marks::{read_exactly, Marks},
	Log,
};
use crate::{
	error::ReadError,
	format::{Head, Position, Step, Walk, Want, HEAD, HEADER},
	index::{Index, Locator},
};
use std::{io, sync::Arc};

/// Values of this length and more are read from the file into the caller's buffer, and written
/// from the caller's bytes: another copy would cost more than the cache saves.
pub(super) const LARGE: usize = 32 << 10;

/// Where in which file a record is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
	segment: usize,
	offset: u32,
}

/// What a look for a key found.
pub(crate) enum Found {
	/// Its record.
	Record(Head, Place),
	/// A damaged record that must be its: the hash is the same.
	Damaged(Position, ReadError),
	/// Nothing.
	Nothing,
}

impl Log {
	fn damaged(&self, place: Place) -> ReadError {
		let segment = self.segments.get(place.segment).map_or(0, |segment| segment.first);
		ReadError::Damaged { segment, offset: place.offset }
	}

	fn unreadable(&self, place: Place, source: io::Error) -> ReadError {
		let segment = self.segments.get(place.segment).map_or(0, |segment| segment.first);
		ReadError::Disk { segment, offset: place.offset, source }
	}

	/// `length` bytes at a place.
	fn bytes(&mut self, place: Place, length: usize) -> Result<&[u8], ReadError> {
		let Some(segment) = self.segments.get(place.segment) else {
			return Err(self.damaged(place));
		};
		let active = place.segment + 1 == self.segments.len();
		let end = if active { self.tail.end } else { segment.end };
		if place.offset as usize + length > end as usize {
			return Err(self.damaged(place));
		}
		let at = place.offset as usize % BLOCK;
		if at + length <= BLOCK {
			if active && place.offset / BLOCK as u32 >= self.tail.first_block() {
				let piece = self.tail.piece(place.offset).unwrap_or_default();
				return Ok(&piece[..length]);
			}
			let id = BlockId { serial: segment.serial, number: place.offset / BLOCK as u32 };
			let kept = match self.cache.find(id) {
				Some(kept) => kept,
				None => match self.load(place.segment, id) {
					Ok(kept) => kept,
					// Others in the block may be well, and one that is must be readable.
					Err(_) => return self.bytes_from_disk(place, length),
				},
			};
			if self.cache.block(kept).len() < at + length {
				return Err(self.damaged(place));
			}
			return Ok(&self.cache.block(kept)[at..at + length]);
		}
		self.gather(place, length, active)
	}

	/// Puts together what spans blocks.
	fn gather(&mut self, place: Place, length: usize, active: bool) -> Result<&[u8], ReadError> {
		if length >= LARGE && !(active && place.offset + length as u32 > self.tail.written) {
			return self.bytes_from_disk(place, length);
		}
		let mut scratch = std::mem::take(&mut self.scratch);
		scratch.clear();
		while scratch.len() < length {
			let offset = place.offset + scratch.len() as u32;
			let wanted = (BLOCK - offset as usize % BLOCK).min(length - scratch.len());
			match self.bytes(Place { offset, ..place }, wanted) {
				Ok(piece) => scratch.extend_from_slice(piece),
				Err(error) => {
					self.scratch = scratch;
					return Err(error);
				},
			}
		}
		self.scratch = scratch;
		Ok(&self.scratch)
	}

	/// Reads past the cache.
	fn bytes_from_disk(&mut self, place: Place, length: usize) -> Result<&[u8], ReadError> {
		let read = match self.segments.file(place.segment, &*self.disk) {
			Ok(file) => read_exactly(&*file, length, u64::from(place.offset)),
			Err(error) => Err(error),
		};
		self.scratch = read.map_err(|error| self.unreadable(place, error))?;
		if self.scratch.len() < length {
			return Err(self.damaged(place));
		}
		Ok(&self.scratch)
	}

	/// Reads a block into the cache.
	fn load(&mut self, segment: usize, id: BlockId) -> io::Result<u32> {
		let file = self.segments.file(segment, &*self.disk)?;
		let mut block = self.tail.take_spare();
		let mut filled = 0;
		let start = u64::from(id.number) * BLOCK as u64;
		while filled < BLOCK {
			match file.read_at(&mut block[filled..], start + filled as u64) {
				Ok(0) => break,
				Ok(read) => filled += read,
				Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
				Err(error) => {
					self.tail.give(Some(block));
					return Err(error);
				},
			}
		}
		let (kept, old) = self.cache.insert(id, block, filled);
		self.tail.give(old);
		Ok(kept)
	}

	/// Forgets the blocks of a piece of a file, so that the disk is asked again.
	pub(super) fn forget_blocks(&mut self, place: Place, length: u64) {
		let Some(serial) = self.segments.get(place.segment).map(|segment| segment.serial) else {
			return;
		};
		let last = (u64::from(place.offset) + length) / BLOCK as u64;
		for number in place.offset / BLOCK as u32..=last as u32 {
			self.cache.forget(BlockId { serial, number });
		}
	}

	/// Where the record of a position is. `None` where compaction removed it.
	pub(crate) fn locate(&mut self, position: Position) -> Result<Option<Place>, ReadError> {
		let Some(segment) = self.segments.place(position.segment()) else { return Ok(None) };
		let Some(found) = self.segments.get(segment) else { return Ok(None) };
		let place = Place { segment, offset: position.offset() };
		if found.in_place() {
			return Ok((position.offset() >= HEADER).then_some(place));
		}
		let end = found.end;
		let marks = self.marks(segment)?;
		let Some(mut offset) = marks.before(position) else { return Ok(None) };
		while offset < end {
			let here = Place { segment, offset };
			let head = self.head(here)?;
			if head.position >= position {
				return Ok((head.position == position).then_some(here));
			}
			offset = offset.saturating_add(head.length() as u32);
		}
		Ok(None)
	}

	/// Where the record of a position is, or was before its head was damaged.
	pub(super) fn place_of(&mut self, position: Position) -> Option<Place> {
		match self.locate(position) {
			Ok(place) => place,
			// The one before it may be damaged.
			Err(_) => {
				let segment = self.segments.place(position.segment())?;
				let mut walk = self.walk(segment, HEADER, Want::Heads).ok()?;
				loop {
					match walk.step().ok()? {
						Step::Record { head, offset, .. } if head.position == position => {
							return Some(Place { segment, offset });
						},
						Step::Record { .. } | Step::Damaged { .. } => (),
						Step::End => return None,
					}
				}
			},
		}
	}

	/// Where in a compacted file records are.
	pub(crate) fn marks(&mut self, segment: usize) -> Result<Arc<Marks>, ReadError> {
		if let Some(marks) = self.segments.get(segment).and_then(|found| found.marks.clone()) {
			return Ok(marks);
		}
		let place = Place { segment, offset: HEADER };
		let marks = self.read_marks(segment).map_err(|error| self.unreadable(place, error))?;
		let marks = Arc::new(marks);
		if let Some(found) = self.segments.iter_mut().nth(segment) {
			found.marks = Some(marks.clone());
		}
		Ok(marks)
	}

	fn read_marks(&mut self, segment: usize) -> io::Result<Marks> {
		let file = self.segments.file(segment, &*self.disk)?;
		if let Some(marks) = Marks::read(&*file, self.checksum)? {
			return Ok(marks);
		}
		// The records themselves say where they are.
		let mut marks = Marks::default();
		let mut walk = self.walk(segment, HEADER, Want::Heads)?;
		loop {
			match walk.step()? {
				Step::Record { head, offset, .. } => marks.note(head.position, offset),
				Step::Damaged { .. } => (),
				Step::End => return Ok(marks),
			}
		}
	}

	/// Reads a segment's records from an offset on, as they are in the file.
	pub(crate) fn walk(&mut self, place: usize, from: u32, want: Want) -> io::Result<Walk> {
		let file = self.segments.file(place, &*self.disk)?;
		let active = place + 1 == self.segments.len();
		let Some(segment) = self.segments.get(place) else {
			return Err(io::ErrorKind::NotFound.into());
		};
		let end = if active { self.tail.whole } else { segment.end };
		let numbers = (segment.first, segment.last);
		Ok(Walk::new(file, self.checksum, numbers, segment.in_place(), (from, end), want))
	}

	/// The head at a place, verified, and set right where one bit of it is wrong.
	pub(crate) fn head(&mut self, place: Place) -> Result<Head, ReadError> {
		let checksum = self.checksum;
		let bytes = self.bytes(place, HEAD)?;
		let length = HEAD + Head::decode(bytes).map_or(0, |head| usize::from(head.key_length));
		if let Ok(bytes) = self.bytes(place, length) {
			if let Some(head) = Head::verify(bytes, checksum) {
				return Ok(head);
			}
		}
		self.heal(place).map(|(head, _)| head)
	}

	/// The head at a place from the disk, set right where one bit of it is wrong, with its key.
	fn heal(&mut self, place: Place) -> Result<(Head, Vec<u8>), ReadError> {
		let checksum = self.checksum;
		self.forget_blocks(place, HEAD as u64 + 255);
		let most = HEAD + usize::from(u8::MAX);
		let end = match self.segments.get(place.segment) {
			Some(_) if place.segment + 1 == self.segments.len() => self.tail.end,
			Some(segment) => segment.end,
			None => 0,
		};
		let length = most.min(end.saturating_sub(place.offset) as usize);
		let mut bytes = self.bytes(place, length)?.to_vec();
		let healed = match Head::verify(&bytes, checksum) {
			Some(head) => Some(head),
			None => Head::heal(&mut bytes, checksum),
		};
		let head = healed.ok_or_else(|| self.damaged(place))?;
		Ok((head, bytes[HEAD..HEAD + usize::from(head.key_length)].to_vec()))
	}

	/// The record of a position, if it is of this key.
	fn record_of(
		&mut self,
		position: Position,
		namespace: u32,
		key: &[u8],
	) -> Result<Option<(Head, Place)>, ReadError> {
		let Some(place) = self.locate(position)? else { return Ok(None) };
		let checksum = self.checksum;
		if let Ok(bytes) = self.bytes(place, HEAD + key.len()) {
			if let Some(head) = Head::verify(bytes, checksum) {
				let same = head.namespace == namespace && &bytes[HEAD..] == key;
				if same && head.position == position && usize::from(head.key_length) == key.len() {
					return Ok(Some((head, place)));
				}
			}
		}
		// Another key, whose hash is the same, or damage.
		let (head, other) = self.key(place)?;
		if head.position != position {
			return Err(self.damaged(place));
		}
		let same = head.namespace == namespace && other == key && head.kind.has_key();
		Ok(same.then_some((head, place)))
	}

	/// The head at a place, and the key.
	pub(crate) fn key(&mut self, place: Place) -> Result<(Head, Vec<u8>), ReadError> {
		let head = self.head(place)?;
		let checksum = self.checksum;
		let bytes = self.bytes(place, HEAD + usize::from(head.key_length))?;
		match Head::verify(bytes, checksum) {
			Some(_) => (),
			None => return self.heal(place),
		}
		let bytes = self.bytes(place, HEAD + usize::from(head.key_length))?;
		Ok((head, bytes[HEAD..].to_vec()))
	}

	/// The record of a position, if it is there and of this key.
	pub(crate) fn version(
		&mut self,
		position: Position,
		namespace: u32,
		key: &[u8],
	) -> Result<Option<(Head, Place)>, ReadError> {
		self.record_of(position, namespace, key)
	}

	/// The newest record of a key.
	pub(crate) fn find(
		&mut self,
		index: &Index,
		locator: Locator,
		namespace: u32,
		key: &[u8],
	) -> Found {
		let mut damaged = None;
		for nth in 0.. {
			let Some(position) = index.candidate(locator, nth) else { break };
			match self.record_of(position, namespace, key) {
				Ok(Some((head, place))) => return Found::Record(head, place),
				Ok(None) => (),
				Err(error) => damaged = Some((position, error)),
			}
		}
		damaged.map_or(Found::Nothing, |(position, error)| Found::Damaged(position, error))
	}

	/// Adds the value of a record to `out`. After an error `out` is as before.
	pub(crate) fn value(
		&mut self,
		head: &Head,
		place: Place,
		out: &mut Vec<u8>,
	) -> Result<(), ReadError> {
		let start = HEAD as u32 + u32::from(head.key_length);
		let at = Place { offset: place.offset + start, ..place };
		let length = head.value_length as usize;
		let before = out.len();
		let mut outcome = self.copy_value(head, at, length, out);
		if outcome.is_err() {
			// What is in memory may be damaged while the disk is well.
			out.truncate(before);
			self.forget_blocks(at, length as u64);
			outcome = self.copy_value(head, at, length, out);
		}
		outcome.map_err(|error| {
			out.truncate(before);
			match error {
				ReadError::Damaged { .. } => self.damaged(place),
				other => other,
			}
		})
	}

	fn copy_value(
		&mut self,
		head: &Head,
		at: Place,
		length: usize,
		out: &mut Vec<u8>,
	) -> Result<(), ReadError> {
		let checksum = self.checksum;
		let written = at.segment + 1 < self.segments.len()
			|| at.offset as usize + length <= self.tail.written as usize;
		if length >= LARGE && written {
			let before = out.len();
			let file = self.segments.file(at.segment, &*self.disk);
			let file = file.map_err(|error| self.unreadable(at, error))?;
			while out.len() - before < length {
				let done = out.len() - before;
				match file.read_to(out, length - done, u64::from(at.offset) + done as u64) {
					Ok(0) => return Err(self.damaged(at)),
					Ok(_) => (),
					Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
					Err(error) => return Err(self.unreadable(at, error)),
				}
			}
			let good = checksum.sum(&out[before..]) == head.value_sum;
			return good.then_some(()).ok_or_else(|| self.damaged(at));
		}
		let bytes = self.bytes(at, length)?;
		if checksum.sum(bytes) != head.value_sum {
			return Err(self.damaged(at));
		}
		out.extend_from_slice(bytes);
		Ok(())
	}

	/// Whether a record's value is this.
	pub(crate) fn is_value(&mut self, head: &Head, place: Place, value: &[u8]) -> bool {
		let start = HEAD as u32 + u32::from(head.key_length);
		let at = Place { offset: place.offset + start, ..place };
		self.bytes(at, value.len()).is_ok_and(|bytes| bytes == value)
	}

	/// Reads a record from the disk itself.
	pub(crate) fn verify(&mut self, head: &Head, place: Place) -> Result<(), ReadError> {
		self.forget_blocks(place, head.length());
		self.head(place)?;
		let mut value = Vec::new();
		self.value(head, place, &mut value)
	}
}

impl Place {
	pub(super) fn at(segment: usize, offset: u32) -> Self {
		Self { segment, offset }
	}

	pub(super) fn segment(self) -> usize {
		self.segment
	}

	pub(super) fn offset(self) -> u32 {
		self.offset
	}
}
