//! The segments of the log.

use super::{marks::Marks, usage::Usage};
use crate::{disk::DiskFile, format::Position};
use std::{sync::Arc, time::Instant};

/// A file of the log: one segment, or several that were compacted into one.
pub(crate) struct Segment {
	/// The number of the first segment in it.
	pub(crate) first: u32,
	/// The number of the last.
	pub(crate) last: u32,
	/// How often it was compacted.
	pub(crate) generation: u32,
	/// Tells its blocks from those of all other files.
	pub(crate) serial: u32,
	/// Where in the file its records end.
	pub(crate) end: u32,
	/// The position after its last record.
	pub(crate) end_offset: u32,
	/// All records older than this that were dead when it was compacted are gone from it.
	pub(crate) cleaned: Option<Position>,
	/// The segment that was written when a record was last left out of this one that says that a key
	/// is gone: a copy that was not as far may have the key.
	pub(crate) forgetful: Option<u32>,
	pub(crate) usage: Usage,
	/// Its header could not be read when the store was opened.
	pub(crate) headless: bool,
	/// How often it could not be compacted, because a record in it is damaged.
	pub(crate) spared: u8,
	/// It is not compacted before: the disk refused a moment ago.
	pub(crate) rests_until: Option<Instant>,
	pub(super) file: Option<Arc<dyn DiskFile>>,
	pub(super) used: bool,
	/// Where in a compacted file records are.
	pub(super) marks: Option<Arc<Marks>>,
}

impl Segment {
	/// One whose records are where their positions say.
	pub(crate) fn plain(number: u32, serial: u32, end: u32) -> Self {
		Self {
			first: number,
			last: number,
			generation: 0,
			serial,
			end,
			end_offset: end,
			cleaned: None,
			forgetful: None,
			usage: Usage::default(),
			headless: false,
			spared: 0,
			rests_until: None,
			file: None,
			used: true,
			marks: None,
		}
	}

	/// One that was compacted, with its numbers, generation and serial number, and what its
	/// trailer says.
	pub(crate) fn compacted(
		(first, last, generation, serial): (u32, u32, u32, u32),
		(end, end_offset, cleaned): (u32, u32, Option<Position>),
		usage: Usage,
		marks: Option<Arc<Marks>>,
	) -> Self {
		let plain = Self::plain(first, serial, end);
		Self { last, generation, end_offset, cleaned, usage, marks, ..plain }
	}

	/// The same, with what is known to be in it.
	pub(crate) fn with(self, usage: Usage) -> Self {
		Self { usage, ..self }
	}

	/// The same, with when a deletion was last left out of it.
	pub(crate) fn forgetful(self, forgetful: Option<u32>) -> Self {
		Self { forgetful, ..self }
	}

	/// Whether records are where their positions say.
	pub(crate) fn in_place(&self) -> bool {
		self.generation == 0
	}

	/// The name of its file.
	pub(crate) fn name(&self) -> String {
		file_name(self.first, self.generation)
	}
}

/// The name of a segment's file.
pub(crate) fn file_name(first: u32, generation: u32) -> String {
	format!("{first:08x}-{generation:04x}.seg")
}

/// What the name of a segment's file says: number and generation.
pub(crate) fn parse_name(name: &str) -> Option<(u32, u32)> {
	let (first, generation) = name.strip_suffix(".seg")?.split_once('-')?;
	let parsed = (u32::from_str_radix(first, 16).ok()?, u32::from_str_radix(generation, 16).ok()?);
	(file_name(parsed.0, parsed.1) == name).then_some(parsed)
}
