//! Walking over keys in the order they were written.

use super::Store;
use crate::{
	error::ReadError,
	format::{Kind, Position, Step, Walk, Want, HEADER},
	NamespaceId,
};

/// How many records a call looks at.
const LOOKS: usize = 4096;

/// How much it reads.
const BYTES: u64 = 2 << 20;

/// How much of a segment is walked at a time when going backward.
const PIECE: u32 = 64 << 10;

/// The order of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
	/// From what was written first.
	Forward,
	/// From what was written last.
	Backward,
}

/// A place in a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Position);

impl Cursor {
	/// As clients hold it: seventeen bytes that mean nothing to them.
	pub fn to_bytes(self) -> [u8; 17] {
		let mut bytes = [0; 17];
		bytes[0] = 1;
		bytes[1..9].copy_from_slice(&self.0.raw().to_le_bytes());
		let sum = crc32c::crc32c(&bytes[..13]);
		bytes[13..].copy_from_slice(&sum.to_le_bytes());
		bytes
	}

	/// `None` where this is not a cursor.
	pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
		let bytes: [u8; 17] = bytes.try_into().ok()?;
		let position = Position::from_raw(crate::format::u64_at(&bytes, 1))?;
		(Self(position).to_bytes() == bytes).then_some(Self(position))
	}
}

/// A part of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
	/// Keys in the order of the scan. There may be none though the scan goes on: how much a call
	/// looks at is bounded.
	pub items: Vec<Item>,
	/// Where the scan goes on. `None` at the end.
	pub next: Option<Cursor>,
}

/// A key that a scan met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
	/// The key.
	pub key: Vec<u8>,
	/// The length of its value.
	pub length: u32,
	/// When it was written.
	pub timestamp: u32,
	/// The place of this key: a scan may go on after it.
	pub cursor: Cursor,
}

/// What a call may still do.
struct Budget {
	looks: usize,
	bytes: u64,
}

impl Budget {
	fn look(&mut self) {
		self.looks = self.looks.saturating_sub(1);
	}

	fn is_over(&self, walk: &Walk) -> bool {
		self.looks == 0 || walk.read() >= self.bytes
	}

	/// A walk has come to its end.
	fn pay(&mut self, walk: &Walk) {
		self.bytes = self.bytes.saturating_sub(walk.read());
	}
}

impl Store {
	/// The place of a key in a scan: the scan goes on after it.
	pub fn cursor(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
	) -> Result<Option<Cursor>, ReadError> {
		Ok(self.record(namespace, key)?.map(|(head, _)| Cursor(head.position)))
	}

	/// The next keys, at most `limit`, after a cursor or from the beginning.
	///
	/// A key that is there during the whole of a forward scan is met at least once. One that is
	/// written again meanwhile moves to the end: a backward scan may miss it.
	pub fn scan(
		&mut self,
		namespace: NamespaceId,
		after: Option<Cursor>,
		direction: Direction,
		limit: usize,
	) -> Result<Page, ReadError> {
		self.namespaces.readable(namespace)?;
		if after.is_some_and(|Cursor(position)| position >= self.log.end()) {
			return Err(ReadError::Cursor);
		}
		// Walks read the file.
		if let Err(source) = self.log.write() {
			let end = self.log.end();
			return Err(ReadError::Disk { segment: end.segment(), offset: end.offset(), source });
		}
		let limit = limit.max(1);
		let mut budget = Budget { looks: LOOKS, bytes: BYTES };
		let mut page = Page::default();
		let mut cursor = after.map(|Cursor(position)| position);
		let count = self.log.segments.len();
		let mut place = match (cursor, direction) {
			(Some(position), _) => {
				self.log.segments.place(position.segment()).ok_or(ReadError::Cursor)?
			},
			(None, Direction::Forward) => 0,
			(None, Direction::Backward) => count - 1,
		};
		while page.items.len() < limit && budget.looks > 0 && budget.bytes > 0 {
			let used = |found: &crate::log::Segment| found.usage.share(namespace.0).records > 0;
			if self.log.segments.get(place).is_some_and(used) {
				let done = match direction {
					Direction::Forward => {
						self.scan_forward(namespace, place, cursor, limit, &mut budget, &mut page)?
					},
					Direction::Backward => {
						self.scan_backward(namespace, place, cursor, limit, &mut budget, &mut page)?
					},
				};
				if let Some(position) = done {
					page.next = Some(Cursor(position));
					return Ok(page);
				}
			}
			cursor = None;
			place = match direction {
				Direction::Forward if place + 1 < count => place + 1,
				Direction::Backward if place > 0 => place - 1,
				_ => return Ok(page),
			};
			budget.look();
		}
		// The next segment has not been begun.
		let first = self.log.segments.get(place).map_or(0, |segment| segment.first);
		page.next = Some(Cursor(match direction {
			Direction::Forward => Position::new(first, HEADER - 8),
			Direction::Backward => {
				let segment = self.log.segments.get(place).ok_or(ReadError::Cursor)?;
				Position::new(segment.last, segment.end_offset)
			},
		}));
		Ok(page)
	}

