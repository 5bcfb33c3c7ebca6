use super::{
	access::{Access, AccessError},
	call::{Call, Done},
	refusal::{self, Refusal, NOT_ADMIN},
	replication::Replication,
	scope::Served,
	scrub::Scrub,
	session::Session,
	table::{self, Command},
	waiting::Watchers,
};
use crate::{
	net::{Controlled, Counters, Message, Outcome, Peer, Service},
	resp::{self, Args},
};
use std::{
	collections::BTreeMap,
	os::fd::OwnedFd,
	path::PathBuf,
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use thiserror::Error;
use zdb_store::{CloseError, Mode, NamespaceError, NamespaceId, Settings, Store};

/// The namespace of clients that selected none.
const DEFAULT: &[u8] = b"default";
/// Where clients are that come in before a replica has got the default namespace. The store gives
/// no namespace this id.
const NOWHERE: NamespaceId = NamespaceId(u32::MAX);
/// How often the store is looked after while it has nothing urgent to do.
const CARE: Duration = Duration::from_millis(100);
/// For how long after the last change that is so; then nothing wakes the machine.
const CARED_FOR: Duration = Duration::from_secs(30);

/// How a database is to be served.
#[derive(Clone, Default)]
pub struct DatabaseOptions {
	/// Who may do what.
	pub access: Access,
	/// The mode of all namespaces; none means that each has its own.
	pub mode: Option<Mode>,
	/// Where the data is, for those who ask how much room there is.
	pub folder: PathBuf,
	/// Whether the store is a copy of another: then what is in it comes from there.
	pub replica: bool,
	/// Whether it goes on with reads alone when the disk fails to keep what was written, because
	/// another start would not help.
	pub stays: bool,
	/// What `CONFIG GET` tells, besides what follows from the rest.
	pub settings: Vec<(&'static str, String)>,
}

/// Why a database cannot be served.
#[derive(Debug, Error)]
pub enum StartError {
	/// The rules make no sense.
	#[error(transparent)]
	Access(#[from] AccessError),
	/// The default namespace could not be made.
	#[error("cannot make the default namespace: {0}")]
	Default(#[source] NamespaceError),
	/// The store would not commit it.
	#[error("cannot make the default namespace: {0}")]
	Commit(#[from] zdb_store::CommitError),
}

/// What the server knows of itself, beside what the event loop counts.
pub(super) struct Figures {
	pub(super) started: SystemTime,
	pub(super) since: Instant,
	pub(super) failed: u64,
	pub(super) denied: u64,
	pub(super) read_errors: u64,
	pub(super) write_errors: u64,
}

/// A store, and the commands that clients may use on it.
pub struct Database {
	pub(super) store: Store,
	pub(super) access: Access,
	pub(super) options: DatabaseOptions,
	pub(super) default: NamespaceId,
	pub(super) messages: Vec<Message>,
	pub(super) watchers: Watchers,
	/// Namespaces that are served by themselves, as [`zdb_control`] says.
	pub(super) served: BTreeMap<NamespaceId, Served>,
	pub(super) replication: Replication,
	pub(super) scrub: Scrub,
	pub(super) counters: Counters,
	pub(super) figures: Figures,
	/// The time of this turn of the loop, once somebody asked.
	now: Option<u32>,
	pub(super) changed: Instant,
	/// What the store last could not do by itself, so that it is said once.
	complaint: String,
}

impl Database {
	/// Serve `store` as `options` say.
	pub fn new(store: Store, options: DatabaseOptions) -> Result<Self, StartError> {
		options.access.check()?;
		let default = store.find(DEFAULT).unwrap_or(NOWHERE);
		let is_replica = options.replica;
		let mut this = Self {
			store,
			access: options.access.clone(),
			options,
			default,
			messages: Vec::new(),
			watchers: Watchers::default(),
			served: BTreeMap::new(),
			replication: Replication::default(),
			scrub: Scrub::default(),
			counters: Counters::default(),
			figures: Figures {
				started: SystemTime::now(),
				since: Instant::now(),
				failed: 0,
				denied: 0,
				read_errors: 0,
				write_errors: 0,
			},
			now: None,
			changed: Instant::now(),
			complaint: String::new(),
		};
		if !is_replica {
			this.make_default().map_err(StartError::Default)?;
			this.store.commit()?;
		}
		Ok(this)
	}

	/// Have a default namespace.
	pub(super) fn make_default(&mut self) -> Result<(), NamespaceError> {
		self.adopt_default();
		if self.default == NOWHERE {
			let mode = self.options.mode.unwrap_or_default();
			self.default = self.store.create(DEFAULT, Settings { mode, ..Settings::default() })?;
		}
		Ok(())
	}

	/// The default namespace may have come from a master.
	pub(super) fn adopt_default(&mut self) {
		if self.default == NOWHERE {
			self.default = self.store.find(DEFAULT).unwrap_or(NOWHERE);
		}
	}

	/// The serving is over: have all durable, and the next start quick.
	pub fn close(self) -> Result<(), CloseError> {
		match self.replication.following {
			Some(_) => self.store.close_copy(),
			None => self.store.close(),
		}
	}

	/// Why it has to be started again, if so: what the disk has is known only after it was read
	/// anew.
	pub fn failure(&self) -> Option<&'static str> {
		self.store.read_only().filter(|_| !self.options.stays)
	}

	/// The time in seconds, as records have it.
	#[inline]
	pub(super) fn now(&mut self) -> u32 {
		*self.now.get_or_insert_with(|| {
			SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as u32)
		})
	}

	#[inline]
	fn run(&mut self, command: Command, call: &mut Call<'_>) -> Done {
		self.refuse_as_replica(command)?;
		if call.session.locked {
			self.refuse_as_locked(command)?;
		}
		match command {
			Command::Get => self.get(call),
			Command::Set => self.set(call),
			Command::Del => self.del(call),
			Command::Exists => self.exists(call),
			Command::MGet => self.mget(call),
			Command::Check => self.check(call),
			Command::Length => self.length(call),
			Command::KeyTime => self.key_time(call),
			Command::KeyCursor => self.key_cursor(call),
			Command::Scan => self.scan(call, zdb_store::Direction::Forward),
			Command::ReverseScan => self.scan(call, zdb_store::Direction::Backward),
			Command::History => self.history(call),
			Command::Auth => self.auth(call),
			Command::Select => self.select(call),
			Command::NsNew => self.ns_new(call),
			Command::NsDel => self.ns_del(call),
			Command::NsList => self.ns_list(call),
			Command::NsInfo => self.ns_info(call),
			Command::NsSet => self.ns_set(call),
			Command::Flush => self.flush(call),
			Command::DbSize => self.db_size(call),
			Command::Wait => self.wait(call),
			Command::Info => self.info(call),
			Command::Ping => self.ping(call),
			Command::Echo => self.echo(call),
			Command::Quit => self.quit(call),
			Command::Time => self.time(call),
			Command::ClientInfo => self.client(call),
			Command::Config => self.config(call),
			Command::Describe => self.describe(call),
			Command::Hello => self.hello(call),
			Command::Replicate => self.replicate(call),
			Command::ReplicaOf => self.replica_of(call),
			Command::Scrub => self.begin_scrub(call),
			Command::Stop => Err(Refusal::new("Unauthorized")),
		}
	}

	fn complain(&mut self, complaint: String) {
		if self.complaint != complaint {
			if !complaint.is_empty() {
				log::error!("{complaint}");
			}
			self.complaint = complaint;
		}
	}
}

impl Service for Database {
	type Session = Session;

	fn open(&mut self, peer: Peer) -> Session {
		log::debug!("{} comes in", peer.address);
		if let Some(gate) = peer.gate {
			return self.open_scoped(peer, NamespaceId(gate.0));
		}
		let admin = self.access.open;
		Session::new(peer, self.default, admin || !self.access.protect, admin)
	}

	fn close(&mut self, session: Session) {
		log::debug!("{} is gone", session.address);
		self.watchers.forget(session.id);
		self.replication.forget(session.id);
	}

	#[inline]
	fn execute(&mut self, session: &mut Session, args: Args<'_>, reply: &mut Vec<u8>) -> Outcome {
		let Some(row) = args.get(0).and_then(table::find) else {
			self.figures.failed += 1;
			resp::error(reply, "Command not supported");
			return Outcome::Done;
		};
		let start = reply.len();
		let mut call = Call { session, args, reply };
		let outcome = match self.run(row.command, &mut call) {
			Ok(outcome) => outcome,
			Err(refusal) => {
				self.figures.failed += 1;
				reply.truncate(start);
				resp::error(reply, &refusal.text);
				refusal.outcome()
			},
		};
		if !self.watchers.nobody_watches() {
			self.watchers.notice(session.id, session.namespace, row, &mut self.messages);
		}
		outcome
	}

	fn control(&mut self, request: &[u8], sockets: Vec<OwnedFd>) -> Controlled {
		self.obey(request, sockets)
	}

	fn commit(&mut self) -> Result<(), String> {
		self.now = None;
		match self.store.commit() {
			Ok(()) => Ok(()),
			Err(error) => {
				self.figures.write_errors += 1;
				let text = refusal::of_commit(&error);
				self.complain(text.clone());
				Err(text)
			},
		}
	}

	fn gathers(&self) -> bool {
		self.store.syncs_commits()
	}

	fn maintain(&mut self, counters: &Counters) -> Option<Duration> {
		self.now = None;
		let now = Instant::now();
		if counters.commands != self.counters.commands {
			self.changed = now;
		}
		self.counters = *counters;
		let since_start = now.duration_since(self.figures.since);
		self.store.keep_deletions(self.replication.untold(since_start));
		let more = match self.store.maintain() {
			Ok(more) => {
				if self.store.read_only().is_none() {
					self.complain(String::new());
				}
				more
			},
			Err(error) => {
				self.complain(refusal::chain(&error));
				false
			},
		};
		let reading = self.go_on_with_scrub(now);
		let comparing = self.go_on_with_comparison();
		let more = self.take_news() || more;
		let Self { watchers, replication, messages, .. } = self;
		let wait = watchers.time_out(|target| replication.count(target), messages);
		let beat = self.next_beat();
		let lately = || now.duration_since(self.changed) < CARED_FOR;
		let care = match more {
			true => Some(Duration::ZERO),
			false => (self.store.is_clearing() || lately()).then_some(CARE),
		};
		[wait, care, beat, reading, comparing].into_iter().flatten().min()
	}

	fn must_end(&self) -> bool {
		self.failure().is_some()
	}

	fn messages(&mut self) -> &mut Vec<Message> {
		&mut self.messages
	}

	fn stream(&mut self, session: &mut Session, out: &mut Vec<u8>) -> Result<bool, String> {
		self.stream_to(session.id, out).map_err(|refusal| refusal.text.into_owned())
	}

	fn metrics(&mut self, counters: &Counters) -> String {
		self.counters = *counters;
		self.exposition()
	}
}

impl Database {
	/// Whether the client is an administrator.
	pub(super) fn admin_only(&mut self, session: &Session) -> Result<(), Refusal> {
		if session.admin {
			return Ok(());
		}
		self.figures.denied += 1;
		Err(NOT_ADMIN)
	}
}
