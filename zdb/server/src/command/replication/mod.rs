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
use std::{collections::BTreeMap, sync::mpsc::Sender, time::Instant};
use zdb_store::{
	replication::{Digest, Digesting, LogPosition},
	NamespaceId,
};

/// How many damaged keys are asked for at a time.
const WANTED: usize = 1024;

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
}

/// What the server is to others of its kind.
#[derive(Default)]
pub(super) struct Replication {
	pub(super) replicas: BTreeMap<ConnectionId, Replica>,
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
		}
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
