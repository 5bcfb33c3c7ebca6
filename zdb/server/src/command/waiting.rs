//! WAIT: a client hears when another one does something in its namespace.

use super::{
	call::{Call, Done},
	database::Database,
	refusal::Refusal,
	table::{self, Command, Row},
};
use crate::{
	net::{ConnectionId, Message, Outcome},
	resp,
};
use std::time::{Duration, Instant};
use zdb_store::{replication::LogPosition, NamespaceId};

const SHORTEST: u64 = 100;
const LONGEST: u64 = 30 * 60 * 1000;
const USUAL: u64 = 5000;

#[derive(Debug)]
struct Watcher {
	id: ConnectionId,
	namespace: NamespaceId,
	/// None means any.
	command: Option<Command>,
	until: Instant,
}

/// Who waits until so many replicas have what was written.
#[derive(Debug)]
struct Counter {
	id: ConnectionId,
	replicas: usize,
	target: LogPosition,
	until: Instant,
}

/// Who waits for what.
#[derive(Debug, Default)]
pub(super) struct Watchers {
	watchers: Vec<Watcher>,
	counters: Vec<Counter>,
}

impl Watchers {
	#[inline]
	pub(super) fn nobody_watches(&self) -> bool {
		self.watchers.is_empty()
	}

	pub(super) fn waiting(&self) -> usize {
		self.watchers.len() + self.counters.len()
	}

	pub(super) fn forget(&mut self, id: ConnectionId) {
		self.watchers.retain(|watcher| watcher.id != id);
		self.counters.retain(|counter| counter.id != id);
	}

	/// `who` has executed a command: whoever waits for that hears of it.
	pub(super) fn notice(
		&mut self,
		who: ConnectionId,
		namespace: NamespaceId,
		done: &Row,
		messages: &mut Vec<Message>,
	) {
		self.watchers.retain(|watcher| {
			let heard = watcher.id != who
				&& watcher.namespace == namespace
				&& watcher.command.is_none_or(|awaited| awaited == done.command);
			if heard {
				messages.push(message(watcher.id, |bytes| resp::simple(bytes, done.name)));
			}
			!heard
		});
	}

	/// A replica has more than before: whoever waits for that hears how many have what it wrote.
	pub(super) fn acknowledged(
		&mut self,
		count: impl Fn(LogPosition) -> usize,
		messages: &mut Vec<Message>,
	) {
		self.counters.retain(|counter| {
			let replicas = count(counter.target);
			let reached = replicas >= counter.replicas;
			if reached {
				messages.push(message(counter.id, |bytes| resp::integer(bytes, replicas as i64)));
			}
			!reached
		});
	}

	/// Tell those who waited long enough, and say when the next one has.
	pub(super) fn time_out(
		&mut self,
		count: impl Fn(LogPosition) -> usize,
		messages: &mut Vec<Message>,
	) -> Option<Duration> {
		if self.waiting() == 0 {
			return None;
		}
		let now = Instant::now();
		self.counters.retain(|counter| {
			let waits = now < counter.until;
			if !waits {
				let replicas = count(counter.target) as i64;
				messages.push(message(counter.id, |bytes| resp::integer(bytes, replicas)));
			}
			waits
		});
		self.watchers.retain(|watcher| {
			let waits = now < watcher.until;
			if !waits {
				messages.push(message(watcher.id, |bytes| resp::error(bytes, "Timeout")));
			}
			waits
		});
		let watchers = self.watchers.iter().map(|watcher| watcher.until);
		let next = watchers.chain(self.counters.iter().map(|counter| counter.until)).min()?;
		Some(next.saturating_duration_since(now))
	}
}

fn message(to: ConnectionId, write: impl FnOnce(&mut Vec<u8>)) -> Message {
	let mut bytes = Vec::new();
	write(&mut bytes);
	Message { to, bytes, ends_wait: true }
}

impl Database {
	/// WAIT command|* [milliseconds], WAIT replicas milliseconds
	pub(super) fn wait(&mut self, call: &mut Call<'_>) -> Done {
		let (Some(name), true) = (call.args.get(1), call.args.len() <= 3) else {
			return Err(Refusal::new("Invalid arguments"));
		};
		if let Some(replicas) = resp::parse_integer(name) {
			return self.wait_for_replicas(call, replicas);
		}
		let command = match name {
			b"*" => None,
			name => {
				Some(table::find(name).ok_or(Refusal::new("Unknown command to watch"))?.command)
			},
		};
		let millis = match call.args.get(2) {
			None => USUAL,
			Some(millis) => resp::parse_integer(millis)
				.and_then(|millis| u64::try_from(millis).ok())
				.filter(|millis| (SHORTEST..=LONGEST).contains(millis))
				.ok_or(Refusal::new("Invalid timeout"))?,
		};
		self.watchers.watchers.push(Watcher {
			id: call.session.id,
			namespace: call.session.namespace,
			command,
			until: Instant::now() + Duration::from_millis(millis),
		});
		Ok(Outcome::Wait)
	}

	/// Until so many replicas have what was written before.
	fn wait_for_replicas(&mut self, call: &mut Call<'_>, replicas: i64) -> Done {
		let millis = call
			.args
			.get(2)
			.and_then(resp::parse_integer)
			.and_then(|millis| u64::try_from(millis).ok())
			.filter(|millis| *millis <= LONGEST)
			.ok_or(Refusal::new("Invalid timeout"))?;
		let target = self.store.log_end();
		let have = self.replication.count(target);
		if have as i64 >= replicas {
			resp::integer(call.reply, have as i64);
			return Ok(Outcome::Read);
		}
		// In redis no time is all the time.
		let millis = if millis == 0 { LONGEST } else { millis };
		self.watchers.counters.push(Counter {
			id: call.session.id,
			replicas: replicas as usize,
			target,
			until: Instant::now() + Duration::from_millis(millis),
		});
		Ok(Outcome::Wait)
	}
}
