//! What goes on beside changing and reading: checkpoints and compaction, a little at each call.

use super::{compacting::Compacting, worth::written, Store};
use crate::{
	checkpoint::{self, Progress},
	compaction::{Failure, Run},
	error::{MaintainError, WriteError},
	format::Position,
	log::Segment,
	worker::{Done, Job},
	Compaction, NamespaceId, Options,
};
use std::{
	io,
	time::{Duration, Instant},
};

/// How much of the index goes to a checkpoint in one call.
const PIECE: usize = 128 << 10;

/// A checkpoint is taken when the log grew by so many times the index since the last one: what
/// checkpoints write stays a fraction of what the log does, and a start reads as little.
const GROWTH: u64 = 8;

/// How much of a checkpoint a key takes, at most.
const SLOT: u64 = 16;

/// So often a segment with a damaged record is tried.
pub(super) const SPARED: u8 = 3;

/// How many calls pass between looks at what is worth compacting.
const CALLS: u32 = 32;

/// Room that segments take beyond this share of theirs is worth looking at.
pub(super) struct Chores {
	pub(super) compaction: Compaction,
	pub(super) segment_bytes: u64,
	/// From where on a start would read the log.
	pub(super) checkpoint: Position,
	/// How long until what the disk refused is tried again.
	pub(super) retry: Duration,
	/// No other is taken before so much was written since, or that moment came, after one that
	/// failed.
	retry_at: Option<(u64, Instant)>,
	taking: Option<Taking>,
	pub(super) compacting: Option<Compacting>,
	calls: u32,
	/// Whether segments may have records of namespaces that were removed.
	remains: bool,
	/// Some were seen since the store was opened.
	seen: bool,
	/// A checkpoint from before this tells of a namespace that was removed.
	outdated: Option<Position>,
	/// Files that are to be removed.
	pub(super) replaced: Vec<String>,
	/// The worker removes some.
	pub(super) removing: bool,
	/// Not before this, as the disk refused.
	pub(super) remove_at: Option<Instant>,
}

/// A checkpoint that is being taken.
struct Taking {
	start: Position,
	progress: Progress,
	/// What the worker had no room for.
	held: Option<Job>,
	/// All is handed over.
	ended: bool,
}

impl Chores {
	pub(super) fn new(options: &Options, checkpoint: Position) -> Self {
		Self {
			compaction: options.compaction,
			segment_bytes: options.segment_bytes.into(),
			checkpoint,
			retry: options.retry,
			retry_at: None,
			taking: None,
			compacting: None,
			calls: 0,
			remains: true,
			seen: false,
			outdated: None,
			replaced: Vec::new(),
			removing: false,
			remove_at: None,
		}
	}

	/// Records of a namespace have to go, and what a checkpoint from before says of it.
	pub(super) fn namespace_removed(&mut self, now: Position) {
		self.remains = true;
		self.outdated = Some(now);
		self.calls = 0;
	}

	/// A checkpoint that was begun is given up.
	fn forget_checkpoint(&mut self) {
		if let Some(taking) = &mut self.taking {
			if !taking.ended {
				taking.held = Some(Job::Forget);
				taking.ended = true;
				taking.start = self.checkpoint;
			}
		}
	}
}

impl Store {
	/// How much a start after a kill would read.
	pub(crate) fn unsaved_bytes(&self) -> u64 {
		self.log.bytes_since(self.chores.checkpoint)
	}

	/// What a checkpoint that was begun says of the indexes is not what a start could go on from.
	pub(crate) fn forget_checkpoint(&mut self) {
		self.chores.forget_checkpoint();
	}

	/// A namespace is no longer there.
	pub(crate) fn namespace_removed(&mut self) {
		let end = self.log.end();
		self.chores.namespace_removed(end);
	}

	/// Has what removed namespaces left go soon, also what is in the segment that is written: a
	/// removal sees to that by itself, unless the process ended at once.
	pub fn clear_away(&mut self) -> Result<(), WriteError> {
		self.writable()?;
		self.finish_batch()?;
		if self.has_remains(self.log.segments.active()) {
			self.log.rotate()?;
		}
		let end = self.log.end();
		self.chores.namespace_removed(end);
		Ok(())
	}

