//! Reading a segment's records one after the other.

use super::{Checksum, Head, Kind, HEAD};
use crate::disk::DiskFile;
use std::{io, sync::Arc};

/// How much is read at a time.
const CHUNK: usize = 256 << 10;

/// How much where it is not the next bytes that are wanted, but some so far away.
const FAR_CHUNK: usize = 4 << 10;
const FAR: usize = 64 << 10;

/// What of the records is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
	/// Heads and keys. Values that are not read anyway are skipped.
	Heads,
	/// The values too, verified.
	Values,
}

/// Reads a segment's records one after the other.
pub(crate) struct Walk {
	file: Arc<dyn DiskFile>,
	checksum: Checksum,
	/// The segments whose records these are.
	numbers: (u32, u32),
	/// Whether records are where their positions say.
	in_place: bool,
	want: Want,
	/// Where the next record begins.
	offset: u64,
	/// Where the records end.
	end: u64,
	/// Records that begin here or later are not looked for.
	reach: u64,
	buffer: Vec<u8>,
	/// Where in the file the buffer begins.
	buffer_offset: u64,
	/// How much was read so far.
	read: u64,
}

/// What was met.
pub(crate) enum Step<'a> {
	/// A record.
	Record {
		/// Its head.
		head: Head,
		/// Where in the file it is.
		offset: u32,
		/// Its key.
		key: &'a [u8],
		/// Its value, where it was wanted and is as it was written.
		value: Option<&'a [u8]>,
		/// The record as it is in the file, where its value was wanted.
		raw: &'a [u8],
	},
	/// Bytes that are no record, up to where the next one or the end is.
	Damaged {
		/// From here.
		from: u32,
	},
	/// The end.
	End,
}

impl Walk {
	/// Reads records from `offset` up to `end`.
	pub(crate) fn new(
		file: Arc<dyn DiskFile>,
		checksum: Checksum,
		numbers: (u32, u32),
		in_place: bool,
		range: (u32, u32),
		want: Want,
	) -> Self {
		let (offset, end) = (u64::from(range.0), u64::from(range.1));
		Self {
			file,
			checksum,
			numbers,
			in_place,
			want,
			offset,
			end,
			reach: end,
			buffer: Vec::new(),
			buffer_offset: offset,
			read: 0,
		}
	}

	/// The same, and records that begin at `reach` or later are not looked for.
	pub(crate) fn up_to(self, reach: u32) -> Self {
		Self { reach: self.end.min(reach.into()), ..self }
	}

	/// How much was read so far.
	pub(crate) fn read(&self) -> u64 {
		self.read
	}

	/// Where the next record begins.
	pub(crate) fn offset(&self) -> u32 {
		self.offset as u32
	}

	/// Has `length` bytes from `offset` on in the buffer, if the file has them, and says where.
	fn fill(&mut self, length: usize) -> io::Result<Option<usize>> {
		if self.offset + length as u64 > self.end {
			return Ok(None);
		}
		if self.offset < self.buffer_offset {
			self.buffer.clear();
			self.buffer_offset = self.offset;
		}
		let at = (self.offset - self.buffer_offset) as usize;
		if at.saturating_add(length) <= self.buffer.len() {
			return Ok(Some(at));
		}
		let is_far = self.want == Want::Heads && at > self.buffer.len() + FAR;
		let chunk = if is_far { FAR_CHUNK } else { CHUNK };
		if at >= self.buffer.len() {
			self.buffer.clear();
		} else {
			self.buffer.drain(..at);
		}
		self.buffer_offset = self.offset;
		let limit = self.reach.saturating_sub(self.offset) as usize;
		while self.buffer.len() < length {
			let wanted = chunk.min(limit).max(length) - self.buffer.len();
			let from = self.buffer_offset + self.buffer.len() as u64;
			match self.file.read_to(&mut self.buffer, wanted, from) {
				Ok(0) => return Ok(None),
				Ok(count) => self.read += count as u64,
				Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
				Err(error) => return Err(error),
			}
		}
		Ok(Some(0))
	}

