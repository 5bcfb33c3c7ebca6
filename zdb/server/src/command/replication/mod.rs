//! Both sides of replication, as far as the thread that owns the store has to do with them.

mod master;
mod replica;

use super::{
	database::Database,
	refusal::{self, Refusal},
	table::Command,
};
use crate::{
	net::ConnectionId,
	replication::{Frame, Link, Word},
};
use std::{
	collections::BTreeMap,
	sync::mpsc::Sender,
	time::{Duration, Instant},
};
use zdb_store::{
	replication::{Digest, Digesting, Joined, LogPosition},
	NamespaceId,
};

/// How many damaged keys are asked for at a time.
const WANTED: usize = 1024;
/// For how long deletions are kept for a replica that is gone.
const EXPECTED: Duration = Duration::from_secs(3600);
/// How long after a start any replica may yet come.
const STARTING: Duration = Duration::from_secs(60);

/// A replica of ours.
pub(super) struct Replica {
	pub(super) address: String,
	/// Where the records begin that it was not sent.
	next: LogPosition,
	/// Up to where it says that it has them.
	pub(super) acknowledged: LogPosition,
	heard: Instant,
	compared: u32,
	compare_at: Instant,
	/// The sum of that segment, so far.
	digesting: Option<Digesting>,
	/// How often it changed meanwhile.
	changed: u8,
	/// Frames that are not records.
	frames: Vec<Frame>,
}

/// Our master.
pub(super) struct Following {
	pub(super) master: String,
	link: Link,
	words: Option<Sender<Word>>,
	/// What stands in the way, if anything.
	pub(super) trouble: Option<String>,
	/// Whether what comes is of a connection that is given up.
	deaf: bool,
	/// Whether a comparison showed that we are not what the master is.
	pub(super) diverged: bool,
	/// Our sum of a segment, so far, and the master's.
	comparing: Option<(Digesting, Digest)>,
	/// When we joined it.
	joined: Option<Joined>,
}

/// What the server is to others of its kind.
#[derive(Default)]
pub(super) struct Replication {
	pub(super) replicas: BTreeMap<ConnectionId, Replica>,
	/// Up to where those had everything that are gone, or are to come again, and since when.
	expected: Vec<(Instant, LogPosition)>,
	pub(super) following: Option<Following>,
	/// Keys that are damaged here, and are asked for.
	wanted: Vec<(NamespaceId, Vec<u8>)>,
	/// Keys that were repaired.
	pub(super) healed: u64,
	pub(super) compared: u64,
}

impl Replication {
	/// How many replicas have everything up to `target`.
	pub(super) fn count(&self, target: LogPosition) -> usize {
		self.replicas.values().filter(|replica| replica.acknowledged >= target).count()
	}

	pub(super) fn forget(&mut self, id: ConnectionId) {
		if let Some(replica) = self.replicas.remove(&id) {
			log::info!("replica {} is gone", replica.address);
			self.expect(replica.acknowledged);
		}
	}

	/// A replica that has everything up to here is to come again.
	fn expect(&mut self, end: LogPosition) {
		self.expected.retain(|(since, known)| since.elapsed() < EXPECTED && *known != end);
		self.expected.push((Instant::now(), end));
	}

	/// It has come.
	fn arrived(&mut self, end: LogPosition) {
		let known = self.expected.iter().map(|(_, known)| *known);
		if let Some(own) = known.filter(|known| *known <= end).max() {
			self.expected.retain(|(_, known)| *known != own);
		}
	}

	/// From where on replicas have not got what says that keys are gone, as far as is known.
	pub(super) fn untold(&self, since_start: Duration) -> Option<LogPosition> {
		let expected = self.expected.iter().filter(|(since, _)| since.elapsed() < EXPECTED);
		let starting = (since_start < STARTING).then(LogPosition::start);
		let connected = self.replicas.values().map(|replica| replica.acknowledged);
		connected.chain(expected.map(|(_, end)| *end)).chain(starting).min()
	}

	/// A record is damaged: have it from whoever has it.
	pub(super) fn want(&mut self, namespace: NamespaceId, key: &[u8]) {
		let known = self.wanted.iter().any(|(one, known)| *one == namespace && known == key);
		if !known && self.wanted.len() < WANTED {
			self.wanted.push((namespace, key.to_vec()));
		}
	}

	fn cut(&mut self, trouble: String) {
		if let Some(following) = &mut self.following {
			if following.trouble.as_ref() != Some(&trouble) {
				log::warn!("not following {}: {trouble}", following.master);
			}
			following.trouble = Some(trouble);
			following.words = None;
		}
	}

	fn say(&self, word: Word) -> bool {
		let words = self.following.as_ref().and_then(|following| following.words.as_ref());
		words.is_some_and(|words| words.send(word).is_ok())
	}
}

impl Database {
	/// Whether a command may not be given to a replica.
	pub(super) fn refuse_as_replica(&self, command: Command) -> Result<(), Refusal> {
		let changes = matches!(
			command,
			Command::Set
				| Command::Del
				| Command::Flush
				| Command::NsNew
				| Command::NsDel
				| Command::NsSet
		);
		if changes && self.replication.following.is_some() {
			return Err(Refusal::new("READONLY You can't write against a read only replica."));
		}
		Ok(())
	}

	fn repair(&mut self, record: &[u8]) {
		match self.store.repair(record) {
			Ok(()) => {
				self.replication.healed += 1;
				log::warn!("a damaged record was repaired from a copy");
			},
			Err(error) => log::warn!("a record was not repaired: {}", refusal::chain(&error)),
		}
	}
}