	/// `None` at the end of the segment, else how far it came.
	fn scan_forward(
		&mut self,
		namespace: NamespaceId,
		place: usize,
		after: Option<Position>,
		limit: usize,
		budget: &mut Budget,
		page: &mut Page,
	) -> Result<Option<Position>, ReadError> {
		let from = match after {
			None => HEADER,
			Some(position) => self.offset_after(place, position)?,
		};
		let broken = |this: &Self, source| this.scan_error(place, from, source);
		let mut walk = self.log.walk(place, from, Want::Heads).map_err(|e| broken(self, e))?;
		loop {
			let step = walk.step().map_err(|error| broken(self, error))?;
			let (head, key) = match step {
				Step::Record { head, key, .. } => (head, key),
				Step::Damaged { .. } => continue,
				Step::End => {
					budget.pay(&walk);
					return Ok(None);
				},
			};
			if after.is_some_and(|position| head.position <= position) {
				continue;
			}
			if head.kind == Kind::Set && head.namespace == namespace.0 {
				if let Some(item) = self.alive(namespace, &head, key) {
					page.items.push(item);
				}
			}
			budget.look();
			if page.items.len() >= limit || budget.is_over(&walk) {
				return Ok(Some(head.position));
			}
		}
	}

	/// `None` at the beginning of the segment, else how far it came.
	fn scan_backward(
		&mut self,
		namespace: NamespaceId,
		place: usize,
		before: Option<Position>,
		limit: usize,
		budget: &mut Budget,
		page: &mut Page,
	) -> Result<Option<Position>, ReadError> {
		let Some(segment) = self.log.segments.get(place) else { return Ok(None) };
		let in_place = segment.in_place().then_some(segment.first);
		let mut end = segment.end;
		if let Some(position) = before {
			end = self.offset_before(place, position)?;
		}
		while end > HEADER {
			let start = self.piece_before(place, end)?;
			let broken = |this: &Self, source| this.scan_error(place, start, source);
			let walk = self.log.walk(place, start, Want::Heads).map_err(|e| broken(self, e))?;
			let mut walk = walk.up_to(end);
			walk.align().map_err(|error| broken(self, error))?;
			let mut items = Vec::new();
			// Where it went on if it ended here: in a segment that was not compacted, positions are
			// where records are, and there may be none in a piece of a long value.
			let mut first = in_place.map(|number| Position::new(number, start));
			while walk.offset() < end {
				match walk.step().map_err(|error| broken(self, error))? {
					Step::Record { head, key, .. } => {
						first.get_or_insert(head.position);
						budget.look();
						let wanted = head.kind == Kind::Set && head.namespace == namespace.0;
						if wanted && before.is_none_or(|position| head.position < position) {
							items.extend(self.alive(namespace, &head, key));
						}
					},
					Step::Damaged { .. } => (),
					Step::End => break,
				}
			}
			for item in items.into_iter().rev() {
				let position = item.cursor.0;
				page.items.push(item);
				if page.items.len() >= limit {
					return Ok(Some(position));
				}
			}
			if let (true, Some(position)) = (budget.is_over(&walk), first) {
				return Ok(Some(position));
			}
			budget.pay(&walk);
			end = start;
		}
		Ok(None)
	}

	/// Where the piece begins that ends at an offset. In a compacted segment a record begins there.
	fn piece_before(&mut self, place: usize, end: u32) -> Result<u32, ReadError> {
		let start = end.saturating_sub(PIECE).max(HEADER);
		if self.log.segments.get(place).is_some_and(crate::log::Segment::in_place) {
			return Ok(start);
		}
		let marks = self.log.marks(place)?;
		Ok(marks.at_or_before(start).unwrap_or(HEADER))
	}

	/// Where in a segment's file to go back from a position.
	fn offset_before(&mut self, place: usize, position: Position) -> Result<u32, ReadError> {
		let Some(segment) = self.log.segments.get(place) else { return Err(ReadError::Cursor) };
		let end = segment.end;
		if segment.in_place() {
			return Ok(position.offset().clamp(HEADER, end));
		}
		let marks = self.log.marks(place)?;
		Ok(marks.after(position).unwrap_or(end).min(end))
	}

	/// Where in a segment's file to go on after a position.
	fn offset_after(&mut self, place: usize, position: Position) -> Result<u32, ReadError> {
		let Some(segment) = self.log.segments.get(place) else { return Err(ReadError::Cursor) };
		if segment.in_place() {
			return Ok(position.offset().clamp(HEADER, segment.end));
		}
		let end = segment.end;
		let marks = self.log.marks(place)?;
		// Records before it do no harm: positions are compared too.
		Ok(marks.before(position).unwrap_or(HEADER).min(end))
	}

	fn scan_error(&self, place: usize, offset: u32, source: std::io::Error) -> ReadError {
		let segment = self.log.segments.get(place).map_or(0, |segment| segment.first);
		ReadError::Disk { segment, offset, source }
	}

	fn alive(
		&self,
		namespace: NamespaceId,
		head: &crate::format::Head,
		key: &[u8],
	) -> Option<Item> {
		let space = self.namespaces.get(namespace)?;
		let locator = space.index.locate(key, self.hash)?;
		space.index.contains(locator, head.position).then(|| Item {
			key: key.to_vec(),
			length: head.value_length,
			timestamp: head.timestamp,
			cursor: Cursor(head.position),
		})
	}
}
