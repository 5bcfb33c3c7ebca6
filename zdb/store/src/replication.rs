//! What keeping copies of a store needs: its log, read from any position, and applied elsewhere.
//!
//! A copy has the same log, record for record at the same positions, under the same identity. Each
//! side compacts for itself. What compaction took on the one side is a gap on the other.

mod digest;
mod kinship;

pub use digest::{Digest, Digested, Digesting};
pub use kinship::{Joined, Kinship, Tip};

use crate::{
	apply::{Apply, Replaced},
	error::{ReadError, WriteError},
	format::{Head, Kind, Position, Step, Want, HEAD, HEADER},
	index::Locator,
	store::Store,
	NamespaceId,
};
use std::io;

/// A place in the log, the same on all copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogPosition(Position);

impl LogPosition {
	/// Where every log begins.
	pub fn start() -> Self {
		Self(Position::new(0, HEADER))
	}

	/// As a number, to be sent.
	pub fn to_number(self) -> u64 {
		self.0.raw()
	}

	/// `None` where it is no position.
	pub fn from_number(number: u64) -> Option<Self> {
		Position::from_raw(number).map(Self)
	}
}

/// Why a copy cannot take what it was sent.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
	/// It was damaged on the way.
	#[error("the records were damaged on the way; send them again")]
	Damaged,
	/// They are not what comes next.
	#[error(
		"these records are not what comes next in the log; compare the tips and send from there"
	)]
	NotNext,
	/// They could not be written.
	#[error(transparent)]
	Write(#[from] WriteError),
	/// There is no such record here, or it is well.
	#[error("nothing here is to be repaired with this record")]
	NothingToRepair,
	/// The disk refused.
	#[error("the disk refused to write the repaired record")]
	Disk(#[source] io::Error),
}

impl Store {
	/// Where the log ends.
	pub fn log_end(&self) -> LogPosition {
		LogPosition(self.log.end())
	}

	/// Up to where the log is durable, as far as it is known.
	pub fn log_durable(&self) -> Option<LogPosition> {
		self.log.sync.durable().map(LogPosition)
	}

	fn record_sum(&self, head: &Head, key: &[u8]) -> u32 {
		let bytes = head.encode(key, self.log.checksum);
		u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
	}

	fn walk(
		&mut self,
		place: usize,
		from: u32,
		want: Want,
	) -> Result<crate::format::Walk, ReadError> {
		let walk = self.log.walk(place, from, want);
		walk.map_err(|source| self.refused(place, from, source))
	}

	/// Adds committed records from a position on to `out`, until there are `bytes` or the end is
	/// reached, and says where the next ones begin. Only what was committed may be sent.
	pub fn read_log(
		&mut self,
		from: LogPosition,
		bytes: usize,
		out: &mut Vec<u8>,
	) -> Result<LogPosition, ReadError> {
		let LogPosition(mut next) = from;
		let limit = out.len() + bytes;
		while out.len() < limit {
			let place = self.log.segments.place(next.segment()).ok_or(ReadError::Cursor)?;
			let Some(segment) = self.log.segments.get(place) else { return Err(ReadError::Cursor) };
			let (in_place, last) = (segment.in_place(), segment.last);
			let start = if in_place {
				next.offset().max(HEADER)
			} else {
				self.log.marks(place)?.before(next).unwrap_or(HEADER)
			};
			let mut walk = self.walk(place, start, Want::Values)?;
			loop {
				let at = walk.offset();
				match walk.step().map_err(|source| self.refused(place, at, source))? {
					Step::Record { head, key, value, raw, .. } if head.position >= next => {
						// What is dead is left out, as compaction would.
						let needed = head.kind != Kind::Set || self.is_alive(&head, key);
						if value.is_none() && needed {
							let (segment, offset) =
								(head.position.segment(), head.position.offset());
							return Err(ReadError::Damaged { segment, offset });
						}
						let end = u64::from(head.position.offset()) + head.length();
						next = Position::new(head.position.segment(), end as u32);
						if head.kind != Kind::Gap && value.is_some() {
							out.extend_from_slice(raw);
						}
						if out.len() >= limit {
							return Ok(LogPosition(next));
						}
					},
					Step::Record { .. } => (),
					Step::Damaged { from } => {
						let segment = next.segment();
						return Err(ReadError::Damaged { segment, offset: from });
					},
					Step::End => break,
				}
			}
			if place + 1 == self.log.segments.len() {
				break;
			}
			next = Position::new(last + 1, HEADER);
		}
		Ok(LogPosition(next))
	}

	/// Applies records of another log, which begin where this one ends or after it: what compaction
	/// took there is missing here. They are part of the present batch.
	pub fn apply(&mut self, mut records: &[u8]) -> Result<(), ApplyError> {
		while !records.is_empty() {
			let head = Head::verify(records, self.log.checksum).ok_or(ApplyError::Damaged)?;
			let length = head.length() as usize;
			let record = records.get(..length).ok_or(ApplyError::Damaged)?;
			records = &records[length..];
			let (key, value) = record[HEAD..].split_at(usize::from(head.key_length));
			let value = &value[..head.value_length as usize];
			if self.log.checksum.sum(value) != head.value_sum {
				return Err(ApplyError::Damaged);
			}
			if head.position < self.log.end() {
				return Err(ApplyError::NotNext);
			}
			self.reach(head.position)?;
			self.add_applied(head, key, value)?;
		}
		Ok(())
	}

	/// Has the log end at a position, with nothing in between.
	fn reach(&mut self, position: Position) -> Result<(), ApplyError> {
		while self.log.end().segment() < position.segment() {
			self.next_segment()?;
		}
		let end = self.log.end();
		let missing = position.offset() - end.offset();
		if missing == 0 {
			return Ok(());
		}
		let body = missing.checked_sub(HEAD as u32).ok_or(ApplyError::NotNext)?;
		let gap = Head {
			kind: Kind::Gap,
			namespace: 0,
			timestamp: 0,
			key_length: 0,
			value_length: body,
			value_sum: 0,
			position: end,
			previous: None,
			previous_length: 0,
		};
		Ok(self.add_gap(gap)?)
	}

	/// Does in memory what a record of another log says, now that it is written.
	pub(crate) fn take_applied(&mut self, head: Head, key: &[u8], value: &[u8]) {
		let Self { log, namespaces, hash, .. } = self;
		let mut apply = Apply { log, namespaces, hash: *hash, ahead: false };
		let replaced = apply.record(head, key, Some(value));
		if let Replaced::Another(old) = replaced {
			self.replaced_over_a_hole(head.position, old);
		}
		// A start could not tell what it replaced from an index that is of a later moment.
		if replaced != Replaced::AsSaid {
			self.forget_checkpoint();
		}
		if head.kind == Kind::Removed {
			self.namespace_removed();
		}
	}

	/// How many segments the log has had.
	pub fn log_segments(&self) -> u32 {
		self.log.segments.active().first + 1
	}

	/// Whether a value is its key's newest.
	pub(crate) fn is_alive(&self, head: &Head, key: &[u8]) -> bool {
		let Some(namespace) = self.namespaces.get(NamespaceId(head.namespace)) else {
			return false;
		};
		let locator: Option<Locator> = namespace.index.locate(key, self.hash);
		locator.is_some_and(|locator| namespace.index.contains(locator, head.position))
	}

	/// The record of a key as it is in the log, for a copy whose own is damaged. `None` where there
	/// is no such key.
	pub fn record_bytes(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
	) -> Result<Option<Vec<u8>>, ReadError> {
		let Some((head, place)) = self.record(namespace, key)? else { return Ok(None) };
		let mut bytes = head.encode(key, self.log.checksum).to_vec();
		bytes.extend_from_slice(key);
		self.log.value(&head, place, &mut bytes)?;
		bytes.resize(head.length() as usize, 0);
		Ok(Some(bytes))
	}

	/// Writes a record of a copy over the same record here, which is damaged.
	pub fn repair(&mut self, record: &[u8]) -> Result<(), ApplyError> {
		let checksum = self.log.checksum;
		let head = Head::verify(record, checksum).ok_or(ApplyError::Damaged)?;
		if record.len() as u64 != head.length() {
			return Err(ApplyError::Damaged);
		}
		let (key, value) = record[HEAD..].split_at(usize::from(head.key_length));
		let value = &value[..head.value_length as usize];
		if checksum.sum(value) != head.value_sum {
			return Err(ApplyError::Damaged);
		}
		if !self.is_alive(&head, key) || head.position >= self.log.end() {
			return Err(ApplyError::NothingToRepair);
		}
		self.log.overwrite(head.position, record)
	}
}
