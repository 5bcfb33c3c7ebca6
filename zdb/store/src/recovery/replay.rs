//! Reading the log and doing again what it says.

use super::{refused, Recovered};
use crate::{
	apply::{Apply, Replaced},
	error::OpenError,
	format::{Head, Kind, Position, Step, Want, HEADER},
	index::KeyHash,
	log::Log,
	store::Namespaces,
};
use std::io;

/// A store whose log is being read.
pub(super) struct Replay {
	pub(super) log: Log,
	pub(super) namespaces: Namespaces,
	pub(super) hash: KeyHash,
	/// Up to here the index may be ahead of what is counted.
	pub(super) indexed: Position,
	/// Up to here the log was durable.
	pub(super) durable: Position,
	pub(super) report: Recovered,
	/// The last record that replaced another than it says.
	pub(super) over_a_hole: Option<Position>,
}

/// A record as it was met.
struct Met {
	head: Head,
	key: Vec<u8>,
	value: Option<Vec<u8>>,
	offset: u32,
}

enum Next {
	Met(Met),
	Damaged(u32),
	End,
}

impl Replay {
	/// Reads all from a position on. Where the end is not all there, says where it begins.
	pub(super) fn run(&mut self, start: Position) -> Result<Option<Position>, OpenError> {
		let first = self.log.segments.place(start.segment());
		let first = first.ok_or(OpenError::MissingSegment(start.segment()))?;
		let mut known_to_the_end = false;
		for place in first..self.log.segments.len() {
			let last = place + 1 == self.log.segments.len();
			let Some(segment) = self.log.segments.get(place) else { break };
			let (number, in_place, end) = (segment.first, segment.in_place(), segment.end);
			let headless = segment.headless;
			if let Some(cleaned) = segment.cleaned {
				self.durable = self.durable.max(cleaned);
			}
			let name = segment.name();
			let from = if place == first && in_place { start.offset() } else { HEADER };
			if in_place && number >= self.durable.segment() {
				// After a sync that failed memory may hold what the disk does not.
				let file = self.log.segments.file(place, &*self.log.disk.clone());
				file.and_then(|file| file.forget(u64::from(from))).ok();
			}
			let begin = Position::new(number, HEADER);
			if headless && in_place && self.is_torn(begin, place, &mut known_to_the_end) {
				return Ok(Some(self.torn_before(begin, place)));
			}
			let walk = self.log.walk(place, from, Want::Values);
			let mut walk = walk.map_err(refused("read", &name))?;
			loop {
				let next = match walk.step().map_err(refused("read", &name))? {
					Step::Record { head, key, value, offset, .. } => {
						let wanted = value.filter(|_| head.kind != Kind::Set);
						let damaged = value.is_none();
						let met = Met {
							head,
							key: key.to_vec(),
							value: wanted.map(<[u8]>::to_vec),
							offset,
						};
						if damaged && in_place {
							let here = Position::new(number, offset);
							if self.is_torn(here, place, &mut known_to_the_end) {
								return Ok(Some(self.torn(here, place)));
							}
							self.report.damaged += 1;
						}
						Next::Met(met)
					},
					Step::Damaged { from } => Next::Damaged(from),
					Step::End => Next::End,
				};
				match next {
					Next::Met(met) => self.apply(met, in_place),
					Next::Damaged(from) => {
						let here = Position::new(number, from);
						if in_place && self.is_torn(here, place, &mut known_to_the_end) {
							return Ok(Some(self.torn(here, place)));
						}
						self.report.damaged += 1;
						log::error!("{name} is damaged at {from}");
					},
					Next::End => break,
				}
			}
			if let Some(missing) = self.shorter_than_it_was(place, end) {
				let here = Position::new(number, end);
				if self.is_torn(here, place, &mut known_to_the_end) {
					return Ok(Some(self.torn(here, place)));
				}
				self.report.damaged += 1;
				log::error!("{name} lacks its last {missing} bytes");
			}
			if in_place && !last {
				// What was found is told to others, who keep it.
				let file = self.log.segments.file(place, &*self.log.disk.clone());
				if let Err(error) = file.and_then(|file| file.sync()) {
					log::error!("{name} cannot be synced, no changes are taken: {error}");
					self.log.sync.give_up();
				}
			}
		}
		Ok(None)
	}

	/// How many bytes a sealed segment lacks.
	fn shorter_than_it_was(&mut self, place: usize, end: u32) -> Option<u32> {
		let next = self.log.segments.get(place + 1)?;
		let segment = self.log.segments.get(place)?;
		(segment.in_place() && next.in_place()).then_some(())?;
		let file = self.log.segments.file(place + 1, &*self.log.disk.clone()).ok()?;
		let bytes = crate::log::read_exactly(&*file, HEADER as usize, 0).ok()?;
		let header = crate::format::Header::decode(&bytes).ok()?;
		header.previous_end.checked_sub(end).filter(|missing| *missing > 0)
	}

	/// Whether what is damaged here was never durable: then it is the end of the log.
	fn is_torn(&mut self, here: Position, place: usize, known: &mut bool) -> bool {
		if here < self.durable {
			return false;
		}
		if !*known {
			// Marks after it tell.
			*known = true;
			for later in place..self.log.segments.len() {
				let from = if later == place { here.offset() } else { HEADER };
				let found = self.newest_mark(later, from).unwrap_or(None);
				self.durable = found.map_or(self.durable, |mark| mark.max(self.durable));
			}
		}
		here >= self.durable
	}

	fn newest_mark(&mut self, place: usize, from: u32) -> io::Result<Option<Position>> {
		let mut newest = None;
		let mut walk = self.log.walk(place, from, Want::Heads)?;
		loop {
			match walk.step()? {
				Step::Record { head, .. } if head.kind == Kind::Mark => {
					newest = newest.max(head.previous);
				},
				Step::Record { .. } | Step::Damaged { .. } => (),
				Step::End => return Ok(newest),
			}
		}
	}

	/// Nothing tells whether the segment before a torn one is whole: the log ends with what it has.
	fn torn_before(&mut self, begin: Position, place: usize) -> Position {
		let before = place.checked_sub(1).and_then(|before| self.log.segments.get(before));
		let before = before.filter(|before| before.in_place());
		let end = before.map(|before| Position::new(before.first, before.end / 8 * 8));
		match end.filter(|end| *end >= self.durable) {
			Some(end) => self.torn(end, place - 1),
			None => self.torn(begin, place),
		}
	}

	fn torn(&mut self, here: Position, place: usize) -> Position {
		let later = self.log.segments.iter().skip(place + 1);
		let later: u64 = later.map(|segment| u64::from(segment.end)).sum();
		let own = self.log.segments.get(place).map_or(0, |segment| segment.end);
		self.report.dropped_bytes = later + u64::from(own - here.offset().min(own));
		here
	}

	fn apply(&mut self, met: Met, in_place: bool) {
		let Met { head, key, value, offset } = met;
		self.report.records += 1;
		if in_place {
			debug_assert_eq!(head.position.offset(), offset);
			if let Some(segment) = self.log.segments.at_mut(head.position) {
				segment.usage.count(head.kind, head.length());
			}
		}
		if head.kind == Kind::Mark {
			self.durable = head.previous.map_or(self.durable, |mark| mark.max(self.durable));
		}
		let Self { log, namespaces, hash, indexed, .. } = self;
		let ahead = head.position < *indexed;
		let mut apply = Apply { log, namespaces, hash: *hash, ahead };
		if let Replaced::Another(_) = apply.record(head, &key, value.as_deref()) {
			self.over_a_hole = Some(head.position);
		}
	}
}
