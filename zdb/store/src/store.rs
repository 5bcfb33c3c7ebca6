//! The store.

mod batch;
mod compacting;
mod directory;
mod history;
mod maintain;
mod namespaces;
mod read;
mod scan;
mod worth;
mod write;

pub use history::{Past, Version};
pub use read::Check;
pub use scan::{Cursor, Direction, Item, Page};
pub use write::Set;

use crate::disk::Disk;
use crate::{
	checkpoint,
	error::{CloseError, OpenError},
	format::Position,
	index::{Index, KeyHash},
	log::Log,
	namespace::{Bounds, Settings},
	recovery,
	sync::SyncThread,
	worker::Worker,
	Options, Sync,
};
use batch::Batch;
pub(crate) use directory::Namespaces;
use maintain::Chores;
use std::{io, sync::Arc};

/// A store, owned by one thread.
pub struct Store {
	pub(crate) log: Log,
	pub(crate) namespaces: Namespaces,
	pub(crate) hash: KeyHash,
	batch: Batch,
	chores: Chores,
	sync: Sync,
	read_only: Option<&'static str>,
	/// From here on records that say that keys are gone stay: copies have not got them.
	pub(crate) kept: Option<Position>,
	/// The last record that replaced another than it says.
	over_a_hole: Option<Position>,
	/// How the last start went.
	recovered: recovery::Recovered,
	// Dropped last: they end then.
	_sync_thread: Option<SyncThread>,
	worker: Worker,
	_lock: Lock,
}

/// Keeps others from opening the store.
pub(crate) struct Lock(Arc<dyn Disk>);

impl Lock {
	pub(crate) fn new(disk: Arc<dyn Disk>) -> io::Result<Self> {
		disk.lock()?;
		Ok(Self(disk))
	}
}

impl Drop for Lock {
	fn drop(&mut self) {
		self.0.unlock();
	}
}

/// A namespace with its index.
pub(crate) struct Namespace {
	pub(crate) name: Vec<u8>,
	pub(crate) settings: Settings,
	pub(crate) bounds: Bounds,
	pub(crate) index: Index,
	pub(crate) next_id: u64,
	/// The length of all values.
	pub(crate) data_bytes: u64,
	/// The length of their records.
	pub(crate) disk_bytes: u64,
}

impl Namespace {
	pub(crate) fn new(name: Vec<u8>, settings: Settings, next_id: u64) -> Self {
		let index = Index::new(settings.mode);
		let bounds = Bounds::default();
		Self { name, settings, bounds, index, next_id, data_bytes: 0, disk_bytes: 0 }
	}

	/// Whether a record of this length fits that takes the place of another, if there is one.
	pub(crate) fn has_room(&self, record: u64, replaced: Option<u64>) -> bool {
		let Bounds { disk_bytes, entries } = self.bounds;
		let others = self.disk_bytes.saturating_sub(replaced.unwrap_or(0));
		disk_bytes.is_none_or(|most| others + record <= most)
			&& (replaced.is_some() || entries.is_none_or(|most| self.index.len() < most))
	}

	/// A value is there.
	pub(crate) fn gained(&mut self, value: u32, record: u64) {
		self.data_bytes += u64::from(value);
		self.disk_bytes += record;
	}

	/// A value is no longer there.
	pub(crate) fn lost(&mut self, value: u32, record: u64) {
		self.data_bytes = self.data_bytes.saturating_sub(u64::from(value));
		self.disk_bytes = self.disk_bytes.saturating_sub(record);
	}
}

impl Store {
	/// Opens a store, and makes it where there is none.
	pub fn open(options: Options) -> Result<Self, OpenError> {
		options.check()?;
		let lock = Lock::new(options.disk.clone()).map_err(|source| match source.kind() {
			io::ErrorKind::WouldBlock => OpenError::InUse,
			_ => OpenError::Disk { action: "open", file: "the folder".into(), source },
		})?;
		let recovery::Opened { log, namespaces, hash, checkpoint, over_a_hole, report } =
			recovery::open(&options)?;
		let thread =
			|source| OpenError::Disk { action: "start a thread for", file: "it".into(), source };
		if options.sync == Sync::Always && log.sync.sync().is_err() {
			// What was found may be in memory only. Nothing more is written then, and it says so.
			log::error!("the disk refused to sync what a start found; no changes are taken");
		}
		let sync_thread = match options.sync {
			Sync::Interval(interval) => {
				// What was found may be in memory only.
				log.sync.ask();
				Some(log.sync.every(interval).map_err(thread)?)
			},
			Sync::Always | Sync::Os => None,
		};
		let worker = Worker::start(&log, hash).map_err(thread)?;
		Ok(Self {
			batch: Batch::default(),
			chores: Chores::new(&options, checkpoint),
			sync: options.sync,
			read_only: None,
			kept: None,
			over_a_hole,
			recovered: report,
			log,
			namespaces,
			hash,
			_sync_thread: sync_thread,
			worker,
			_lock: lock,
		})
	}

	/// Commits, and writes down all that makes the next start fast.
	pub fn close(self) -> Result<(), CloseError> {
		self.end(true)
	}

	/// The same for a copy, which goes on following: its log ends where the other's does, and so
	/// says nothing of its own at the end.
	pub fn close_copy(self) -> Result<(), CloseError> {
		self.end(false)
	}

	fn end(mut self, speaks: bool) -> Result<(), CloseError> {
		self.commit()?;
		self.log.sync.sync().map_err(|error| {
			self.read_only = Some("the disk refused to sync");
			crate::error::CommitError::Sync(error)
		})?;
		if speaks && self.read_only().is_none() {
			self.log.say_durable();
		}
		// What the worker is at comes to its end before.
		self.worker.stop();
		self.log.give_back_room();
		checkpoint::write_whole(&mut self).map_err(CloseError::Checkpoint)
	}

	/// How the start went.
	pub fn recovered(&self) -> &recovery::Recovered {
		&self.recovered
	}

	/// Which store it is.
	pub fn identity(&self) -> crate::Identity {
		self.log.identity
	}

	/// How much memory holds data that was read or written lately.
	pub fn cache_bytes(&self) -> usize {
		self.log.cache_bytes()
	}

	/// Whether, and since what, the store takes no changes.
	pub fn read_only(&self) -> Option<&'static str> {
		self.read_only.or_else(|| self.log.sync.failed().then_some("the disk refused to sync"))
	}
}
