//! Adding records to the log.

use super::{
	cache::{BlockId, BLOCK},
	marks::{read_exactly, write_fully},
	read::{Place, LARGE},
	segment::Segment,
	usage::Totals,
	Log,
};
use crate::{
	format::{Head, Header, Kind, Position, HEADER},
	replication::ApplyError,
};
use std::io::{self, IoSlice};

/// How much is gathered before it is written, even within a batch.
const PENDING: u32 = 1 << 20;

/// The most that a segment holds.
const LIMIT: u64 = 3 << 30;

/// How much room is made sure of at a time.
const RESERVE: u32 = 16 << 20;

/// What part of a segment it is at a time where it is of what is kept free.
const SPARED_PART: u64 = 64;

/// Less room than this is not given back: that takes the disk a while.
const CRUMB: u32 = 128 << 10;

/// Why a record cannot be added.
#[derive(Debug)]
pub(crate) enum AppendError {
	/// There is no room.
	Full,
	/// There are no more numbers for segments.
	End,
	/// The disk refused.
	Disk(io::Error),
}

impl From<io::Error> for AppendError {
	fn from(error: io::Error) -> Self {
		if is_full(&error) {
			Self::Full
		} else {
			Self::Disk(error)
		}
	}
}

/// Whether there was no room.
pub(crate) fn is_full(error: &io::Error) -> bool {
	matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

impl Log {
	/// Whether the next record must go to another segment.
	pub(crate) fn must_rotate(&self, length: u64) -> bool {
		let most = u64::from(self.segment_bytes).min(LIMIT);
		self.tail.end > HEADER && u64::from(self.tail.end) + length > most
	}

	/// Whether a segment cannot hold so many bytes more at all.
	pub(crate) fn is_at_limit(&self, length: u64) -> bool {
		u64::from(self.tail.end) + length > LIMIT
	}

	/// How much of the disk values leave free.
	pub(crate) fn spared(&self) -> u64 {
		self.reserve_bytes.saturating_add(self.needed_bytes)
	}

	/// A checkpoint takes so much. It and a segment that is compacted have room beside what they
	/// take the place of: without, a full disk would stay full whatever is deleted.
	pub(crate) fn expect_checkpoint(&mut self, bytes: u64) {
		self.needed_bytes = u64::from(self.segment_bytes) + bytes;
	}

	/// Sees to it that there is room for so many bytes. Only what
	/// is urgent may use what is kept free.
	pub(crate) fn make_room(&mut self, length: u64, urgent: bool) -> Result<(), AppendError> {
		let needed = u64::from(self.tail.end) + length;
		if needed <= u64::from(self.reserved) {
			return Ok(());
		}
		// Not past the end of the segment, lest much has to be given back there.
		let left = u64::from(self.segment_bytes).saturating_sub(u64::from(self.tail.end));
		let free = self.disk.free_bytes()?;
		let spared = self.spared();
		let most = if urgent { free } else { free.saturating_sub(spared) };
		if most < length {
			return Err(AppendError::Full);
		}
		// Whoever may use what is kept free takes little of it at a time.
		let little = u64::from(self.segment_bytes) / SPARED_PART;
		let unspared = free.saturating_sub(spared).max(little);
		let chunk = left.min(RESERVE.into()).min(unspared).min(most).max(length);
		self.active.reserve(u64::from(self.tail.end), chunk)?;
		self.reserved = (u64::from(self.tail.end) + chunk).min(u64::from(u32::MAX)) as u32;
		Ok(())
	}

	/// Adds a record. It has its position then.
	pub(crate) fn append(
		&mut self,
		head: Head,
		key: &[u8],
		value: &[u8],
	) -> Result<Position, AppendError> {
		let position = self.append_dead(head, key, value)?;
		if head.kind == Kind::Set {
			self.segments.active_mut().usage.revive(head.namespace, head.length());
		}
		Ok(position)
	}

	/// Adds a record that nobody counts as alive yet.
	pub(crate) fn append_dead(
		&mut self,
		mut head: Head,
		key: &[u8],
		value: &[u8],
	) -> Result<Position, AppendError> {
		head.position = self.end();
		let bytes = head.encode(key, self.checksum);
		self.tail.push(&bytes);
		self.tail.push(key);
		let padding = &[0; 8][..(head.length() as usize - bytes.len() - key.len() - value.len())];
		if value.len() >= LARGE {
			self.write_large(head.position, value, padding)?;
		} else {
			self.tail.push(value);
			self.tail.push(padding);
			if self.tail.pending() >= PENDING {
				self.write()?;
			}
		}
		let usage = &mut self.segments.active_mut().usage;
		usage.count(head.kind, head.length());
		// A record about a namespace has its name.
		if matches!(head.kind, Kind::Delete | Kind::Namespace) {
			usage.touch(head.namespace);
		}
		Ok(head.position)
	}

	/// Says that bytes are missing, and goes on after them: the file has a hole.
	pub(crate) fn append_gap(&mut self, gap: Head) -> Result<(), AppendError> {
		self.tail.push(&gap.encode(&[], self.checksum));
		self.write()?;
		let end = self.tail.end + gap.value_length;
		self.active.truncate(u64::from(end))?;
		self.reserved = end;
		self.restart_tail(end)?;
		self.wrote();
		Ok(())
	}

	/// Writes a record over the damaged bytes at its position.
	pub(crate) fn overwrite(
		&mut self,
		position: Position,
		record: &[u8],
	) -> Result<(), ApplyError> {
		self.write().map_err(ApplyError::Disk)?;
		let place = self.place_of(position).ok_or(ApplyError::NothingToRepair)?;
		let (segment, offset) = (place.segment(), place.offset());
		let file = self.segments.file(segment, &*self.disk).map_err(ApplyError::Disk)?;
		write_fully(&*file, &mut [IoSlice::new(record)], u64::from(offset))
			.and_then(|()| file.sync())
			.map_err(ApplyError::Disk)?;
		self.forget_blocks(place, record.len() as u64);
		if segment + 1 == self.segments.len() {
			self.restart_tail(self.tail.end).map_err(ApplyError::Disk)?;
		}
		if let Some(found) = self.segments.at_mut(position) {
			found.spared = 0;
		}
		Ok(())
	}

	/// Says in the log what is durable, if that is news: should bytes before that be damaged one
	/// day, nobody takes them for the end of what was written.
	pub(crate) fn mark(&mut self) -> Result<(), AppendError> {
		let durable = self.sync.durable();
		if durable <= self.marked {
			return Ok(());
		}
		let head = Head {
			kind: Kind::Mark,
			namespace: 0,
			timestamp: 0,
			key_length: 0,
			value_length: 0,
			value_sum: self.checksum.sum(&[]),
			position: self.end(),
			previous: durable,
			previous_length: 0,
		};
		self.append(head, &[], &[])?;
		self.marked = durable;
		Ok(())
	}

	/// Says at the end of the log that all of it is durable. Where that fails, nothing is lost: a
	/// start trusts a little less of it.
	pub(crate) fn say_durable(&mut self) {
		let end = self.end();
		let said = self.mark().is_ok() && self.write().is_ok();
		if !said || self.sync.sync().is_err() {
			log::warn!("the end of the log, {end:?}, could not be marked");
		}
	}

	/// Writes what is pending and then a value from where it is, up to the end of its last whole
	/// block: the file system is quicker with what begins and ends with its own blocks.
	fn write_large(&mut self, record: Position, value: &[u8], padding: &[u8]) -> io::Result<()> {
		let offset = u64::from(self.tail.written);
		let at = self.tail.end as usize;
		let end = at + value.len() + padding.len();
		let left = end % BLOCK;
		let (zeros, later_zeros) = padding.split_at(padding.len() - left.min(padding.len()));
		let (now, later) = value.split_at(value.len() + later_zeros.len() - left);
		let mut parts = self.tail.parts();
		parts.push(IoSlice::new(now));
		parts.push(IoSlice::new(zeros));
		write_fully(&*self.active, &mut parts, offset)?;
		// The block that the head is in, whole, is worth keeping.
		self.tail.push(&value[..(BLOCK - at % BLOCK) % BLOCK]);
		self.keep_written();
		match left {
			0 => self.tail.restart(end as u32, &[]),
			_ => self.tail.go_on((end - left) as u32, record.offset()),
		}
		self.wrote();
		self.tail.push(later);
		self.tail.push(later_zeros);
		Ok(())
	}

	/// Writes what is pending.
	pub(crate) fn write(&mut self) -> io::Result<()> {
		if self.tail.pending() == 0 {
			return Ok(());
		}
		let offset = u64::from(self.tail.written);
		write_fully(&*self.active, &mut self.tail.parts(), offset)?;
		self.keep_written();
		self.wrote();
		Ok(())
	}

	fn wrote(&mut self) {
		let end = self.tail.whole;
		let active = self.segments.active_mut();
		active.end = end;
		active.end_offset = end;
		self.sync.wrote(Position::new(active.first, end));
	}

	/// Blocks that are full go to the cache.
	fn keep_written(&mut self) {
		let serial = self.segments.active().serial;
		let full: Vec<_> = self.tail.written().collect();
		for (number, block) in full {
			let (_, old) = self.cache.insert(BlockId { serial, number }, block, BLOCK);
			self.tail.give(old);
		}
	}

	/// The log ends at an offset of the active file.
	pub(super) fn restart_tail(&mut self, end: u32) -> io::Result<()> {
		let start = end / BLOCK as u32 * BLOCK as u32;
		let last = read_exactly(&*self.active, (end - start) as usize, u64::from(start))?;
		if last.len() < (end - start) as usize {
			return Err(io::ErrorKind::UnexpectedEof.into());
		}
		self.tail.restart(end, &last);
		Ok(())
	}

	/// Takes back all from a position of the active segment on, as it was then.
	pub(crate) fn roll_back(&mut self, to: Position, totals: Totals) -> io::Result<()> {
		let place = Place::at(self.segments.len() - 1, to.offset());
		let length = u64::from(self.tail.end - to.offset());
		self.forget_blocks(place, length);
		self.segments.active_mut().usage.totals = totals;
		self.active.truncate(u64::from(to.offset()))?;
		self.reserved = to.offset();
		self.restart_tail(to.offset())?;
		let active = self.segments.active_mut();
		active.end = to.offset();
		active.end_offset = to.offset();
		self.sync.cut(to);
		Ok(())
	}

	/// Seals the active segment, all of which is written, and begins another.
	pub(crate) fn rotate(&mut self) -> Result<(), AppendError> {
		let first = self.segments.active().first + 1;
		if first >= Position::SEGMENTS {
			return Err(AppendError::End);
		}
		self.begin_segment(first)
	}

	/// Begins a segment of this number.
	pub(crate) fn begin_segment(&mut self, first: u32) -> Result<(), AppendError> {
		let sealed = self.segments.active();
		let header = Header {
			identity: self.identity,
			first,
			last: first,
			generation: 0,
			previous_end: sealed.end_offset,
		};
		let name = super::file_name(first, 0);
		let file = self.disk.create(&name)?;
		if let Err(error) = write_fully(&*file, &mut [IoSlice::new(&header.encode())], 0) {
			self.disk.remove(&name).ok();
			return Err(error.into());
		}
		self.give_back_room();
		let serial = self.segments.serial();
		self.segments.push(Segment::plain(first, serial, HEADER));
		self.sync.rotated(file.clone());
		self.active = file;
		self.begun = true;
		self.reserved = HEADER;
		self.tail.restart(HEADER, &header.encode());
		self.wrote();
		Ok(())
	}

	/// Gives room back that was made sure of and not used, if it is worth the time.
	pub(crate) fn give_back_room(&mut self) {
		if self.begun && self.reserved.saturating_sub(self.tail.end) < CRUMB {
			return;
		}
		// If not, it is only room.
		self.active.truncate(u64::from(self.tail.end)).ok();
		self.reserved = self.tail.end;
	}

	/// How much was written since a position.
	pub(crate) fn bytes_since(&self, position: Position) -> u64 {
		let later = self.segments.iter().rev().take_while(|one| one.last >= position.segment());
		let sum: u64 = later.map(|segment| u64::from(segment.end)).sum();
		sum.saturating_sub(u64::from(position.offset()))
	}
}
