//! Reading the log and doing again what it says.

use super::{refused, Recovered};
use crate::{
	error::OpenError,
	format::{record_length, Head, Kind, NamespaceRecord, Position, Step, Want, HEADER},
	index::{Index, KeyHash, Locator},
	log::{Found, Log},
	namespace::Mode,
	store::{Namespace, Namespaces},
	NamespaceId,
};
use std::io;

/// A store whose log is being read.
pub(super) struct Replay {
	pub(super) log: Log,
	pub(super) namespaces: Namespaces,
	pub(super) hash: KeyHash,
	/// Whether what is counted is exact up to where the log is read from. Then each record says
	/// what it changes, though its index may be of a later moment.
	pub(super) exact: bool,
	/// Up to here the log was durable.
	pub(super) durable: Position,
	pub(super) report: Recovered,
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
			if let Some(cleaned) = segment.cleaned {
				self.durable = self.durable.max(cleaned);
			}
			let name = segment.name();
			let from = if place == first && in_place { start.offset() } else { HEADER };
			if !self.exact && !in_place {
				// The trailer has counted them.
				self.log
					.segments
					.at_mut(Position::new(number, 0))
					.map(|one| one.usage.clear_live());
			}
			if last {
				// After a sync that failed memory may hold what the disk does not.
				let file = self.log.segments.file(place, &*self.log.disk.clone());
				file.and_then(|file| file.forget(u64::from(from))).ok();
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
					Step::Damaged { from, .. } => Next::Damaged(from),
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
		let id = NamespaceId(head.namespace);
		match head.kind {
			Kind::Set | Kind::Delete => self.apply_key(head, &key),
			Kind::Namespace => {
				let Some(record) = value.as_deref().and_then(NamespaceRecord::decode) else {
					return;
				};
				self.apply_namespace(id, key, record);
			},
			Kind::Removed => {
				self.namespaces.remove(id);
				self.forget_values(id);
			},
			Kind::Flush => {
				if let Some(namespace) = self.namespaces.get_mut(id) {
					let mut index = std::mem::replace(&mut namespace.index, Index::new(Mode::User));
					index.forget_before(head.position);
					namespace.empty();
					namespace.index = index;
				}
				self.forget_values(id);
			},
			Kind::Mark => {
				self.durable = head.previous.map_or(self.durable, |mark| mark.max(self.durable));
			},
			Kind::Gap | Kind::Epoch => (),
		}
	}

	fn forget_values(&mut self, id: NamespaceId) {
		for segment in self.log.segments.iter_mut() {
			segment.usage.kill_all(id.0);
		}
	}

	fn apply_namespace(&mut self, id: NamespaceId, name: Vec<u8>, record: NamespaceRecord) {
		let NamespaceRecord { settings, next_id } = record;
		match self.namespaces.get_mut(id) {
			Some(namespace) => {
				if namespace.settings.mode != settings.mode {
					namespace.index = Index::new(settings.mode);
				}
				namespace.name = name;
				namespace.settings = settings;
				namespace.next_id = namespace.next_id.max(next_id);
			},
			None => self.namespaces.put(id, Namespace::new(name, settings, next_id)),
		}
	}

	fn apply_key(&mut self, head: Head, key: &[u8]) {
		let id = NamespaceId(head.namespace);
		let Some(namespace) = self.namespaces.get_mut(id) else { return };
		let Some(locator) = namespace.index.locate(key, self.hash) else { return };
		if namespace.settings.mode == Mode::Sequential {
			namespace.next_id = namespace.next_id.max(locator.0.saturating_add(1));
		}
		let old = if self.exact {
			head.previous.map(|previous| {
				namespace.index.remove(locator, previous);
				(previous, head.previous_length)
			})
		} else {
			self.take_old(id, locator, &head, key)
		};
		let Some(namespace) = self.namespaces.get_mut(id) else { return };
		if let Some((position, value)) = old {
			let length = record_length(head.key_length, value);
			namespace.lost(value, length);
			if let Some(segment) = self.log.segments.at_mut(position) {
				segment.usage.kill(id.0, length);
			}
		}
		if head.kind == Kind::Set {
			if !namespace.index.contains(locator, head.position) {
				namespace.index.insert(locator, head.position);
			}
			namespace.gained(head.value_length, head.length());
			if let Some(segment) = self.log.segments.at_mut(head.position) {
				segment.usage.revive(id.0, head.length());
			}
		}
	}

	/// Takes the record that this one replaces from the index, and says what its value's length is.
	fn take_old(
		&mut self,
		id: NamespaceId,
		locator: Locator,
		head: &Head,
		key: &[u8],
	) -> Option<(Position, u32)> {
		let namespace = self.namespaces.get_mut(id)?;
		if let Some(previous) = head.previous {
			if namespace.index.remove(locator, previous) {
				return Some((previous, head.previous_length));
			}
		}
		namespace.index.candidate(locator, 0)?;
		// The one before it is gone, and maybe one before that is not: its key tells.
		let old = match self.log.find(&namespace.index, locator, id.0, key) {
			Found::Record(old, _) => (old.position, old.value_length),
			Found::Damaged(position, _) => (position, 0),
			Found::Nothing => return None,
		};
		namespace.index.remove(locator, old.0);
		Some(old)
	}
}