	/// The head at the present offset, verified.
	fn head(&mut self) -> io::Result<Option<(Head, usize)>> {
		let Some(at) = self.fill(HEAD)? else { return Ok(None) };
		let Some(head) = Head::decode(&self.buffer[at..]).filter(|head| self.belongs(head)) else {
			return Ok(None);
		};
		let Some(at) = self.fill(HEAD + usize::from(head.key_length))? else { return Ok(None) };
		Ok(Head::verify(&self.buffer[at..], self.checksum).map(|head| (head, at)))
	}

	/// Sets the head at the present offset right where one bit is wrong.
	fn heal(&mut self) -> io::Result<Option<(Head, usize)>> {
		let limit = (self.end - self.offset) as usize;
		let Some(at) = self.fill(limit.min(HEAD + usize::from(u8::MAX)))? else { return Ok(None) };
		let end = self.buffer.len().min(at + HEAD + usize::from(u8::MAX));
		// Where nothing was ever written there is nothing to set right.
		if end < at + HEAD || self.buffer[at..at + HEAD].iter().all(|byte| *byte == 0) {
			return Ok(None);
		}
		let head = Head::heal(&mut self.buffer[at..end], self.checksum);
		Ok(head.filter(|head| self.belongs(head)).map(|head| (head, at)))
	}

	/// Whether a record with this head can be at the present offset.
	fn belongs(&self, head: &Head) -> bool {
		let segment = head.position.segment();
		let place = !self.in_place || u64::from(head.position.offset()) == self.offset;
		place
			&& (self.numbers.0..=self.numbers.1).contains(&segment)
			&& self.offset + head.length() <= self.end
	}

	/// The next record.
	pub(crate) fn step(&mut self) -> io::Result<Step<'_>> {
		if self.offset >= self.end {
			return Ok(Step::End);
		}
		let mut found = self.head()?;
		if found.is_none() {
			found = self.heal()?;
		}
		let Some((head, mut at)) = found else {
			let from = self.offset as u32;
			self.resync()?;
			return Ok(Step::Damaged { from });
		};
		let offset = self.offset as u32;
		let length = head.length();
		let mut whole = head.kind == Kind::Gap;
		if self.want == Want::Values && !whole {
			// A head that was set right must not be read again.
			let fixed = self.buffer[at..at + HEAD + usize::from(head.key_length)].to_vec();
			match self.fill(length as usize)? {
				Some(filled) => {
					at = filled;
					self.buffer[at..at + fixed.len()].copy_from_slice(&fixed);
					whole = true;
				},
				None => {
					// The file ends within the value.
					self.offset += length;
					return Ok(Step::Damaged { from: offset });
				},
			}
		}
		self.offset += length;
		let key_end = at + HEAD + usize::from(head.key_length);
		let mut value = None;
		let mut raw: &[u8] = &[];
		if head.kind == Kind::Gap {
			value = Some(&[][..]);
			raw = &self.buffer[at..at + HEAD];
		} else if whole {
			let bytes = &self.buffer[key_end..key_end + head.value_length as usize];
			value = (self.checksum.sum(bytes) == head.value_sum).then_some(bytes);
			raw = &self.buffer[at..at + length as usize];
		}
		Ok(Step::Record { head, offset, key: &self.buffer[at + HEAD..key_end], value, raw })
	}

	/// Goes to where the next record is, if any.
	fn resync(&mut self) -> io::Result<()> {
		loop {
			self.offset = (self.offset + 8).min(self.end);
			if self.offset >= self.reach {
				return Ok(());
			}
			if self.offset + HEAD as u64 > self.end {
				self.offset = self.end;
				return Ok(());
			}
			if self.head()?.is_some() {
				return Ok(());
			}
		}
	}

	/// Goes to the first record at or after the present offset.
	pub(crate) fn align(&mut self) -> io::Result<()> {
		if self.offset < self.reach && self.head()?.is_none() {
			self.resync()?;
		}
		Ok(())
	}
}
