//! What is worth compacting, and what becomes of it, a little at each call.

use super::Store;
use crate::{
	compaction::{Candidate, Compacted, Greatest, Part, Run, Survivors},
	format::Position,
	log::{Footer, Segment, Usage},
	worker::Job,
	Compaction, NamespaceId,
};
use std::{collections::HashSet, ops::RangeInclusive, sync::Arc, time::Instant};

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

	pub(super) fn begin_compaction(&mut self, range: RangeInclusive<usize>) {
		let disk = self.log.disk.clone();
		let mut parts = Vec::new();
		for place in range.clone() {
			let file = match self.log.segments.file(place, &*disk) {
				Ok(file) => file,
				Err(error) => {
					log::warn!("a segment that is worth compacting cannot be opened: {error}");
					return self.let_rest(range);
				},
			};
			let Some(segment) = self.log.segments.get(place) else { return };
			let numbers = (segment.first, segment.last);
			let (in_place, end) = (segment.in_place(), segment.end);
			parts.push(Part { file, numbers, in_place, end });
		}
		let segments = || range.clone().filter_map(|place| self.log.segments.get(place));
		let generation = segments().map(|segment| segment.generation).max().unwrap_or(0) + 1;
		let values = segments().map(|segment| segment.usage.totals.values.records).sum();
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
		let forgetful = segments().filter_map(|segment| segment.forgetful).max();
		let modes = self.namespaces.iter().map(|(id, found)| (id.0, found.settings.mode));
		let run = Arc::new(Run {
			first: first.first,
			last: last.last,
			generation,
			parts,
			end_offset: last.end_offset,
			previous_end: before.map_or(0, |before| before.end_offset),
			modes: modes.collect(),
			values,
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

	/// The disk refused, and is asked again after a while.
	pub(super) fn let_rest(&mut self, range: RangeInclusive<usize>) {
		let later = Instant::now() + self.chores.retry;
		for segment in self.log.segments.iter_mut().skip(*range.start()).take(range.count()) {
			segment.rests_until = Some(later);
		}
	}

	/// Has the files removed in whose place others are.
	pub(super) fn remove_replaced(&mut self) {
		let chores = &mut self.chores;
		let rests = chores.remove_at.is_some_and(|time| Instant::now() < time);
		if chores.replaced.is_empty() || chores.removing || rests {
			return;
		}
		let names = std::mem::take(&mut chores.replaced);
		match self.worker.give(Job::Remove(names)) {
			Err(Job::Remove(names)) => chores.replaced = names,
			_ => chores.removing = true,
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
