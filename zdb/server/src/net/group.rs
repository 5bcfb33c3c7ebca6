//! The replies of a turn, held until what they tell of is safe.

use super::{ConnectionId, Outcome};
use crate::resp;
use std::ops::Range;

/// Replies of several connections behind each other, so that no connection needs a buffer of its
/// own for what its client reads at once.
#[derive(Debug, Default)]
pub(super) struct Group {
	pub(super) bytes: Vec<u8>,
	marks: Vec<Mark>,
	parts: Vec<Part>,
}

/// Where a reply ends, and what kind of command it answers.
#[derive(Clone, Copy, Debug)]
struct Mark {
	end: usize,
	outcome: Outcome,
}

/// The replies of one connection.
#[derive(Clone, Debug)]
struct Part {
	to: ConnectionId,
	bytes: Range<usize>,
	marks: Range<usize>,
}

/// Memory that a turn with large replies leaves behind is given back from here on.
const KEPT: usize = 4 << 20;

impl Group {
	/// A reply has been appended to the bytes.
	#[inline]
	pub(super) fn mark(&mut self, outcome: Outcome) {
		self.marks.push(Mark { end: self.bytes.len(), outcome });
	}

	/// Where the next connection's replies begin.
	pub(super) fn position(&self) -> (usize, usize) {
		(self.bytes.len(), self.marks.len())
	}

	/// What was appended since `position` goes to a connection. Says whether it was anything.
	pub(super) fn close_part(&mut self, to: ConnectionId, position: (usize, usize)) -> bool {
		if self.bytes.len() == position.0 {
			return false;
		}
		let (bytes, marks) = (position.0..self.bytes.len(), position.1..self.marks.len());
		self.parts.push(Part { to, bytes, marks });
		true
	}

	pub(super) fn part(&self, index: usize) -> Option<(ConnectionId, &[u8])> {
		let part = self.parts.get(index)?;
		Some((part.to, self.bytes.get(part.bytes.clone())?))
	}

	pub(super) fn clear(&mut self) {
		self.parts.clear();
		self.marks.clear();
		self.bytes.clear();
		self.bytes.shrink_to(KEPT);
	}

	/// Nothing that was written since the last time has happened: those who wrote are told `text`.
	/// So are those who read after the first of them wrote, as they may have seen it.
	pub(super) fn fail(&mut self, text: &str) {
		let mut bytes = Vec::with_capacity(self.bytes.len());
		let mut start = 0;
		let mut doubtful = false;
		let mut parts = self.parts.iter_mut().peekable();
		for (index, mark) in self.marks.iter_mut().enumerate() {
			if let Some(part) = parts.next_if(|part| part.marks.start == index) {
				let begin = bytes.len();
				// Its end is known when its last reply is.
				part.bytes = begin..begin;
			}
			doubtful |= mark.outcome == Outcome::Wrote;
			match mark.outcome {
				Outcome::Wrote => resp::error(&mut bytes, text),
				Outcome::Read if doubtful => resp::error(&mut bytes, text),
				_ => bytes.extend_from_slice(&self.bytes[start..mark.end]),
			}
			start = mark.end;
			mark.end = bytes.len();
		}
		for part in &mut self.parts {
			part.bytes.end =
				part.marks.clone().last().map_or(part.bytes.start, |last| self.marks[last].end);
		}
		self.bytes = bytes;
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn group(replies: &[(u64, &[(&str, Outcome)])]) -> Group {
		let mut group = Group::default();
		for (to, replies) in replies {
			let position = group.position();
			for (reply, outcome) in *replies {
				group.bytes.extend_from_slice(reply.as_bytes());
				group.mark(*outcome);
			}
			group.close_part(ConnectionId(*to), position);
		}
		group
	}

	fn sent(group: &Group) -> Vec<(u64, String)> {
		(0..)
			.map_while(|index| group.part(index))
			.map(|(to, bytes)| (to.0, String::from_utf8(bytes.to_vec()).unwrap()))
			.collect()
	}

	#[test]
	fn who_wrote_hears_of_the_failure_and_others_do_not() {
		use Outcome::*;
		let mut group = group(&[
			(7, &[("+before\r\n", Read), ("+PONG\r\n", Done)]),
			(3, &[("+key\r\n", Wrote), ("+PONG\r\n", Done), ("+seen\r\n", Read)]),
			(9, &[("+PONG\r\n", Done)]),
		]);
		group.fail("full");
		assert_eq!(
			sent(&group),
			[
				(7, "+before\r\n+PONG\r\n".into()),
				(3, "-full\r\n+PONG\r\n-full\r\n".into()),
				(9, "+PONG\r\n".into()),
			]
		);
	}
}
