//! What keeping copies of a store needs: its log, read from any position, and applied elsewhere.
//!
//! A copy has the same log, record for record at the same positions, under the same identity. Each
//! side compacts for itself. What compaction took on the one side is a gap on the other.

use crate::{
	apply::Apply,
	error::{ReadError, WriteError},
	format::{Head, Kind, Position, Step, Want, HEAD, HEADER},
	index::Locator,
	log::Share,
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

/// The end of a log, and the last record before it by which logs that part ways are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
	/// Where the log ends.
	pub end: LogPosition,
	/// The last record that both sides write alike: where it is, and its checksum.
	pub last: Option<(LogPosition, u32)>,
}

/// What another log's tip says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
	/// It is a beginning of this one.
	Beginning,
	/// It holds what this one does not.
	Other,
	/// Compaction took the record by which to tell. Compare digests, or copy anew.
	Unknown,
}

/// A sum over all that is alive in a segment, the same on all copies that are as far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
	/// How many values are alive.
	pub records: u64,
	/// Their checksums, in no order.
	pub sum: u64,
	/// How many of them are damaged here.
	pub damaged: u64,
}

/// A sum that is being made, over what is alive in a segment.
#[derive(Clone, Debug)]
pub struct Digesting {
	segment: u32,
	/// What the segment was like when it began.
	serial: u32,
	live: Share,
	offset: u32,
	digest: Digest,
}

/// How far a sum has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digested {
	/// There is more to read.
	Partly,
	/// It is of all the time since it was begun.
	Whole(Digest),
	/// What is alive there is no longer what it was.
	Changed,
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

	/// The end of the log, to be compared with that of a copy. It reads a segment.
	pub fn tip(&mut self) -> Result<Tip, ReadError> {
		let end = self.log_end();
		self.write_log()?;
		for place in (0..self.log.segments.len()).rev() {
			let mut last = None;
			let mut walk = self.walk(place, HEADER, Want::Heads)?;
			loop {
				let at = walk.offset();
				match walk.step().map_err(|source| self.refused(place, at, source))? {
					// Each side says for itself what is durable and what is missing.
					Step::Record { head, .. } if matches!(head.kind, Kind::Mark | Kind::Gap) => (),
					Step::Record { head, key, .. } => {
						last = Some((head.position, self.record_sum(&head, key)));
					},
					Step::Damaged { .. } => (),
					Step::End => break,
				}
			}
			if let Some((position, sum)) = last {
				return Ok(Tip { end, last: Some((LogPosition(position), sum)) });
			}
		}
		Ok(Tip { end, last: None })
	}

	/// What another log's tip says about it.
	pub fn kinship(&mut self, other: Tip) -> Result<Kinship, ReadError> {
		if other.end > self.log_end() {
			return Ok(Kinship::Other);
		}
		let Some((LogPosition(position), sum)) = other.last else { return Ok(Kinship::Beginning) };
		let compacted =
			self.log.segments.at_mut(position).is_none_or(|segment| !segment.in_place());
		let Some(place) = self.log.locate(position)? else { return Ok(Kinship::Unknown) };
		match self.log.key(place) {
			Ok((head, key)) if head.position == position => {
				let same = self.record_sum(&head, &key) == sum;
				Ok(if same { Kinship::Beginning } else { Kinship::Other })
			},
			Err(ReadError::Disk { segment, offset, source }) => {
				Err(ReadError::Disk { segment, offset, source })
			},
			_ if compacted => Ok(Kinship::Unknown),
			_ => Ok(Kinship::Other),
		}
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
					Step::Record { head, value, raw, .. } if head.position >= next => {
						if value.is_none() {
							let (segment, offset) =
								(head.position.segment(), head.position.offset());
							return Err(ReadError::Damaged { segment, offset });
						}
						let end = u64::from(head.position.offset()) + head.length();
						next = Position::new(head.position.segment(), end as u32);
						if head.kind != Kind::Gap {
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
		Apply { log, namespaces, hash: *hash, exact: false }.record(head, key, Some(value));
		if head.kind == Kind::Removed {
			self.namespace_removed();
		}
	}

	/// A sum over all that is alive in a segment, to be compared with that of a copy that is as
	/// far. It reads the segment's file. `None` where there is no such segment.
	pub fn digest(&mut self, segment: u32) -> Result<Option<Digest>, ReadError> {
		let Some(mut digesting) = self.begin_digest(segment) else { return Ok(None) };
		loop {
			match self.go_on_with_digest(&mut digesting, u64::MAX)? {
				Digested::Partly => (),
				Digested::Whole(digest) => return Ok(Some(digest)),
				Digested::Changed => return Ok(None),
			}
		}
	}

	/// Begins to sum up what is alive in a segment. `None` where there is no such segment.
	pub fn begin_digest(&self, segment: u32) -> Option<Digesting> {
		let place = self.log.segments.place(segment)?;
		let found = self.log.segments.get(place)?;
		Some(Digesting {
			segment,
			serial: found.serial,
			live: found.usage.live,
			offset: HEADER,
			digest: Digest::default(),
		})
	}

	/// Goes on to sum up: reads about so many bytes.
	pub fn go_on_with_digest(
		&mut self,
		digesting: &mut Digesting,
		bytes: u64,
	) -> Result<Digested, ReadError> {
		self.write_log()?;
		let Digesting { segment, serial, live, .. } = *digesting;
		let Some(place) = self.log.segments.place(segment) else { return Ok(Digested::Changed) };
		let found = self.log.segments.get(place);
		if found.is_none_or(|found| found.serial != serial || found.usage.live != live) {
			return Ok(Digested::Changed);
		}
		let mut walk = self.walk(place, digesting.offset, Want::Values)?;
		let limit = u64::from(digesting.offset).saturating_add(bytes);
		let digest = &mut digesting.digest;
		loop {
			let at = walk.offset();
			if u64::from(at) >= limit {
				digesting.offset = at;
				return Ok(Digested::Partly);
			}
			let step = walk.step().map_err(|source| self.refused(place, at, source))?;
			let (head, key, value) = match step {
				Step::Record { head, key, value, .. } => (head, key, value),
				Step::Damaged { .. } => {
					digest.damaged += 1;
					continue;
				},
				Step::End => return Ok(Digested::Whole(*digest)),
			};
			if head.position.segment() != segment || head.kind != Kind::Set {
				continue;
			}
			if self.is_alive(&head, key) {
				let sum = u64::from(self.record_sum(&head, key)) << 32 | u64::from(head.value_sum);
				digest.records += 1;
				digest.sum = digest.sum.wrapping_add(sum.wrapping_mul(0x9E37_79B9_7F4A_7C15));
				digest.damaged += u64::from(value.is_none());
			}
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
