//! Where in the log a record was written.

use std::fmt;

/// Where in the log a record was first written: a segment's number and an offset in it. It stays
/// the name of the record when compaction moves it.
///
/// Records begin at multiples of eight, and no record begins at 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position(u64);

impl Position {
	/// How many segments there can be: positions are kept in 56 bits, in units of eight bytes.
	pub(crate) const SEGMENTS: u32 = 1 << 27;

	pub(crate) fn new(segment: u32, offset: u32) -> Self {
		debug_assert!(segment < Self::SEGMENTS && offset.is_multiple_of(8));
		Self(u64::from(segment) << 32 | u64::from(offset))
	}

	pub(crate) fn segment(self) -> u32 {
		(self.0 >> 32) as u32
	}

	pub(crate) fn offset(self) -> u32 {
		self.0 as u32
	}

	/// In 56 bits.
	pub(crate) fn pack(self) -> u64 {
		self.0 >> 3
	}

	/// `None` for 0, which is no position.
	pub(crate) fn unpack(packed: u64) -> Option<Self> {
		(packed != 0 && packed < 1 << 56).then_some(Self(packed << 3))
	}

	pub(crate) fn raw(self) -> u64 {
		self.0
	}

	pub(crate) fn from_raw(raw: u64) -> Option<Self> {
		(raw != 0 && raw.is_multiple_of(8) && raw < 1 << 59).then_some(Self(raw))
	}
}

impl fmt::Debug for Position {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}:{}", self.segment(), self.offset())
	}
}
