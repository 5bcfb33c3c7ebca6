//! What was changed since the last commit, and how to take it back.

use super::Store;
use crate::{
	error::{CommitError, WriteError},
	format::{Head, Kind, Position},
	index::Locator,
	log::{AppendError, Totals},
	NamespaceId, Sync,
};

/// What was changed since the last commit.
#[derive(Default)]
pub(super) struct Batch {
	/// Where it begins, and what the segment was like then.
	start: Option<(Position, Totals)>,
	undo: Vec<Undo>,
	/// Whether records of another log are in it. What they changed in memory cannot be taken back.
	applied: bool,
	/// It failed, and whoever commits must hear of it.
	failure: Option<CommitError>,
}

/// How to take one change back.
pub(super) struct Undo {
	pub(super) namespace: NamespaceId,
	pub(super) locator: Locator,
	pub(super) key_length: u8,
	/// The record that was added: its position and the length of its value.
	pub(super) new: Option<(Position, u32)>,
	/// The record before it.
	pub(super) old: Option<(Position, u32)>,
	/// The number that was next.
	pub(super) next_id: u64,
}

impl From<AppendError> for CommitError {
	fn from(error: AppendError) -> Self {
		match error {
			AppendError::Full => Self::DiskFull,
			AppendError::End => Self::ReadOnly("its log is at the end of its numbers"),
			AppendError::Disk(error) => Self::Write(error),
		}
	}
}

impl From<AppendError> for WriteError {
	fn from(error: AppendError) -> Self {
		match error {
			AppendError::Full => Self::DiskFull,
			AppendError::End => Self::LogEnd,
			AppendError::Disk(error) => Self::Disk(error),
		}
	}
}

impl Store {
	/// Ends a batch: all that was changed since the last commit is handed to the operating system,
	/// and is durable when the store syncs always. Before it returns nobody may be told of the
	/// changes. After an error none of them is there.
	pub fn commit(&mut self) -> Result<(), CommitError> {
		self.finish_batch().ok();
		match self.batch.failure.take() {
			Some(error) => Err(error),
			None => Ok(()),
		}
	}

	/// Whether there is something to commit, and committing it waits for the disk.
	pub fn syncs_commits(&self) -> bool {
		self.sync == Sync::Always && self.batch.start.is_some()
	}

	/// Whether changes are taken.
	pub(super) fn writable(&self) -> Result<(), WriteError> {
		if let Some(since) = self.read_only() {
			return Err(WriteError::ReadOnly(since));
		}
		match self.batch.failure {
			None => Ok(()),
			Some(CommitError::DiskFull) => Err(WriteError::DiskFull),
			Some(_) => Err(WriteError::BatchFailed),
		}
	}

	/// Adds a record to the batch. What comes of it in memory is up to the caller.
	pub(super) fn add(
		&mut self,
		head: Head,
		key: &[u8],
		value: &[u8],
		urgent: bool,
	) -> Result<Position, WriteError> {
		// A mark may come before it.
		let length = head.length() + crate::format::HEAD as u64;
		// A batch is in one segment, so that all of it can be taken back: the segment grows past its
		// length if need be, but not past what offsets can say.
		if self.log.is_at_limit(length) {
			self.finish_batch()?;
		}
		if self.batch.start.is_none() && self.log.must_rotate(length) {
			self.log.rotate()?;
		}
		self.log.make_room(length, urgent)?;
		if self.batch.start.is_none() {
			self.batch.start = Some((self.log.end(), self.log.segments.active().usage.totals));
			if let Err(error) = self.log.mark() {
				return Err(self.abandon(error.into()));
			}
		}
		match self.log.append(head, key, value) {
			Ok(position) => Ok(position),
			Err(error) => Err(self.abandon(error.into())),
		}
	}

	/// Adds a record of another log, at the end of this one.
	pub(crate) fn add_applied(
		&mut self,
		head: Head,
		key: &[u8],
		value: &[u8],
	) -> Result<(), WriteError> {
		self.writable()?;
		self.log.make_room(head.length(), true)?;
		self.begin_applied();
		// Each side says for itself what is durable.
		let previous = match head.kind {
			Kind::Mark => self.log.sync.durable(),
			_ => head.previous,
		};
		let written = self.log.append_dead(Head { previous, ..head }, key, value);
		if let Err(error) = written {
			return Err(self.abandon(error.into()));
		}
		self.take_applied(head, key, value);
		Ok(())
	}

