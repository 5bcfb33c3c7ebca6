//! Making the log durable, by whoever asks and by a thread now and then.

use crate::{
	disk::{Disk, DiskFile},
	format::Position,
};
use std::{
	io,
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Arc, Condvar, Mutex, MutexGuard, PoisonError,
	},
	thread::JoinHandle,
	time::Duration,
};

/// Makes the log durable. After one failure it never says again that it did: the kernel forgets
/// what it could not write, and a second attempt would succeed without writing it.
pub(crate) struct LogSync {
	disk: Arc<dyn Disk>,
	files: Mutex<Files>,
	/// Held while syncing, so that one does it at a time.
	syncing: Mutex<()>,
	/// Up to where the log is written.
	written: AtomicU64,
	/// Up to where it is durable.
	durable: AtomicU64,
	failed: AtomicBool,
	/// Whether something was written since the thread last looked.
	dirty: AtomicBool,
	stop: Mutex<bool>,
	wake: Condvar,
}

struct Files {
	/// Those that may hold what is not durable, the one that is written last.
	open: Vec<Arc<dyn DiskFile>>,
	/// Whether the names of files are not durable.
	names: bool,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
	mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LogSync {
	/// `active` is the file that grows, and may hold what is not durable.
	pub(crate) fn new(disk: Arc<dyn Disk>, active: Arc<dyn DiskFile>, end: Position) -> Self {
		Self {
			disk,
			files: Mutex::new(Files { open: vec![active], names: true }),
			syncing: Mutex::new(()),
			written: AtomicU64::new(end.raw()),
			durable: AtomicU64::new(0),
			failed: AtomicBool::new(false),
			dirty: AtomicBool::new(false),
			stop: Mutex::new(false),
			wake: Condvar::new(),
		}
	}

	/// The log goes on in another file, whose name is new.
	pub(crate) fn rotated(&self, active: Arc<dyn DiskFile>) {
		let mut files = held(&self.files);
		files.open.push(active);
		files.names = true;
	}

	/// The log is written up to here.
	pub(crate) fn wrote(&self, end: Position) {
		self.written.store(end.raw(), Ordering::Release);
	}

	/// Wakes the thread, if it is not awake.
	pub(crate) fn ask(&self) {
		if !self.dirty.swap(true, Ordering::AcqRel) {
			drop(held(&self.stop));
			self.wake.notify_one();
		}
	}

	/// Up to where the log is durable.
	pub(crate) fn durable(&self) -> Option<Position> {
		Position::from_raw(self.durable.load(Ordering::Acquire))
	}

	pub(crate) fn failed(&self) -> bool {
		self.failed.load(Ordering::Acquire)
	}

	/// The disk refused to sync something else of the log.
	pub(crate) fn give_up(&self) {
		self.failed.store(true, Ordering::Release);
	}

	/// Makes durable all that is written by now.
	pub(crate) fn sync(&self) -> io::Result<()> {
		let _one = held(&self.syncing);
		if self.failed() {
			return Err(io::Error::other("an earlier sync failed"));
		}
		let target = self.written.load(Ordering::Acquire);
		if self.durable.load(Ordering::Acquire) >= target {
			return Ok(());
		}
		let (open, names) = {
			let mut files = held(&self.files);
			(files.open.clone(), std::mem::take(&mut files.names))
		};
		let synced = open.iter().try_for_each(|file| file.sync());
		let synced = synced.and_then(|()| if names { self.disk.sync_names() } else { Ok(()) });
		if let Err(error) = synced {
			self.failed.store(true, Ordering::Release);
			return Err(error);
		}
		// All but the one that is written at present are done with.
		held(&self.files).open.drain(..open.len().saturating_sub(1));
		self.durable.fetch_max(target, Ordering::AcqRel);
		Ok(())
	}

	/// What was written is gone again: the log ends here.
	pub(crate) fn cut(&self, end: Position) {
		let _one = held(&self.syncing);
		self.written.store(end.raw(), Ordering::Release);
		self.durable.fetch_min(end.raw(), Ordering::AcqRel);
	}

	/// Starts the thread that syncs so long after something was written.
	pub(crate) fn every(self: &Arc<Self>, interval: Duration) -> io::Result<SyncThread> {
		let sync = self.clone();
		let thread = std::thread::Builder::new().name("zdb-sync".into()).spawn(move || {
			while sync.wait(interval) {
				if let Err(error) = sync.sync() {
					log::error!("the log cannot be synced, no more changes are taken: {error}");
					return;
				}
			}
		})?;
		Ok(SyncThread { sync: self.clone(), thread: Some(thread) })
	}

	/// Waits until something was written, and so long after. `false` when it is time to end.
	fn wait(&self, interval: Duration) -> bool {
		let mut stop = held(&self.stop);
		while !*stop && !self.dirty.load(Ordering::Acquire) {
			stop = self.wake.wait(stop).unwrap_or_else(PoisonError::into_inner);
		}
		if !*stop {
			let pause = self.wake.wait_timeout_while(stop, interval, |stop| !*stop);
			stop = pause.unwrap_or_else(PoisonError::into_inner).0;
		}
		self.dirty.store(false, Ordering::Release);
		!*stop
	}
}

/// The thread that syncs. It ends when this is dropped.
pub(crate) struct SyncThread {
	sync: Arc<LogSync>,
	thread: Option<JoinHandle<()>>,
}

impl Drop for SyncThread {
	fn drop(&mut self) {
		*held(&self.sync.stop) = true;
		self.sync.wake.notify_all();
		if let Some(thread) = self.thread.take() {
			// A thread that panicked has said so.
			thread.join().ok();
		}
	}
}
