//! Whether a log is the beginning of another.

use super::LogPosition;
use crate::{
	error::ReadError,
	format::{Kind, Step, Want, HEADER},
	store::Store,
};
use std::fmt;

/// The end of a log, and the last record before it by which logs that part ways are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
	/// Where the log ends.
	pub end: LogPosition,
	/// The last record that both sides write alike: where it is, and its checksum.
	pub last: Option<(LogPosition, u32)>,
}

/// What another log's tip says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
	/// It is a beginning of this one.
	Beginning,
	/// It holds what this one does not.
	Other,
	/// Compaction took the record by which to tell, or says of deletions that it may lack.
	Unknown,
	/// Compaction is about to take deletions that it may lack. Keep those for it, and ask again.
	Later,
}

/// When a copy began to follow, or last went on: what was gone by then it never had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
	/// Tells the copy that was followed from all others.
	pub master: u64,
	/// The segment that was written there then.
	pub segment: u32,
	/// Where its own log ended.
	pub end: LogPosition,
}

impl fmt::Display for Joined {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}/{}/{}", self.master, self.segment, self.end.to_number())
	}
}

impl Joined {
	/// What it was printed as. `None` where it is something else.
	pub fn parse(text: &str) -> Option<Self> {
		let mut parts = text.split('/');
		let mut next = || parts.next();
		let (master, segment, end) = (next()?, next()?, next()?);
		Some(Self {
			master: master.parse().ok()?,
			segment: segment.parse().ok()?,
			end: LogPosition::from_number(end.parse().ok()?)?,
		})
	}
}

impl Store {
	/// The end of the log, to be compared with that of a copy. It reads a segment.
	pub fn tip(&mut self) -> Result<Tip, ReadError> {
		let end = self.log_end();
		self.write_log()?;
		for place in (0..self.log.segments.len()).rev() {
			let mut last = None;
			let mut walk = self.walk(place, HEADER, Want::Heads)?;
			loop {
				let at = walk.offset();
				match walk.step().map_err(|source| self.refused(place, at, source))? {
					// Each side says for itself what is durable and what is missing.
					Step::Record { head, .. } if matches!(head.kind, Kind::Mark | Kind::Gap) => (),
					Step::Record { head, key, .. } => {
						last = Some((head.position, self.record_sum(&head, key)));
					},
					Step::Damaged { .. } => (),
					Step::End => break,
				}
			}
			if let Some((position, sum)) = last {
				return Ok(Tip { end, last: Some((LogPosition(position), sum)) });
			}
		}
		Ok(Tip { end, last: None })
	}

	/// What another log's tip says about it, and when it joined, if it ever did. While one follows
	/// that is a beginning, [`Store::keep_deletions`] it has not got.
	pub fn kinship(&mut self, other: Tip, joined: Option<Joined>) -> Result<Kinship, ReadError> {
		match self.likeness(other)? {
			Kinship::Beginning if self.lost_deletions(other.end, joined) => Ok(Kinship::Unknown),
			Kinship::Beginning if self.is_losing_deletions(other.end.0) => Ok(Kinship::Later),
			kinship => Ok(kinship),
		}
	}

	/// A copy that has all up to `end` may hold keys that are gone, and nothing tells it so.
	fn lost_deletions(&self, end: LogPosition, joined: Option<Joined>) -> bool {
		let known = |joined: &Joined| joined.master == self.name() && joined.end <= end;
		let joined = joined.filter(known);
		let since = joined.map_or(0, |joined| joined.segment);
		let mut later = self.log.segments.iter().filter(|one| one.last >= end.0.segment());
		end > LogPosition::start()
			&& later.any(|one| one.forgetful.is_some_and(|when| when >= since))
	}

	/// Tells this copy from all others of its log.
	fn name(&self) -> u64 {
		self.hash.of(b"the name of this copy")
	}

	/// A copy whose log ends there joins, or goes on. `follows` says that this store is a copy itself,
	/// whose segments end where those of its master do.
	pub fn join(&mut self, end: LogPosition, follows: bool) -> Joined {
		let active = self.log.segments.active().first;
		let forgetful = self.log.segments.iter().filter_map(|one| one.forgetful).max();
		let joined = Joined { master: self.name(), segment: active, end };
		// What was lost before it came is told from what is lost later by the segments.
		if !follows && forgetful >= Some(active) && self.next_segment().is_ok() {
			return Joined { segment: active + 1, ..joined };
		}
		joined
	}

	/// From this position on what says that keys are gone stays in the log, though nothing older is
	/// left here: copies have not got it.
	pub fn keep_deletions(&mut self, from: Option<LogPosition>) {
		self.kept = from.map(|LogPosition(position)| position);
	}

	fn likeness(&mut self, other: Tip) -> Result<Kinship, ReadError> {
		if other.end > self.log_end() {
			return Ok(Kinship::Other);
		}
		let Some((LogPosition(position), sum)) = other.last else { return Ok(Kinship::Beginning) };
		let compacted =
			self.log.segments.at_mut(position).is_none_or(|segment| !segment.in_place());
		let Some(place) = self.log.locate(position)? else { return Ok(Kinship::Unknown) };
		match self.log.key(place) {
			Ok((head, key)) if head.position == position => {
				let same = self.record_sum(&head, &key) == sum;
				Ok(if same { Kinship::Beginning } else { Kinship::Other })
			},
			Err(ReadError::Disk { segment, offset, source }) => {
				Err(ReadError::Disk { segment, offset, source })
			},
			_ if compacted => Ok(Kinship::Unknown),
			_ => Ok(Kinship::Other),
		}
	}
}
