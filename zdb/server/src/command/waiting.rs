//! WAIT: a client hears when another one does something in its namespace.

use super::{
	database::{Database, Done},
	refusal::Refusal,
	session::Session,
	table::{self, Command, Row},
};
use crate::{
	net::{ConnectionId, Message, Outcome},
	resp::{self, Args},
};
use std::time::{Duration, Instant};
use zdb_store::NamespaceId;

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

/// Who waits for what.
#[derive(Debug, Default)]
pub(super) struct Watchers(Vec<Watcher>);

impl Watchers {
	#[inline]
	pub(super) fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	pub(super) fn len(&self) -> usize {
		self.0.len()
	}

	pub(super) fn forget(&mut self, id: ConnectionId) {
		self.0.retain(|watcher| watcher.id != id);
	}

	/// `who` has executed a command: whoever waits for that hears of it.
	pub(super) fn notice(
		&mut self,
		who: ConnectionId,
		namespace: NamespaceId,
		done: &Row,
		messages: &mut Vec<Message>,
	) {
		self.0.retain(|watcher| {
			let heard = watcher.id != who
				&& watcher.namespace == namespace
				&& watcher.command.is_none_or(|awaited| awaited == done.command);
			if heard {
				messages.push(message(watcher.id, |bytes| resp::simple(bytes, done.name)));
			}
			!heard
		});
	}

	/// Tell those who waited long enough, and say when the next one has.
	pub(super) fn time_out(&mut self, messages: &mut Vec<Message>) -> Option<Duration> {
		if self.0.is_empty() {
			return None;
		}
		let now = Instant::now();
		self.0.retain(|watcher| {
			let waits = now < watcher.until;
			if !waits {
				messages.push(message(watcher.id, |bytes| resp::error(bytes, "Timeout")));
			}
			waits
		});
		let next = self.0.iter().map(|watcher| watcher.until).min()?;
		Some(next.saturating_duration_since(now))
	}
}

fn message(to: ConnectionId, write: impl FnOnce(&mut Vec<u8>)) -> Message {
	let mut bytes = Vec::new();
	write(&mut bytes);
	Message { to, bytes, ends_wait: true }
}

impl Database {
	/// WAIT command|* [milliseconds]
	pub(super) fn wait(&mut self, session: &Session, args: Args<'_>, _: &mut Vec<u8>) -> Done {
		let (Some(name), true) = (args.get(1), args.len() <= 3) else {
			return Err(Refusal::new("Invalid arguments"));
		};
		let command = match name {
			b"*" => None,
			name => {
				Some(table::find(name).ok_or(Refusal::new("Unknown command to watch"))?.command)
			},
		};
		let millis = match args.get(2) {
			None => USUAL,
			Some(millis) => resp::parse_integer(millis)
				.and_then(|millis| u64::try_from(millis).ok())
				.filter(|millis| (SHORTEST..=LONGEST).contains(millis))
				.ok_or(Refusal::new("Invalid timeout"))?,
		};
		self.watchers.0.push(Watcher {
			id: session.id,
			namespace: session.namespace,
			command,
			until: Instant::now() + Duration::from_millis(millis),
		});
		Ok(Outcome::Wait)
	}
}
