//! What is worth compacting, and what becomes of it, a little at each call.

use super::{maintain::SPARED, Store};
use crate::{
	compaction::{Candidate, Compacted, Greatest, Part, Run, Survivors},
	format::Position,
	log::{Footer, Segment, Usage},
	worker::Job,
	Compaction, NamespaceId,
};
use std::{collections::HashSet, sync::Arc};

/// How many records are looked up for compaction in one call.
const LOOKS: usize = 1024;

/// A run that is being compacted.
pub(super) struct Compacting {
	pub(super) run: Arc<Run>,
	pub(super) candidates: Vec<Candidate>,
	pub(super) survivors: Vec<bool>,
	pub(super) greatest: Greatest,
	/// The worker writes it.
	pub(super) written: bool,
	pub(super) held: Option<Job>,
	/// Values that died meanwhile, and stay.
	pub(super) spared: HashSet<Position>,
}

impl Store {
	pub(super) fn go_on_with_compaction(&mut self) {
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
					|| compacting.spared.contains(&candidate.position)
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

	/// The segments, by their places, that are worth compacting into one.
	pub(super) fn worth_compacting(&self) -> Option<std::ops::RangeInclusive<usize>> {
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
		old.map(|segment| segment.cleaned.unwrap_or(Position::new(0, 8))).chain(self.kept).min()
	}

	/// A record replaced another than it says, because what was between them never came here. A start
	/// with the last checkpoint has to find the old one to know that it is gone: it stays until there
	/// is another checkpoint.
	pub(crate) fn replaced_over_a_hole(&mut self, at: Position, old: Position) {
		self.over_a_hole = Some(at);
		if let Some(compacting) = &mut self.chores.compacting {
			compacting.spared.insert(old);
		}
	}

	/// Whether a start with the last checkpoint knows what is gone from the records that say so.
	pub(super) fn may_compact(&self) -> bool {
		self.over_a_hole.is_none_or(|at| at < self.chores.checkpoint)
	}

	/// Whether what is compacted now may lose records from a position on that say that keys are gone.
	pub(crate) fn is_losing_deletions(&self, from: Position) -> bool {
		let run = self.chores.compacting.as_ref().map(|compacting| &compacting.run);
		run.is_some_and(|run| run.spent.is_some_and(|spent| spent > from))
	}

	pub(super) fn begin_compaction(&mut self, range: std::ops::RangeInclusive<usize>) {
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
		let segments = range.clone().filter_map(|place| self.log.segments.get(place));
		let forgetful = segments.filter_map(|segment| segment.forgetful).max();
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
			forgetful,
		});
		let held = self.worker.give(Job::Look(run.clone())).err();
		self.chores.compacting = Some(Compacting {
			run,
			candidates: Vec::new(),
			survivors: Vec::new(),
			greatest: Greatest::new(),
			written: true,
			held,
			spared: HashSet::new(),
		});
	}

	/// Has the files removed in whose place others are.
	pub(super) fn remove_replaced(&mut self) {
		if self.chores.replaced.is_empty() {
			return;
		}
		let names = std::mem::take(&mut self.chores.replaced);
		if let Err(Job::Remove(names)) = self.worker.give(Job::Remove(names)) {
			self.chores.replaced = names;
		}
	}

	/// The compacted file takes the place of the segments that it was made of.
	pub(super) fn swap(&mut self, run: &Run, compacted: Compacted) {
		let Footer { marks, end, end_offset, cleaned, forgetful, totals } = compacted.footer;
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
		let old = self.log.segments.replace(new.forgetful(forgetful));
		self.chores.replaced.extend(old.iter().map(Segment::name));
		self.remove_replaced();
	}
}
