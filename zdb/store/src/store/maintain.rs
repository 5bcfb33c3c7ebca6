//! What goes on beside changing and reading: checkpoints and compaction, a little at each call.

use super::Store;
use crate::{
	checkpoint::{self, Progress},
	compaction::{Candidate, Compacted, Failure, Greatest, Part, Run, Survivors},
	error::{MaintainError, WriteError},
	format::Position,
	log::{Footer, Segment, Usage},
	worker::{Done, Job},
	Compaction, NamespaceId,
};
use std::{io, sync::Arc};

/// How much of the index goes to a checkpoint in one call.
const PIECE: usize = 128 << 10;

/// How many records are looked up for compaction in one call.
const LOOKS: usize = 1024;

/// A checkpoint is taken when the log grew by so many times the index since the last one: what
/// checkpoints write stays a fraction of what the log does, and a start reads as little.
const GROWTH: u64 = 8;

/// So often a segment that cannot be compacted is tried.
const SPARED: u8 = 3;

/// How many calls pass between looks at what is worth compacting.
const CALLS: u32 = 32;

/// Room that segments take beyond this share of theirs is worth looking at.
pub(super) struct Chores {
	compaction: Compaction,
	segment_bytes: u64,
	/// From where on a start would read the log.
	checkpoint: Position,
	/// No other is taken before so much was written since, after one that failed.
	retry_at: u64,
	taking: Option<Taking>,
	compacting: Option<Compacting>,
	calls: u32,
	/// Whether segments may have records of namespaces that were removed.
	remains: bool,
	/// Files that are to be removed.
	replaced: Vec<String>,
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

/// A run that is being compacted.
struct Compacting {
	run: Arc<Run>,
	candidates: Vec<Candidate>,
	survivors: Vec<bool>,
	greatest: Greatest,
	/// The worker writes it.
	written: bool,
	held: Option<Job>,
}

impl Chores {
	pub(super) fn new(compaction: Compaction, segment_bytes: u32, checkpoint: Position) -> Self {
		let segment_bytes = u64::from(segment_bytes);
		let calls = 0;
		Self {
			compaction,
			segment_bytes,
			checkpoint,
			retry_at: 0,
			taking: None,
			compacting: None,
			calls,
			remains: true,
			replaced: Vec::new(),
		}
	}

	/// Records of a namespace have to go.
	pub(super) fn namespace_removed(&mut self) {
		self.remains = true;
		self.calls = 0;
	}

	/// An index began anew: pieces of a checkpoint that has begun would not fit it.
	pub(super) fn index_replaced(&mut self) {
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

	/// A namespace is no longer there.
	pub(crate) fn namespace_removed(&mut self) {
		self.chores.namespace_removed();
	}

	/// An index began anew.
	pub(crate) fn index_replaced(&mut self) {
		self.chores.index_replaced();
	}

	/// Has what removed namespaces left go soon, also what is in the segment that is written: a
	/// removal sees to that by itself, unless the process ended at once.
	pub fn clear_away(&mut self) -> Result<(), WriteError> {
		self.writable()?;
		self.finish_batch()?;
		if self.has_remains(self.log.segments.active()) {
			self.log.rotate()?;
		}
		self.chores.namespace_removed();
		Ok(())
	}

	/// Whether the disk has, or may have, something of a namespace that was removed. Where a record
	/// beside it is damaged it stays, and this says no.
	pub fn is_clearing(&self) -> bool {
		self.chores.remains || !self.chores.replaced.is_empty()
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
					self.chores.retry_at = grown + self.chores.segment_bytes;
					return Err(MaintainError::Checkpoint(error));
				}
				self.chores.retry_at = 0;
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
			Done::Looked(Err(failure)) | Done::Written(Err(failure)) => {
				let Some(compacting) = self.chores.compacting.take() else { return Ok(()) };
				let segment = compacting.run.first;
				let source = match failure {
					Failure::Damaged => io::Error::other("a record in it is damaged; repair it"),
					Failure::Disk(error) => error,
				};
				for number in compacting.run.first..=compacting.run.last {
					if let Some(found) = self.log.segments.at_mut(Position::new(number, 0)) {
						found.spared = found.spared.saturating_add(1);
					}
				}
				return Err(MaintainError::Compaction { segment, source });
			},
		}
		Ok(())
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