	/// Says that bytes are missing up to the next record.
	pub(crate) fn add_gap(&mut self, gap: Head) -> Result<(), WriteError> {
		self.writable()?;
		self.begin_applied();
		if let Err(error) = self.log.append_gap(gap) {
			return Err(self.abandon(error.into()));
		}
		Ok(())
	}

	/// Goes on in the next segment, as the other log did.
	pub(crate) fn next_segment(&mut self) -> Result<(), WriteError> {
		self.finish_batch()?;
		Ok(self.log.rotate()?)
	}

	fn begin_applied(&mut self) {
		let totals = self.log.segments.active().usage.totals;
		self.batch.start.get_or_insert((self.log.end(), totals));
		self.batch.applied = true;
	}

	pub(super) fn remember(&mut self, undo: Undo) {
		self.batch.undo.push(undo);
	}

	/// Writes the batch, and syncs it when the store syncs always.
	pub(super) fn finish_batch(&mut self) -> Result<(), WriteError> {
		if let Err(error) = self.writable() {
			return Err(match self.batch.start {
				Some(_) => self.abandon(CommitError::ReadOnly("the disk refused to sync")),
				None => error,
			});
		}
		if self.batch.start.is_none() {
			return Ok(());
		}
		if let Err(error) = self.log.write() {
			return Err(self.abandon(AppendError::from(error).into()));
		}
		match self.sync {
			Sync::Always => {
				if let Err(error) = self.log.sync.sync() {
					return Err(self.abandon(CommitError::Sync(error)));
				}
			},
			Sync::Interval(_) => self.log.sync.ask(),
			Sync::Os => (),
		}
		self.batch.start = None;
		self.batch.undo.clear();
		self.batch.applied = false;
		Ok(())
	}

	/// Takes the batch back.
	fn abandon(&mut self, error: CommitError) -> WriteError {
		let refusal = match error {
			CommitError::DiskFull => WriteError::DiskFull,
			_ => WriteError::BatchFailed,
		};
		let undo = std::mem::take(&mut self.batch.undo);
		for change in undo.into_iter().rev() {
			self.take_back(change);
		}
		if let Some((start, totals)) = self.batch.start.take() {
			// After a failed sync the file stays as it is: nobody knows what of it is durable.
			let cut = match error {
				CommitError::Sync(_) => Ok(()),
				_ => self.log.roll_back(start, totals),
			};
			if let Err(error) = cut {
				log::error!("a batch that failed cannot be taken back: {error}");
				self.read_only = Some("a batch that failed could not be taken back");
			}
		}
		if std::mem::take(&mut self.batch.applied) {
			self.read_only = Some("records of another log could not be written");
		}
		if matches!(error, CommitError::Sync(_)) {
			self.read_only = Some("the disk refused to sync");
		}
		self.batch.failure = Some(error);
		refusal
	}

	fn take_back(&mut self, change: Undo) {
		let Undo { namespace: id, locator, key_length, new, old, next_id } = change;
		let Some(namespace) = self.namespaces.get_mut(id) else { return };
		let record = |value| crate::format::record_length(key_length, value);
		match (new, old) {
			(Some((new, _)), Some((old, _))) => {
				namespace.index.replace(locator, new, old);
			},
			(Some((new, _)), None) => {
				namespace.index.remove(locator, new);
			},
			(None, Some((old, _))) => namespace.index.insert(locator, old),
			(None, None) => (),
		}
		namespace.next_id = next_id;
		if let Some((position, value)) = new {
			namespace.lost(value, record(value));
			if let Some(segment) = self.log.segments.at_mut(position) {
				segment.usage.kill(id.0, record(value));
			}
		}
		if let Some((position, value)) = old {
			namespace.gained(value, record(value));
			if let Some(segment) = self.log.segments.at_mut(position) {
				segment.usage.revive(id.0, record(value));
			}
		}
	}
}
