//! Which segments are worth compacting.

use super::{maintain::SPARED, Store};
use crate::{format::Position, log::Segment, Compaction};
use std::{ops::RangeInclusive, time::Instant};

/// The most values of a run, if it has more than one segment: each takes 25 bytes of memory.
const VALUES: u64 = 2 << 20;

/// The most segments of a run: each is an open file.
const PARTS: usize = 16;

/// So many small segments, one after the other, are worth being one.
const CRUMBS: usize = 8;

/// Of a disk that is nearly full it is worth taking so many hundredths of a segment.
const PRESSED: u8 = 10;

/// What is left of a file where all is left: its records, a mark for each 4 KiB, header and footer.
pub(super) fn written(records: u64) -> u64 {
	records + records / 256 + 4096
}

/// Segments among which one chooses, and by what.
struct Choice<'a> {
	segments: Vec<&'a Segment>,
	now: Instant,
	/// Tombstones before this have nothing more to say.
	spent: Option<Position>,
	percent: u64,
	/// The most that a run may leave.
	most: u64,
	/// What leaves less is small.
	small: u64,
}

/// A run that grows.
struct Growing {
	range: RangeInclusive<usize>,
	left: u64,
	values: u64,
}

impl Segment {
	/// Whether it may be compacted, or it was tried too often, or a moment ago.
	pub(super) fn may_be_compacted(&self, now: Instant) -> bool {
		self.spared < SPARED && self.rests_until.is_none_or(|until| until <= now)
	}
}

impl Choice<'_> {
	fn dead(&self, segment: &Segment) -> u64 {
		let spent = match self.spent {
			Some(spent) if spent <= Position::new(segment.last, segment.end_offset) => 0,
			_ => segment.usage.totals.tombstones.bytes,
		};
		segment.usage.dead_bytes() + spent
	}

	fn is_due(&self, segment: &Segment) -> bool {
		let dead = self.dead(segment);
		dead > 0 && dead * 100 >= u64::from(segment.end) * self.percent
	}

	fn left(&self, segment: &Segment) -> u64 {
		segment.usage.totals.all.bytes.saturating_sub(self.dead(segment))
	}

	fn is_small(&self, segment: &Segment) -> bool {
		self.left(segment) < self.small
	}

	/// A segment whose old values keep tombstones from going, where these are a tenth of all.
	fn blocks(&self) -> Option<usize> {
		let sum = |part: fn(&Segment) -> u64| -> u64 {
			self.segments.iter().map(|segment| part(segment)).sum()
		};
		let tombstones = sum(|segment| segment.usage.totals.tombstones.bytes);
		(tombstones * 10 > sum(|segment| u64::from(segment.end))).then_some(())?;
		let has_tombstones = |segment: &&&Segment| segment.usage.totals.tombstones.records > 0;
		let newest = self.segments.iter().rfind(has_tombstones)?;
		let newest = Position::new(newest.first, 8);
		self.segments.iter().position(|segment| {
			segment.may_be_compacted(self.now)
				&& segment.usage.has_old_values()
				&& segment.cleaned.is_none_or(|cleaned| cleaned < newest)
		})
	}

	/// Whether a segment joins a run.
	fn join(&self, run: &mut Growing, place: usize) -> bool {
		let Some(segment) = self.segments.get(place) else { return false };
		let left = run.left + self.left(segment);
		let values = run.values + segment.usage.totals.values.records;
		let parts = run.range.end() + 1 - run.range.start();
		let joins = segment.may_be_compacted(self.now)
			&& parts < PARTS
			&& values <= VALUES
			&& written(left) <= self.most;
		if joins {
			let range = place.min(*run.range.start())..=place.max(*run.range.end());
			*run = Growing { range, left, values };
		}
		joins
	}

	/// The run around a segment. `None` where even what it leaves by itself is too much.
	fn run(&self, place: usize) -> Option<RangeInclusive<usize>> {
		let segment = self.segments.get(place)?;
		let (left, values) = (self.left(segment), segment.usage.totals.values.records);
		(segment.may_be_compacted(self.now) && written(left) <= self.most).then_some(())?;
		let mut run = Growing { range: place..=place, left, values };
		while let Some(before) = run.range.start().checked_sub(1) {
			if !self.is_small(self.segments[before]) || !self.join(&mut run, before) {
				break;
			}
		}
		while let Some(after) = self.segments.get(run.range.end() + 1) {
			let wanted = self.is_small(after) || self.is_due(after);
			let place = run.range.end() + 1;
			if !wanted || !self.join(&mut run, place) {
				break;
			}
		}
		Some(run.range)
	}

	/// The run that is worth most, if one is.
	fn best(&self, pressed: bool) -> Option<RangeInclusive<usize>> {
		let places = 0..self.segments.len();
		let mut due: Vec<usize> = places.filter(|at| self.is_due(self.segments[*at])).collect();
		if pressed {
			due.sort_by_key(|at| self.left(self.segments[*at]));
		}
		let crumbs = || {
			let windows = self.segments.windows(CRUMBS).enumerate();
			let small = windows.filter(|(_, run)| run.iter().all(|one| self.is_small(one)));
			let mut runs = small.filter_map(|(at, _)| self.run(at));
			runs.find(|run| run.start() < run.end())
		};
		let due = due.into_iter().find_map(|at| self.run(at));
		due.or_else(|| self.blocks().and_then(|at| self.run(at))).or_else(crumbs)
	}
}