	fn go_on_with_compaction(&mut self) {
		let Some(compacting) = &mut self.chores.compacting else { return };
		if let Some(job) = compacting.held.take() {
			compacting.held = self.worker.give(job).err();
			return;
		}
		if compacting.written {
			return;
		}
		let done = compacting.survivors.len();
		let keep = self.chores.compaction == Compaction::Off;
		for candidate in compacting.candidates.iter().skip(done).take(LOOKS) {
			let namespace = self.namespaces.get(NamespaceId(candidate.namespace));
			let alive = namespace.is_some_and(|namespace| {
				keep || namespace.index.contains(candidate.locator, candidate.position)
			});
			compacting.survivors.push(alive);
		}
		if compacting.survivors.len() == compacting.candidates.len() {
			compacting.written = true;
			let alive = std::mem::take(&mut compacting.survivors);
			let survivors = Survivors { alive, greatest: std::mem::take(&mut compacting.greatest) };
			compacting.candidates = Vec::new();
			compacting.held = self.worker.give(Job::Write(compacting.run.clone(), survivors)).err();
		}
	}

	fn begin_chores(&mut self) {
		let chores = &mut self.chores;
		if chores.calls > 0 {
			chores.calls -= 1;
			return;
		}
		chores.calls = CALLS;
		let end = self.log.end();
		let (sealed, unsaved) = self.remains();
		let chores = &mut self.chores;
		if chores.taking.is_none() {
			let grown = self.log.bytes_since(chores.checkpoint);
			let due = match unsaved {
				true => 0,
				false => chores.segment_bytes.max(GROWTH * self.namespaces.index_bytes()),
			};
			if grown >= due.max(chores.retry_at) {
				let bytes = checkpoint::begin(&self.log, &self.namespaces, self.hash);
				let held = self.worker.give(Job::Begin(bytes)).err();
				let progress = Progress::default();
				chores.taking = Some(Taking { start: end, progress, held, ended: false });
			}
		}
		if self.chores.compacting.is_none() {
			let range = sealed.map(|place| place..=place).or_else(|| self.worth_compacting());
			if let Some(range) = range {
				self.begin_compaction(range);
			}
		}
	}

	/// A segment, by its place, that can be rid of what removed namespaces left in it, and whether
	/// there is one that can be once a checkpoint is taken.
	fn remains(&mut self) -> (Option<usize>, bool) {
		if !self.chores.remains {
			return (None, false);
		}
		let (mut sealed, mut unsaved, mut left) = (None, false, false);
		let last = self.log.segments.len() - 1;
		for (place, segment) in self.log.segments.iter().enumerate() {
			if segment.spared < SPARED && self.has_remains(segment) {
				left = true;
				if segment.last < self.chores.checkpoint.segment() {
					sealed = sealed.or(Some(place));
				} else {
					unsaved |= place < last;
				}
			}
		}
		self.chores.remains = left;
		(sealed, unsaved)
	}

	/// The segments, by their places, that are worth compacting into one.
	fn worth_compacting(&self) -> Option<std::ops::RangeInclusive<usize>> {
		let Compaction::When { dead_percent } = self.chores.compaction else { return None };
		let size = |segment: &Segment| u64::from(segment.end);
		let sealed = self.log.segments.iter().take_while(|segment| {
			segment.last < self.chores.checkpoint.segment() && segment.spared < SPARED
		});
		let sealed: Vec<&Segment> = sealed.collect();
		let limit = self.spent_before(sealed.len());
		let dead = |segment: &Segment| {
			let spent = match limit {
				None => segment.usage.totals.tombstones.bytes,
				Some(limit) if limit > Position::new(segment.last, segment.end_offset) => {
					segment.usage.totals.tombstones.bytes
				},
				Some(_) => 0,
			};
			segment.usage.dead_bytes() + spent
		};
		let due = |segment: &Segment| {
			let dead = dead(segment);
			dead > 0 && dead * 100 >= size(segment) * u64::from(dead_percent)
		};
		let left = |segment: &Segment| size(segment) - dead(segment).min(size(segment));
		let small = |segment: &Segment| left(segment) < self.chores.segment_bytes / 4;
		let blocks = || {
			let sum =
				|part: fn(&Segment) -> u64| -> u64 { sealed.iter().map(|one| part(one)).sum() };
			let tombstones = sum(|one| one.usage.totals.tombstones.bytes);
			let newest = sealed.iter().rfind(|one| one.usage.totals.tombstones.records > 0)?;
			let newest = Position::new(newest.first, 8);
			let blocks = |one: &&Segment| {
				one.usage.has_old_values() && one.cleaned.is_none_or(|cleaned| cleaned < newest)
			};
			(tombstones * 10 > sum(|one| u64::from(one.end))).then_some(())?;
			sealed.iter().position(blocks)
		};
		// Many small files are worth being one.
		let crumbs = || sealed.windows(8).position(|run| run.iter().all(|one| small(one)));
		let chosen = sealed.iter().position(|segment| due(segment));
		let mut from = chosen.or_else(blocks).or_else(crumbs)?;
		let mut to = from;
		let mut sum = left(sealed[from]);
		let most = self.chores.segment_bytes;
		while from > 0 && small(sealed[from - 1]) && sum + left(sealed[from - 1]) <= most {
			from -= 1;
			sum += left(sealed[from]);
		}
		while to + 1 < sealed.len()
			&& (small(sealed[to + 1]) || due(sealed[to + 1]))
			&& sum + left(sealed[to + 1]) <= most
		{
			to += 1;
			sum += left(sealed[to]);
		}
		// What is written is there twice for a while.
		let free = self.log.disk.free_bytes().ok()?;
		(free > sum).then_some(from..=to)
	}

