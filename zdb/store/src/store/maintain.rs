//! What goes on beside changing and reading: checkpoints and compaction, a little at each call.

use super::Store;
use crate::{
	checkpoint::{self, Progress},
	compaction::{Candidate, Compacted, Failure, Part, Run, Survivors},
	error::{MaintainError, WriteError},
	format::Position,
	log::{Footer, Segment, Usage},
	namespace::Mode,
	worker::{Done, Job},
	Compaction, NamespaceId,
};
use std::{collections::BTreeMap, io, sync::Arc};

/// How much of the index goes to a checkpoint in one call.
const PIECE: usize = 128 << 10;

/// How many records are looked up for compaction in one call.
const LOOKS: usize = 1024;

/// A checkpoint is taken when the log grew by so many times the index since the last one: what
/// checkpoints write stays a fraction of what the log does, and a start reads as little.
const GROWTH: u64 = 8;

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
	/// What namespaces had that were removed before this is to be cleared away soon.
	clearing: Option<Position>,
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
			clearing: None,
		}
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

	/// An index began anew.
	pub(crate) fn index_replaced(&mut self) {
		self.chores.index_replaced();
	}

	/// Gives the disk back soon what removed namespaces had, however little it is of a segment,
	/// instead of when there is enough of it to be worth writing the rest anew. Without compaction
	/// it does nothing.
	pub fn clear_away(&mut self) -> Result<(), WriteError> {
		self.writable()?;
		self.finish_batch()?;
		if self.log.segments.active().usage.totals.values.records > 0 {
			self.log.rotate()?;
		}
		self.chores.clearing = Some(self.log.end());
		self.chores.calls = 0;
		Ok(())
	}

	/// Whether what is dead is still being cleared away.
	pub fn is_clearing(&self) -> bool {
		self.chores.clearing.is_some()
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
			Done::Looked(Ok(candidates)) => {
				if let Some(compacting) = &mut self.chores.compacting {
					compacting.candidates = candidates;
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
		for candidate in compacting.candidates.iter().skip(done).take(LOOKS) {
			let namespace = self.namespaces.get(NamespaceId(candidate.namespace));
			let alive = namespace.is_some_and(|namespace| {
				namespace.index.contains(candidate.locator, candidate.position)
			});
			compacting.survivors.push(alive);
		}
		if compacting.survivors.len() == compacting.candidates.len() {
			compacting.written = true;
			let survivors = Survivors(std::mem::take(&mut compacting.survivors));
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
		if chores.taking.is_none() {
			let grown = self.log.bytes_since(chores.checkpoint);
			let due = chores.segment_bytes.max(GROWTH * self.namespaces.index_bytes());
			let is_behind = |clearing: Position| chores.checkpoint < clearing;
			let due = if chores.clearing.is_some_and(is_behind) { 1 } else { due };
			if grown >= due.max(chores.retry_at) {
				let bytes = checkpoint::begin(&self.log, &self.namespaces, self.hash);
				let held = self.worker.give(Job::Begin(bytes)).err();
				let progress = Progress::default();
				chores.taking = Some(Taking { start: end, progress, held, ended: false });
			}
		}
		if self.chores.compacting.is_none() {
			match self.worth_compacting() {
				Some(range) => self.begin_compaction(range),
				None => self.cleared(),
			}
		}
	}

	/// Nothing is worth compacting any more.
	fn cleared(&mut self) {
		let chores = &mut self.chores;
		let is_done = |clearing: Position| {
			chores.compaction == Compaction::Off || chores.checkpoint >= clearing
		};
		if chores.clearing.is_some_and(is_done) {
			chores.clearing = None;
		}
	}

	/// The segments, by their places, that are worth compacting into one.
	fn worth_compacting(&self) -> Option<std::ops::RangeInclusive<usize>> {
		let Compaction::When { dead_percent } = self.chores.compaction else { return None };
		let size = |segment: &Segment| u64::from(segment.end);
		let sealed = self.log.segments.iter().take_while(|segment| {
			segment.last < self.chores.checkpoint.segment() && segment.spared < 3
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
			if segment.bereft && self.chores.clearing.is_some() {
				return true;
			}
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
		// Ids of what was deleted are not given again, even when nothing tells of them any more.
		let sequential: Vec<NamespaceId> = self
			.namespaces
			.iter()
			.filter_map(|(id, namespace)| {
				(namespace.settings.mode == Mode::Sequential && namespace.next_id > 0).then_some(id)
			})
			.collect();
		for id in sequential {
			if self.restate(id).is_err() {
				return;
			}
		}
		let segments = range.clone().filter_map(|place| self.log.segments.get(place));
		let generation = segments.map(|segment| segment.generation).max().unwrap_or(0) + 1;
		let (Some(first), Some(last)) =
			(self.log.segments.get(*range.start()), self.log.segments.get(*range.end()))
		else {
			return;
		};
		let before = range.start().checked_sub(1).and_then(|place| self.log.segments.get(place));
		let modes = self.namespaces.iter().map(|(id, found)| (id.0, found.settings.mode));
		let run = Arc::new(Run {
			first: first.first,
			last: last.last,
			generation,
			parts: parts.into_iter().map(|(_, part)| part).collect(),
			end_offset: last.end_offset,
			previous_end: before.map_or(0, |before| before.end_offset),
			modes: modes.collect(),
			cleaned: self.log.end(),
			spent: Some(self.spent_before(*range.start()).unwrap_or(self.log.end())),
		});
		let held = self.worker.give(Job::Look(run.clone())).err();
		self.chores.compacting = Some(Compacting {
			run,
			candidates: Vec::new(),
			survivors: Vec::new(),
			written: true,
			held,
		});
	}

	/// The compacted file takes the place of the segments that it was made of.
	fn swap(&mut self, run: &Run, compacted: Compacted) {
		let Footer { marks, end, end_offset, cleaned, totals } = compacted.footer;
		let (mut live, mut of) = (crate::log::Share::default(), BTreeMap::new());
		let numbers = run.first..=run.last;
		for segment in self.log.segments.iter().filter(|old| numbers.contains(&old.first)) {
			live.join(segment.usage.live);
			for (id, share) in &segment.usage.of {
				of.entry(*id).or_insert_with(crate::log::Share::default).join(*share);
			}
		}
		let serial = self.log.segments.serial();
		let usage = Usage { totals, live, of: of.into_iter().collect() };
		// Whoever was removed while this was written may be in it still.
		let is_late = self.chores.clearing.is_some_and(|clearing| run.cleaned < clearing);
		let was_bereft =
			self.log.segments.iter().any(|old| numbers.contains(&old.first) && old.bereft);
		let mut new = Segment::compacted(
			(run.first, run.last, run.generation, serial),
			(end, end_offset, cleaned),
			usage,
			Some(Arc::new(marks)),
		);
		new.bereft = is_late && was_bereft;
		let old = self.log.segments.replace(new);
		// Where the worker has no room for it, the next start removes them.
		self.worker.give(Job::Remove(old.iter().map(Segment::name).collect())).ok();
	}
}
