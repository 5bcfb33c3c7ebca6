//! What replicas of this server are sent.

use super::{
	super::{
		call::{Call, Done},
		database::Database,
		refusal::{Refusal, ARGUMENTS, INVALID},
		scrub::{PAUSE, PIECE as READ},
	},
	Replica,
};
use crate::{
	net::{ConnectionId, Outcome},
	replication::Frame,
	resp::{self, Args},
};
use std::time::{Duration, Instant};
use zdb_store::{
	replication::{Digested, Joined, Kinship, LogPosition, Tip},
	NamespaceId,
};

/// How much of the log is sent to a replica at a time.
const PIECE: usize = 256 << 10;
/// How often a replica hears that its master is there.
const BEAT: Duration = Duration::from_secs(1);
/// How long between two comparisons of a segment, and of all of them.
const COMPARE: Duration = Duration::from_millis(500);
const COMPARE_AGAIN: Duration = Duration::from_secs(3600);
/// How often a segment is tried that changes while it is summed up.
const TRIES: u8 = 20;

impl Database {
	/// REPLICATE IDENTITY | FROM … | ACK … | WANT … | GIVE …
	pub(in crate::command) fn replicate(&mut self, call: &mut Call<'_>) -> Done {
		self.admin_only(call.session)?;
		match call.args.get(1).ok_or(ARGUMENTS)? {
			b"IDENTITY" => resp::text(call.reply, &hex::encode(self.store.identity().0)),
			b"FROM" => return self.begin_stream(call),
			b"ACK" => {
				let position = position(call.args, 2)?;
				if let Some(replica) = self.replication.replicas.get_mut(&call.session.id) {
					replica.acknowledged = replica.acknowledged.max(position);
					let Self { watchers, replication, messages, .. } = self;
					watchers.acknowledged(|target| replication.count(target), messages);
				}
			},
			b"WANT" => {
				let namespace = NamespaceId(number(call.args, 2)?);
				let key = call.args.get(3).ok_or(ARGUMENTS)?;
				let record = self.store.record_bytes(namespace, key);
				if let Some(record) = record.map_err(|error| self.unread(error))? {
					if let Some(replica) = self.replication.replicas.get_mut(&call.session.id) {
						replica.frames.push(Frame::Record(record));
					}
				}
			},
			b"GIVE" => self.repair(call.args.get(2).ok_or(ARGUMENTS)?),
			_ => return Err(INVALID),
		}
		Ok(Outcome::Done)
	}

	fn begin_stream(&mut self, call: &mut Call<'_>) -> Done {
		let end = position(call.args, 2)?;
		let last = match call.args.len() {
			3 | 4 => None,
			5 | 6 => Some((position(call.args, 3)?, number(call.args, 4)?)),
			_ => return Err(ARGUMENTS),
		};
		let joined = match call.args.get(call.args.len() - 1) {
			Some(text) if call.args.len().is_multiple_of(2) => {
				Some(std::str::from_utf8(text).ok().and_then(Joined::parse).ok_or(INVALID)?)
			},
			_ => None,
		};
		let kinship = self.store.kinship(Tip { end, last }, joined);
		match kinship.map_err(|error| self.unread(error))? {
			Kinship::Beginning => {},
			Kinship::Other => {
				return Err(Refusal::new(
					"DIVERGED the replica holds what its master does not: keep its folder aside, \
					 and give it an empty one",
				))
			},
			Kinship::Unknown => {
				return Err(Refusal::new(
					"TOOOLD compaction took what the replica lacks, or what would tell whether it \
					 is a copy: give it an empty folder",
				))
			},
			Kinship::Later => {
				self.replication.expect(end);
				return Err(Refusal::new(
					"LATER compaction is about to take what the replica lacks: it waits for it from \
					 now on",
				));
			},
		}
		self.replication.arrived(end);
		let joined = self.store.join(end, self.replication.following.is_some());
		let now = Instant::now();
		log::info!("replica {} follows from {}", call.session.address, end.to_number());
		self.replication.replicas.insert(
			call.session.id,
			Replica {
				address: call.session.address.clone(),
				next: end,
				acknowledged: end,
				heard: now,
				compared: 0,
				compare_at: now + COMPARE,
				digesting: None,
				changed: 0,
				frames: Vec::new(),
			},
		);
		resp::simple(call.reply, &format!("CONTINUE {joined}"));
		Ok(Outcome::Stream)
	}

