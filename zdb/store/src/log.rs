//! The log: files of records, the blocks of them that are in memory, and the end that grows.

mod cache;
mod marks;
mod read;
mod segment;
mod segments;
mod tail;
mod usage;
mod write;

pub(crate) use marks::{read_exactly, write_fully, Footer, Marks, Trailer};
pub(crate) use read::{Found, Place};
pub(crate) use segment::{file_name, parse_name, Segment};
pub(crate) use segments::Segments;
pub(crate) use usage::{Share, Totals, Usage};
pub(crate) use write::AppendError;

use crate::{
	disk::{Disk, DiskFile},
	format::{Checksum, Position},
	identity::Identity,
	sync::LogSync,
	Options,
};
use cache::Cache;
use std::{io, sync::Arc};
use tail::Tail;

/// The log.
pub(crate) struct Log {
	pub(crate) disk: Arc<dyn Disk>,
	pub(crate) identity: Identity,
	pub(crate) checksum: Checksum,
	pub(crate) segments: Segments,
	pub(crate) sync: Arc<LogSync>,
	active: Arc<dyn DiskFile>,
	tail: Tail,
	cache: Cache,
	/// Where a record that spans blocks is put together.
	scratch: Vec<u8>,
	segment_bytes: u32,
	reserve_bytes: u64,
	/// How much more stays free, for giving room back.
	needed_bytes: u64,
	/// Up to where the active file has room for sure.
	reserved: u32,
	/// Whether the active file was begun since the store was opened: what room it had before is not
	/// known.
	begun: bool,
	/// What the last mark said is durable.
	marked: Option<Position>,
}

impl Log {
	/// The log of these segments, of which the last was not compacted, and may not be durable.
	pub(crate) fn new(
		options: &Options,
		identity: Identity,
		mut segments: Segments,
	) -> io::Result<Self> {
		let active = segments.file(segments.len() - 1, &*options.disk)?;
		let last = segments.active();
		let end = Position::new(last.first, last.end);
		let sync = LogSync::new(options.disk.clone(), active.clone(), end);
		let mut log = Self {
			disk: options.disk.clone(),
			identity,
			checksum: Checksum::of(identity),
			segments,
			sync: Arc::new(sync),
			active,
			tail: Tail::new(end.offset(), &[]),
			cache: Cache::new(options.cache_bytes),
			scratch: Vec::new(),
			segment_bytes: options.segment_bytes,
			reserve_bytes: options.reserve_bytes,
			needed_bytes: options.segment_bytes.into(),
			reserved: end.offset(),
			begun: false,
			marked: None,
		};
		log.restart_tail(end.offset())?;
		Ok(log)
	}

	/// The position of the next record.
	pub(crate) fn end(&self) -> Position {
		Position::new(self.segments.active().first, self.tail.end)
	}

	/// How much memory holds data of the log.
	pub(crate) fn cache_bytes(&self) -> usize {
		self.cache.bytes()
	}
}