	/// Whether the disk has, or may have, something of a namespace that was removed. Where a record
	/// beside it is damaged it stays, and this says no.
	pub fn is_clearing(&self) -> bool {
		let chores = &self.chores;
		let removes = chores.removing || !chores.replaced.is_empty();
		chores.remains || chores.outdated.is_some() || removes
	}

	/// Whether a segment has records of a namespace that was removed.
	fn has_remains(&self, segment: &Segment) -> bool {
		let mut ids = segment.usage.of.iter();
		ids.any(|(id, _)| self.namespaces.get(NamespaceId(*id)).is_none())
	}

	/// Takes over what the store's threads finished and gives them more to do, for a fraction of a
	/// millisecond. `true` where there is more to do at once; otherwise a call every 100 ms will do.
	pub fn maintain(&mut self) -> Result<bool, MaintainError> {
		if self.log.sync.failed() {
			self.read_only.get_or_insert("the disk refused to sync");
		}
		// What is not committed could be taken back, and neither chore expects that.
		self.finish_batch().ok();
		let mut outcome = Ok(());
		while let Some(done) = self.worker.done() {
			outcome = outcome.and(self.take_over(done));
		}
		if self.read_only.is_none() {
			self.go_on_with_checkpoint();
			self.go_on_with_compaction();
			self.remove_replaced();
			self.begin_chores();
		}
		outcome?;
		let waits = |held: &Option<Job>| held.is_none();
		let checkpoint = self.chores.taking.as_ref().is_some_and(|taking| !taking.ended);
		let compaction = self.chores.compacting.as_ref().is_some_and(|compacting| {
			waits(&compacting.held) && compacting.survivors.len() < compacting.candidates.len()
		});
		Ok(checkpoint || compaction)
	}

	fn take_over(&mut self, done: Done) -> Result<(), MaintainError> {
		match done {
			Done::Checkpoint(outcome) => {
				let Some(taking) = self.chores.taking.take() else { return Ok(()) };
				self.chores.calls = 0;
				if let Err(error) = outcome {
					let grown = self.log.bytes_since(self.chores.checkpoint);
					let later = Instant::now() + self.chores.retry;
					self.chores.retry_at = Some((grown + self.chores.segment_bytes, later));
					return Err(MaintainError::Checkpoint(error));
				}
				self.chores.retry_at = None;
				self.chores.outdated = self.chores.outdated.filter(|end| taking.start < *end);
				self.chores.checkpoint = taking.start;
			},
			Done::Looked(Ok(looked)) => {
				if let Some(compacting) = &mut self.chores.compacting {
					compacting.candidates = looked.candidates;
					compacting.greatest = looked.greatest;
					compacting.survivors.reserve(compacting.candidates.len());
					// With nothing to look up it is written at the next call.
					compacting.written = false;
				}
			},
			Done::Written(Ok(compacted)) => {
				if let Some(compacting) = self.chores.compacting.take() {
					self.swap(&compacting.run, compacted);
					self.chores.calls = 0;
				}
			},
			Done::Removed(left) => {
				self.chores.removing = false;
				self.chores.remove_at =
					(!left.is_empty()).then(|| Instant::now() + self.chores.retry);
				self.chores.replaced.extend(left);
			},
			Done::Looked(Err(failure)) | Done::Written(Err(failure)) => {
				let Some(compacting) = self.chores.compacting.take() else { return Ok(()) };
				let segment = compacting.run.first;
				let source = self.put_off(&compacting.run, failure);
				return Err(MaintainError::Compaction { segment, source });
			},
		}
		Ok(())
	}

