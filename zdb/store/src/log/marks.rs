//! Where records are in a compacted file: the end of the file says it for one in each few KiB.

use super::usage::{Share, Totals};
use crate::{
	disk::DiskFile,
	format::{u32_at, u64_at, Checksum, Position},
};
use std::io;

/// A mark for the first record that begins in each so many bytes.
const STEP: u32 = 4 << 10;

/// The bytes of a mark on the disk.
const MARK: usize = 12;

/// What follows the marks.
const TRAILER: usize = 104;

const MAGIC: &[u8; 8] = b"ZDB-END\n";

/// Where records are in a compacted file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
	positions: Vec<u64>,
	offsets: Vec<u32>,
}

/// What the end of a compacted file says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Footer {
	pub(crate) marks: Marks,
	/// Where in the file the records end.
	pub(crate) end: u32,
	/// The position after the last record that there was before compaction.
	pub(crate) end_offset: u32,
	/// All records older than this that were dead are gone.
	pub(crate) cleaned: Option<Position>,
	/// The segment that was written when a record was last left out that says that a key is gone.
	pub(crate) forgetful: Option<u32>,
	/// What kinds of records there are.
	pub(crate) totals: Totals,
}

impl Marks {
	/// Takes note of a record, if it is the first in its piece of the file.
	pub(crate) fn note(&mut self, position: Position, offset: u32) {
		if self.offsets.last().is_none_or(|last| last / STEP < offset / STEP) {
			self.positions.push(position.raw());
			self.offsets.push(offset);
		}
	}

	/// Where to begin to look for a record.
	pub(crate) fn before(&self, position: Position) -> Option<u32> {
		let after = self.positions.partition_point(|marked| *marked <= position.raw());
		Some(self.offsets[after.checked_sub(1)?])
	}

	/// Where the last marked record begins of those that begin no later than an offset.
	pub(crate) fn at_or_before(&self, offset: u32) -> Option<u32> {
		let after = self.offsets.partition_point(|marked| *marked <= offset);
		Some(self.offsets[after.checked_sub(1)?])
	}

	/// Where the records marked after a position begin.
	pub(crate) fn after(&self, position: Position) -> Option<u32> {
		let after = self.positions.partition_point(|marked| *marked <= position.raw());
		self.offsets.get(after).copied()
	}
}

/// What the last bytes of a compacted file say.
pub(crate) struct Trailer {
	/// Where in the file the records end.
	pub(crate) end: u32,
	/// The position after the last record that there was before compaction.
	pub(crate) end_offset: u32,
	/// All records older than this that were dead are gone.
	pub(crate) cleaned: Option<Position>,
	/// The segment that was written when a record was last left out that says that a key is gone.
	pub(crate) forgetful: Option<u32>,
	/// What kinds of records there are.
	pub(crate) totals: Totals,
	marks: usize,
	marks_sum: u32,
}

impl Footer {
	pub(crate) fn encode(&self, checksum: Checksum) -> Vec<u8> {
		let count = self.marks.offsets.len();
		let mut bytes = Vec::with_capacity(count * MARK + TRAILER);
		for (position, offset) in self.marks.positions.iter().zip(&self.marks.offsets) {
			bytes.extend(position.to_le_bytes());
			bytes.extend(offset.to_le_bytes());
		}
		let marks_sum = checksum.sum(&bytes);
		let start = bytes.len();
		bytes.extend(self.cleaned.map_or(0, Position::raw).to_le_bytes());
		for number in [count as u32, self.end, self.end_offset, marks_sum] {
			bytes.extend(number.to_le_bytes());
		}
		let Totals { all, values, tombstones, kept } = self.totals;
		for share in [all, values, tombstones, kept] {
			bytes.extend(share.records.to_le_bytes());
			bytes.extend(share.bytes.to_le_bytes());
		}
		// 0: of before this was noted.
		bytes.extend(self.forgetful.map_or(1, |segment| segment + 2).to_le_bytes());
		let sum = checksum.sum(&bytes[start..]);
		bytes.extend(sum.to_le_bytes());
		bytes.extend(MAGIC);
		bytes
	}
}

impl Trailer {
	/// Reads the last bytes of a compacted file. `None` where they are damaged.
	pub(crate) fn read(file: &dyn DiskFile, checksum: Checksum) -> io::Result<Option<Self>> {
		let Some(start) = file.length()?.checked_sub(TRAILER as u64) else { return Ok(None) };
		let bytes = read_exactly(file, TRAILER, start)?;
		let whole = bytes.len() == TRAILER && &bytes[TRAILER - 8..] == MAGIC;
		if !whole || checksum.sum(&bytes[..TRAILER - 12]) != u32_at(&bytes, TRAILER - 12) {
			return Ok(None);
		}
		let share = |at| Share { records: u64_at(&bytes, at), bytes: u64_at(&bytes, at + 8) };
		let cleaned = Position::from_raw(u64_at(&bytes, 0));
		let forgetful = match u32_at(&bytes, 88) {
			0 => cleaned.map(Position::segment),
			number => number.checked_sub(2),
		};
		Ok(Some(Self {
			cleaned,
			forgetful,
			marks: u32_at(&bytes, 8) as usize,
			end: u32_at(&bytes, 12),
			end_offset: u32_at(&bytes, 16),
			marks_sum: u32_at(&bytes, 20),
			totals: Totals {
				all: share(24),
				values: share(40),
				tombstones: share(56),
				kept: share(72),
			},
		}))
	}
}

impl Marks {
	/// Reads the marks of a compacted file. `None` where they are damaged.
	pub(crate) fn read(file: &dyn DiskFile, checksum: Checksum) -> io::Result<Option<Self>> {
		let Some(trailer) = Trailer::read(file, checksum)? else { return Ok(None) };
		let bytes = read_exactly(file, trailer.marks * MARK, u64::from(trailer.end))?;
		if bytes.len() < trailer.marks * MARK || checksum.sum(&bytes) != trailer.marks_sum {
			return Ok(None);
		}
		let marks = bytes.chunks_exact(MARK);
		Ok(Some(Self {
			positions: marks.clone().map(|mark| u64_at(mark, 0)).collect(),
			offsets: marks.map(|mark| u32_at(mark, 8)).collect(),
		}))
	}
}

/// Reads so many bytes, or less where the file ends.
pub(crate) fn read_exactly(file: &dyn DiskFile, length: usize, offset: u64) -> io::Result<Vec<u8>> {
	let mut bytes = Vec::new();
	while bytes.len() < length {
		let done = bytes.len();
		match file.read_to(&mut bytes, length - done, offset + done as u64) {
			Ok(0) => break,
			Ok(_) => (),
			Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
			Err(error) => return Err(error),
		}
	}
	Ok(bytes)
}

/// Writes all parts.
pub(crate) fn write_fully(
	file: &dyn DiskFile,
	mut parts: &mut [io::IoSlice<'_>],
	mut offset: u64,
) -> io::Result<()> {
	while parts.iter().any(|part| !part.is_empty()) {
		match file.write_at(&parts[..parts.len().min(512)], offset) {
			Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
			Ok(written) => {
				offset += written as u64;
				io::IoSlice::advance_slices(&mut parts, written);
			},
			Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
			Err(error) => return Err(error),
		}
	}
	Ok(())
}