impl Store {
	/// How much of the disk is free.
	pub(super) fn free(&self) -> u64 {
		// Where the disk does not say, it says so when it is written to.
		self.log.disk.free_bytes().unwrap_or(u64::MAX)
	}

	/// Whether the disk is so full that values are refused, or will be soon.
	fn is_pressed(&self, free: u64) -> bool {
		free < self.log.spared().saturating_add(self.chores.segment_bytes)
	}

	fn choice<'a>(&self, segments: Vec<&'a Segment>, free: u64) -> Option<Choice<'a>> {
		let Compaction::When { dead_percent } = self.chores.compaction else { return None };
		let pressed = self.is_pressed(free);
		let percent = if pressed { dead_percent.min(PRESSED) } else { dead_percent };
		Some(Choice {
			spent: self.spent_before(segments.len()),
			segments,
			now: Instant::now(),
			percent: percent.into(),
			most: written(self.chores.segment_bytes).min(free.saturating_sub(1)),
			small: self.chores.segment_bytes / 4,
		})
	}

	/// The segments, by their places, that are worth compacting into one. What is written is there
	/// twice for a while, so it has to fit what is free.
	pub(super) fn worth_compacting(&self, free: u64) -> Option<RangeInclusive<usize>> {
		let checkpoint = self.chores.checkpoint.segment();
		let sealed = self.log.segments.iter().take_while(|segment| segment.last < checkpoint);
		self.choice(sealed.collect(), free)?.best(self.is_pressed(free))
	}

	/// Whether the disk is nearly full, and some of it could be given back were there a checkpoint.
	pub(super) fn waits_for_checkpoint(&self, free: u64) -> bool {
		if !self.is_pressed(free) {
			return false;
		}
		let checkpoint = self.chores.checkpoint.segment();
		let segments: Vec<&Segment> = self.log.segments.iter().collect();
		let sealed = segments[..segments.len() - 1].to_vec();
		let Some(choice) = self.choice(sealed, free) else { return false };
		let newer = choice.segments.iter().filter(|segment| segment.last >= checkpoint);
		let mut newer = newer.filter(|segment| choice.is_due(segment));
		newer.any(|segment| written(choice.left(segment)) <= choice.most)
	}

	/// Records before this that say that a key is gone have nothing more to say in the segments
	/// from a place on: no older value of a key that is gone is in those before. `None`: none has.
	pub(super) fn spent_before(&self, place: usize) -> Option<Position> {
		let old = self.log.segments.iter().take(place);
		let old = old.filter(|segment| segment.usage.has_old_values());
		// What was never cleaned may have the value of any key.
		old.map(|segment| segment.cleaned.unwrap_or(Position::new(0, 8))).chain(self.kept).min()
	}
}