	/// A run stays as it is, and says why.
	fn put_off(&mut self, run: &Run, failure: Failure) -> io::Error {
		let numbers = run.first..=run.last;
		let later = Instant::now() + self.chores.retry;
		for segment in self.log.segments.iter_mut().filter(|one| numbers.contains(&one.first)) {
			match failure {
				Failure::Damaged => segment.spared = segment.spared.saturating_add(1),
				Failure::Disk(_) => segment.rests_until = Some(later),
			}
		}
		match failure {
			Failure::Damaged => io::Error::other("a record in it is damaged; repair it"),
			Failure::Disk(error) => error,
		}
	}

	fn go_on_with_checkpoint(&mut self) {
		let Some(taking) = &mut self.chores.taking else { return };
		if let Some(job) = taking.held.take() {
			let forget = matches!(job, Job::Forget);
			if let Err(job) = self.worker.give(job) {
				taking.held = Some(job);
				return;
			}
			if forget {
				self.chores.taking = None;
				return;
			}
		}
		if taking.ended {
			return;
		}
		let mut bytes = Vec::new();
		let mut more = true;
		while more && bytes.len() < PIECE {
			let mut piece = Vec::new();
			more = taking.progress.piece(&self.namespaces, &mut piece);
			bytes.extend(piece);
		}
		let job = if more {
			Job::Piece(bytes)
		} else {
			// The pieces may be about all that was written, committed or not, by now.
			bytes.extend(checkpoint::end(self.log.end()));
			taking.ended = true;
			Job::End(bytes)
		};
		taking.held = self.worker.give(job).err();
	}

	fn begin_chores(&mut self) {
		let chores = &mut self.chores;
		if chores.calls > 0 {
			chores.calls -= 1;
			return;
		}
		chores.calls = CALLS;
		let end = self.log.end();
		let free = self.free();
		self.log.expect_checkpoint(SLOT * self.namespaces.entries());
		let (sealed, unsaved) = self.remains(free);
		let mut range = None;
		if sealed.is_some() && !std::mem::replace(&mut self.chores.seen, true) {
			// It was removed before the store was opened: nobody knows how old the checkpoint is.
			self.chores.outdated.get_or_insert(end);
		}
		let may_compact = self.may_compact();
		let mut due_at_once = unsaved || self.chores.outdated.is_some();
		due_at_once |= sealed.is_some() && !may_compact;
		if self.chores.compacting.is_none() && may_compact {
			range = sealed.map(|place| place..=place).or_else(|| self.worth_compacting(free));
			due_at_once |= range.is_none() && self.waits_for_checkpoint(free);
		}
		let chores = &mut self.chores;
		if chores.taking.is_none() {
			let grown = self.log.bytes_since(chores.checkpoint);
			let due = match due_at_once {
				true => 0,
				false => chores.segment_bytes.max(GROWTH * self.namespaces.index_bytes()),
			};
			let waits = |(bytes, time)| grown < bytes && Instant::now() < time;
			if grown >= due && !chores.retry_at.is_some_and(waits) {
				let bytes = checkpoint::begin(&self.log, &self.namespaces, self.hash);
				let held = self.worker.give(Job::Begin(bytes)).err();
				let progress = Progress::new(&self.namespaces);
				chores.taking = Some(Taking { start: end, progress, held, ended: false });
			}
		}
		if let Some(range) = range {
			self.begin_compaction(range);
		}
	}

	/// A segment, by its place, that can be rid of what removed namespaces left in it, and whether
	/// there is one that can be once a checkpoint is taken.
	fn remains(&mut self, free: u64) -> (Option<usize>, bool) {
		if !self.chores.remains {
			return (None, false);
		}
		let (mut sealed, mut unsaved, mut left) = (None, false, false);
		let last = self.log.segments.len() - 1;
		let now = Instant::now();
		for (place, segment) in self.log.segments.iter().enumerate() {
			if segment.spared < SPARED && self.has_remains(segment) {
				left = true;
				if segment.last < self.chores.checkpoint.segment() {
					let fits = written(segment.usage.totals.all.bytes) < free;
					let can_be = fits && segment.may_be_compacted(now);
					sealed = sealed.or(can_be.then_some(place));
				} else {
					unsaved |= place < last;
				}
			}
		}
		self.chores.remains = left;
		(sealed, unsaved)
	}
}
