//! The thread that writes checkpoints and compacts segments, beside the one that owns the store.

use crate::{
	checkpoint::{DRAFT, FILE},
	compaction::{self, Compacted, Looked, Run, Survivors},
	disk::{Disk, DiskFile},
	format::Checksum,
	identity::Identity,
	index::KeyHash,
	log::{write_fully, Log},
	sync::LogSync,
};
use std::{
	io::{self, IoSlice},
	sync::{
		mpsc::{channel, sync_channel, Receiver, Sender, SyncSender, TrySendError},
		Arc,
	},
	thread::JoinHandle,
};

/// How many jobs wait at a time: a checkpoint comes in pieces.
const WAITING: usize = 8;

/// What the thread is told to do.
pub(crate) enum Job {
	/// Begin a checkpoint with these bytes.
	Begin(Vec<u8>),
	/// Go on with it.
	Piece(Vec<u8>),
	/// End it.
	End(Vec<u8>),
	/// Forget it.
	Forget,
	/// Say what is in a run of segments.
	Look(Arc<Run>),
	/// Write those records of it that are still needed.
	Write(Arc<Run>, Survivors),
	/// Remove files.
	Remove(Vec<String>),
}

/// What it did.
pub(crate) enum Done {
	/// A checkpoint.
	Checkpoint(io::Result<()>),
	/// What is in a run.
	Looked(Result<Looked, compaction::Failure>),
	/// The file that takes the place of a run.
	Written(Result<Compacted, compaction::Failure>),
	/// Files are removed, but for these.
	Removed(Vec<String>),
}

/// The thread. It ends when this is dropped.
pub(crate) struct Worker {
	jobs: Option<SyncSender<Job>>,
	done: Receiver<Done>,
	thread: Option<JoinHandle<()>>,
}

pub(crate) struct Desk {
	pub(crate) disk: Arc<dyn Disk>,
	pub(crate) sync: Arc<LogSync>,
	pub(crate) checksum: Checksum,
	pub(crate) identity: Identity,
	pub(crate) hash: KeyHash,
	draft: Option<Draft>,
	done: Sender<Done>,
}

struct Draft {
	file: Arc<dyn DiskFile>,
	length: u64,
}

impl Worker {
	pub(crate) fn start(log: &Log, hash: KeyHash) -> io::Result<Self> {
		let (jobs, inbox) = sync_channel(WAITING);
		let (outbox, done) = channel();
		let mut desk = Desk {
			disk: log.disk.clone(),
			sync: log.sync.clone(),
			checksum: log.checksum,
			identity: log.identity,
			hash,
			draft: None,
			done: outbox,
		};
		let thread = std::thread::Builder::new().name("zdb-worker".into()).spawn(move || {
			for job in inbox {
				desk.carry_out(job);
			}
		})?;
		Ok(Self { jobs: Some(jobs), done, thread: Some(thread) })
	}

	/// Gives the thread a job, or the job back where too many wait.
	pub(crate) fn give(&self, job: Job) -> Result<(), Job> {
		let Some(jobs) = &self.jobs else { return Ok(()) };
		match jobs.try_send(job) {
			Ok(()) => Ok(()),
			Err(TrySendError::Full(job)) => Err(job),
			// It has ended, and nothing waits for what it would have done.
			Err(TrySendError::Disconnected(_)) => Ok(()),
		}
	}

	/// What it did since the last call.
	pub(crate) fn done(&self) -> Option<Done> {
		self.done.try_recv().ok()
	}

	/// Waits for its end.
	pub(crate) fn stop(&mut self) {
		self.jobs = None;
		if let Some(thread) = self.thread.take() {
			// A thread that panicked has said so.
			thread.join().ok();
		}
	}
}

impl Drop for Worker {
	fn drop(&mut self) {
		self.stop();
	}
}

impl Desk {
	fn carry_out(&mut self, job: Job) {
		let done = match job {
			Job::Begin(bytes) => {
				let begun = self.disk.create(DRAFT).map(|file| Draft { file, length: 0 });
				match begun {
					Ok(draft) => self.draft = Some(draft),
					Err(error) => return self.tell(Done::Checkpoint(Err(error))),
				}
				return self.piece(&bytes);
			},
			Job::Piece(bytes) => return self.piece(&bytes),
			Job::End(bytes) => {
				self.piece(&bytes);
				match self.draft.take() {
					Some(draft) => {
						let published = self.publish(&draft);
						if published.is_err() {
							self.disk.remove(DRAFT).ok();
						}
						Done::Checkpoint(published)
					},
					// It failed earlier, and that was said.
					None => return,
				}
			},
			Job::Forget => {
				self.forget();
				return;
			},
			Job::Look(run) => Done::Looked(compaction::look(self, &run)),
			Job::Write(run, survivors) => Done::Written(compaction::write(self, &run, &survivors)),
			Job::Remove(mut names) => {
				names.retain(|name| self.must_stay(name));
				Done::Removed(names)
			},
		};
		self.tell(done);
	}

	/// Removes a file. Says whether that was refused.
	fn must_stay(&self, name: &str) -> bool {
		match self.disk.remove(name) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => {
				log::warn!("{name} is no longer needed, but cannot be removed: {error}");
				true
			},
			_ => false,
		}
	}

	fn tell(&self, done: Done) {
		// Nobody listens any more when the store is being closed.
		self.done.send(done).ok();
	}

	fn piece(&mut self, bytes: &[u8]) {
		let Some(draft) = &mut self.draft else { return };
		match write_fully(&*draft.file, &mut [IoSlice::new(bytes)], draft.length) {
			Ok(()) => draft.length += bytes.len() as u64,
			Err(error) => {
				self.forget();
				self.tell(Done::Checkpoint(Err(error)));
			},
		}
	}

	/// Half a checkpoint only takes room.
	fn forget(&mut self) {
		if self.draft.take().is_none() {
			return;
		}
		if let Err(error) = self.disk.remove(DRAFT) {
			log::warn!("{DRAFT} is no longer needed, but cannot be removed: {error}");
		}
	}

	/// The checkpoint takes the place of the last one. What it is about must be durable before.
	fn publish(&self, draft: &Draft) -> io::Result<()> {
		self.sync.sync()?;
		draft.file.sync()?;
		self.disk.rename(DRAFT, FILE)?;
		self.disk.sync_names()
	}
}