	/// Records before this that say that a key is gone have nothing more to say in the segments
	/// from a place on: no older value of a key that is gone is in those before. `None`: none has.
	fn spent_before(&self, place: usize) -> Option<Position> {
		let old = self.log.segments.iter().take(place);
		let old = old.filter(|segment| segment.usage.has_old_values());
		// What was never cleaned may have the value of any key.
		old.map(|segment| segment.cleaned.unwrap_or(Position::new(0, 8))).min()
	}

	fn begin_compaction(&mut self, range: std::ops::RangeInclusive<usize>) {
		let parts: Vec<(usize, Part)> = {
			let disk = self.log.disk.clone();
			let mut parts = Vec::new();
			for place in range.clone() {
				let Ok(file) = self.log.segments.file(place, &*disk) else { return };
				let Some(segment) = self.log.segments.get(place) else { return };
				let numbers = (segment.first, segment.last);
				let (in_place, end) = (segment.in_place(), segment.end);
				parts.push((place, Part { file, numbers, in_place, end }));
			}
			parts
		};
		let segments = range.clone().filter_map(|place| self.log.segments.get(place));
		let generation = segments.map(|segment| segment.generation).max().unwrap_or(0) + 1;
		let (Some(first), Some(last)) =
			(self.log.segments.get(*range.start()), self.log.segments.get(*range.end()))
		else {
			return;
		};
		let before = range.start().checked_sub(1).and_then(|place| self.log.segments.get(place));
		let (cleaned, spent) = match self.chores.compaction {
			Compaction::When { .. } => {
				let end = self.log.end();
				(Some(end), self.spent_before(*range.start()).or(Some(end)))
			},
			// Only what is of no namespace goes.
			Compaction::Off => (None, None),
		};
		let modes = self.namespaces.iter().map(|(id, found)| (id.0, found.settings.mode));
		let run = Arc::new(Run {
			first: first.first,
			last: last.last,
			generation,
			parts: parts.into_iter().map(|(_, part)| part).collect(),
			end_offset: last.end_offset,
			previous_end: before.map_or(0, |before| before.end_offset),
			modes: modes.collect(),
			cleaned,
			spent,
		});
		let held = self.worker.give(Job::Look(run.clone())).err();
		self.chores.compacting = Some(Compacting {
			run,
			candidates: Vec::new(),
			survivors: Vec::new(),
			greatest: Greatest::new(),
			written: true,
			held,
		});
	}

	/// Has the files removed in whose place others are.
	fn remove_replaced(&mut self) {
		if self.chores.replaced.is_empty() {
			return;
		}
		let names = std::mem::take(&mut self.chores.replaced);
		if let Err(Job::Remove(names)) = self.worker.give(Job::Remove(names)) {
			self.chores.replaced = names;
		}
	}

	/// The compacted file takes the place of the segments that it was made of.
	fn swap(&mut self, run: &Run, compacted: Compacted) {
		let Footer { marks, end, end_offset, cleaned, totals } = compacted.footer;
		let mut usage = Usage::default();
		let numbers = run.first..=run.last;
		for segment in self.log.segments.iter().filter(|old| numbers.contains(&old.first)) {
			usage.join(&segment.usage);
		}
		usage.totals = totals;
		// Of those that were gone when it began nothing is left.
		usage.of.retain(|(id, _)| run.modes.contains_key(id));
		let serial = self.log.segments.serial();
		let new = Segment::compacted(
			(run.first, run.last, run.generation, serial),
			(end, end_offset, cleaned),
			usage,
			Some(Arc::new(marks)),
		);
		let old = self.log.segments.replace(new);
		self.chores.replaced.extend(old.iter().map(Segment::name));
		self.remove_replaced();
	}
}
