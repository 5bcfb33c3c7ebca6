//! How a store is to be kept.

use crate::{disk::Disk, Identity, OpenError};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// How a store is to be kept.
#[derive(Clone)]
pub struct Options {
	/// What keeps the files: a [`crate::Folder`], or one that fails on purpose.
	pub disk: Arc<dyn Disk>,
	/// The length at which a segment of the log is sealed.
	pub segment_bytes: u32,
	/// When what was written is made durable.
	pub sync: Sync,
	/// What happens to what is dead.
	pub compaction: Compaction,
	/// How much memory may hold data that was read or written lately.
	pub cache_bytes: usize,
	/// How much of the disk stays free, beside what a segment and a checkpoint take: values are
	/// refused before it is used, deletes are not.
	pub reserve_bytes: u64,
	/// How many files may be open at a time.
	pub open_files: usize,
	/// How long until what the disk refused is tried again.
	pub retry: Duration,
	/// The store that this one is a copy of, where it is new.
	pub replica_of: Option<Identity>,
}

impl Options {
	/// What suits most: segments of 64 MiB, synced each second, compacted, 256 MiB of cache.
	pub fn new(folder: impl Into<PathBuf>) -> Self {
		Self::on(Arc::new(crate::Folder::new(folder)))
	}

	/// The same, on a disk of the caller's making.
	pub fn on(disk: Arc<dyn Disk>) -> Self {
		Self {
			disk,
			segment_bytes: 64 << 20,
			sync: Sync::Interval(Duration::from_secs(1)),
			compaction: Compaction::When { dead_percent: 50 },
			cache_bytes: 256 << 20,
			reserve_bytes: 16 << 20,
			open_files: 256,
			retry: Duration::from_secs(60),
			replica_of: None,
		}
	}

	/// Whether they make sense.
	pub(crate) fn check(&self) -> Result<(), OpenError> {
		let wrong = if self.segment_bytes < 4 << 10 || self.segment_bytes > 1 << 30 {
			"segments have 4 KiB to 1 GiB; set another length"
		} else if matches!(self.compaction, Compaction::When { dead_percent: 0 | 100.. }) {
			"segments are compacted at 1 to 99 percent of dead records; set another share"
		} else {
			return Ok(());
		};
		Err(OpenError::Options(wrong))
	}
}

/// When what was written is made durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sync {
	/// Before a commit returns: what was committed survives a power cut.
	Always,
	/// By a thread, so long after the first write that is not yet synced.
	Interval(Duration),
	/// When the operating system likes. A commit survives the end of the process only.
	Os,
}

/// What happens to records that newer ones replace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compaction {
	/// All are kept, and the whole history with them.
	Off,
	/// A segment is rewritten without them once they are so many hundredths of it.
	When {
		/// 1 to 99: the lower, the less space is wasted, and the more is written again.
		dead_percent: u8,
	},
}