	/// Append what a replica was not sent; says whether there is more.
	pub(in crate::command) fn stream_to(
		&mut self,
		id: ConnectionId,
		out: &mut Vec<u8>,
	) -> Result<bool, Refusal> {
		for (namespace, key) in self.wanted_of_replicas() {
			Frame::Want { namespace, key }.encode(out);
		}
		let Some(replica) = self.replication.replicas.get_mut(&id) else { return Ok(false) };
		for frame in replica.frames.drain(..) {
			frame.encode(out);
		}
		let from = replica.next;
		let end = self.store.log_end();
		let mut records = Vec::new();
		let next = match from < end {
			true => {
				let next = self.store.read_log(from, PIECE, &mut records);
				next.map_err(|error| self.unread(error))?
			},
			false => from,
		};
		let digest = self.digest_for(id, next)?;
		let Some(replica) = self.replication.replicas.get_mut(&id) else { return Ok(false) };
		replica.next = next;
		let beats = replica.heard.elapsed() >= BEAT;
		if !records.is_empty() || beats || digest.is_some() {
			replica.heard = Instant::now();
			Frame::Records { end: next, records }.encode(out);
		}
		if let Some(digest) = digest {
			digest.encode(out);
		}
		Ok(next > from && next < end)
	}

	fn wanted_of_replicas(&mut self) -> Vec<(NamespaceId, Vec<u8>)> {
		if self.replication.following.is_some() {
			return Vec::new();
		}
		std::mem::take(&mut self.replication.wanted)
	}

	/// What a replica that has everything is to compare, now and then a segment.
	fn digest_for(
		&mut self,
		id: ConnectionId,
		next: LogPosition,
	) -> Result<Option<Frame>, Refusal> {
		let (end, segments) = (self.store.log_end(), self.store.log_segments());
		let Some(replica) = self.replication.replicas.get_mut(&id) else { return Ok(None) };
		if Instant::now() < replica.compare_at {
			return Ok(None);
		}
		let segment = replica.compared;
		let begun = match replica.digesting.take() {
			None if next < end => return Ok(None),
			None => self.store.begin_digest(segment),
			begun => begun,
		};
		let digested = match begun {
			None => Digested::Changed,
			Some(mut digesting) => {
				let digested = self.store.go_on_with_digest(&mut digesting, READ);
				let digested = digested.map_err(|error| self.unread(error))?;
				if digested == Digested::Partly {
					if let Some(replica) = self.replication.replicas.get_mut(&id) {
						replica.digesting = Some(digesting);
						replica.compare_at = Instant::now() + PAUSE;
					}
					return Ok(None);
				}
				digested
			},
		};
		let Some(replica) = self.replication.replicas.get_mut(&id) else { return Ok(None) };
		if digested == Digested::Changed && replica.changed < TRIES {
			replica.changed += 1;
			replica.compare_at = Instant::now() + COMPARE;
			return Ok(None);
		}
		replica.changed = 0;
		let is_last = segment + 1 >= segments;
		replica.compared = if is_last { 0 } else { segment + 1 };
		replica.compare_at = Instant::now() + if is_last { COMPARE_AGAIN } else { COMPARE };
		Ok(match digested {
			Digested::Whole(digest) => Some(Frame::Digest { end: next, segment, digest }),
			// It is written all the time, and comes to be compared in the next round.
			Digested::Changed | Digested::Partly => None,
		})
	}

	/// How long until a replica is to be sent something though nothing happened.
	pub(in crate::command) fn next_beat(&self) -> Option<Duration> {
		let next = |replica: &Replica| (replica.heard + BEAT).min(replica.compare_at);
		let next = self.replication.replicas.values().map(next).min()?;
		Some(next.saturating_duration_since(Instant::now()).max(Duration::from_millis(10)))
	}
}

fn position(args: Args<'_>, index: usize) -> Result<LogPosition, Refusal> {
	LogPosition::from_number(number(args, index)?).ok_or(INVALID)
}

fn number<N: std::str::FromStr>(args: Args<'_>, index: usize) -> Result<N, Refusal> {
	let digits = args.get(index).ok_or(ARGUMENTS)?;
	std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or(INVALID)
}
