//! Both sides of replication, as far as the thread that owns the store has to do with them.

use super::{
	database::{exactly, Database, Done},
	refusal::{self, Refusal, ARGUMENTS, INVALID},
	scrub::{PAUSE, PIECE as READ},
	session::Session,
	table::Command,
};
use crate::{
	net::{ConnectionId, Outcome},
	replication::{promotion, Frame, Link, LinkOptions, News, Word},
	resp::{self, Args},
};
use std::{
	collections::BTreeMap,
	sync::mpsc::Sender,
	time::{Duration, Instant},
};
use zdb_store::{
	replication::{ApplyError, Digest, Digested, Digesting, Kinship, LogPosition, Tip},
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
/// How many frames are applied before clients have their turn.
const FRAMES: usize = 8;
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
	/// Follow the master that `options` lead to.
	pub fn follow(&mut self, options: LinkOptions) -> std::io::Result<()> {
		let master = options.master.to_string();
		let link = Link::start(options, self.store.identity())?;
		let trouble = Some("not connected yet".into());
		self.replication.following = Some(Following {
			master,
			link,
			words: None,
			trouble,
			deaf: false,
			diverged: false,
			comparing: None,
		});
		Ok(())
	}

	/// What wakes the server when its master says something.
	pub fn waker(&self) -> Option<std::os::fd::BorrowedFd<'_>> {
		self.replication.following.as_ref().map(|following| following.link.waker())
	}

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

	/// REPLICAOF NO ONE
	pub(super) fn replica_of(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		self.admin_only(session)?;
		let [no, one] = exactly(args)?;
		if !no.eq_ignore_ascii_case(b"NO") || !one.eq_ignore_ascii_case(b"ONE") {
			return Err(Refusal::new(
				"A server is made a replica by its setting replica_of, and a restart",
			));
		}
		if self.replication.following.is_some() {
			promotion::keep(&self.options.folder).map_err(|error| {
				Refusal::from(format!("The promotion could not be kept: {error}"))
			})?;
		}
		if let Some(following) = self.replication.following.take() {
			log::warn!("promoted: no longer a replica of {}", following.master);
			self.make_default()?;
		}
		resp::simple(reply, "OK");
		Ok(Outcome::Wrote)
	}

	/// REPLICATE IDENTITY | FROM … | ACK … | WANT … | GIVE …
	pub(super) fn replicate(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		self.admin_only(session)?;
		match args.get(1).ok_or(ARGUMENTS)? {
			b"IDENTITY" => resp::text(reply, &hex::encode(self.store.identity().0)),
			b"FROM" => return self.begin_stream(session, args, reply),
			b"ACK" => {
				let position = position(args, 2)?;
				if let Some(replica) = self.replication.replicas.get_mut(&session.id) {
					replica.acknowledged = replica.acknowledged.max(position);
					let Self { watchers, replication, messages, .. } = self;
					watchers.acknowledged(|target| replication.count(target), messages);
				}
			},
			b"WANT" => {
				let namespace = NamespaceId(number(args, 2)?);
				let key = args.get(3).ok_or(ARGUMENTS)?;
				let record = self.store.record_bytes(namespace, key);
				if let Some(record) = record.map_err(|error| self.unread(error))? {
					if let Some(replica) = self.replication.replicas.get_mut(&session.id) {
						replica.frames.push(Frame::Record(record));
					}
				}
			},
			b"GIVE" => self.repair(args.get(2).ok_or(ARGUMENTS)?),
			_ => return Err(INVALID),
		}
		Ok(Outcome::Done)
	}

	fn begin_stream(&mut self, session: &Session, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		let end = position(args, 2)?;
		let last = match args.len() {
			3 => None,
			5 => Some((position(args, 3)?, number(args, 4)?)),
			_ => return Err(ARGUMENTS),
		};
		let kinship = self.store.kinship(Tip { end, last });
		match kinship.map_err(|error| self.unread(error))? {
			Kinship::Beginning => {},
			Kinship::Other => {
				return Err(Refusal::new(
					"DIVERGED the replica holds what its master does not: keep its folder aside, \
					 and give it an empty one",
				))
			},
			Kinship::Unknown => return Err(Refusal::new(
				"TOOOLD compaction took what would tell whether the replica is a copy: give it \
					 an empty folder",
			)),
		}
		let now = Instant::now();
		log::info!("replica {} follows from {}", session.address, end.to_number());
		self.replication.replicas.insert(
			session.id,
			Replica {
				address: session.address.clone(),
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
		resp::simple(reply, "CONTINUE");
		Ok(Outcome::Stream)
	}

	/// Append what a replica was not sent; says whether there is more.
	pub(super) fn stream_to(
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

	/// Go on with our own sum of what the master summed up; says when to be called again.
	pub(super) fn go_on_with_comparison(&mut self) -> Option<Duration> {
		let (mut own, theirs) = self.replication.following.as_mut()?.comparing.take()?;
		match self.store.go_on_with_digest(&mut own, READ) {
			Ok(Digested::Partly) => {
				self.replication.following.as_mut()?.comparing = Some((own, theirs));
				return Some(PAUSE);
			},
			Ok(Digested::Whole(digest)) if digest.damaged == 0 && theirs.damaged == 0 => {
				self.replication.compared += 1;
				if digest != theirs {
					log::error!(
						"a segment is not what the master has: give this replica an empty folder"
					);
					self.replication.following.as_mut()?.diverged = true;
				}
			},
			Ok(Digested::Whole(_) | Digested::Changed) => {},
			Err(error) => log::warn!("a segment was not compared: {}", refusal::chain(&error)),
		}
		None
	}

	/// How long until a replica is to be sent something though nothing happened.
	pub(super) fn next_beat(&self) -> Option<Duration> {
		let next = |replica: &Replica| (replica.heard + BEAT).min(replica.compare_at);
		let next = self.replication.replicas.values().map(next).min()?;
		Some(next.saturating_duration_since(Instant::now()).max(Duration::from_millis(10)))
	}

	/// Take what the master sent; says whether there is more.
	pub(super) fn take_news(&mut self) -> bool {
		for _ in 0..FRAMES {
			let Some(following) = &mut self.replication.following else { return false };
			following.link.rest();
			let Some(news) = following.link.next() else {
				self.ask_for_damaged();
				return false;
			};
			match news {
				News::Tip(answer) => {
					following.deaf = false;
					match self.store.tip() {
						// Who asked may have gone.
						Ok(tip) => drop(answer.send(tip)),
						Err(error) => self.replication.cut(refusal::chain(&error)),
					}
				},
				News::Connected(words) => {
					log::info!("following {}", following.master);
					following.words = Some(words);
					following.trouble = None;
				},
				News::Cut(error) => self.replication.cut(refusal::chain(&error)),
				News::Frame(_) if following.deaf => {},
				News::Frame(frame) => {
					if let Err(error) = self.take_frame(frame) {
						self.give_up_connection(&refusal::chain(&error));
					}
				},
			}
		}
		self.ask_for_damaged();
		true
	}

	fn take_frame(&mut self, frame: Frame) -> Result<(), ApplyError> {
		match frame {
			Frame::Records { records, .. } => {
				if !records.is_empty() {
					let applied = self.store.apply(&records);
					let committed = self.store.commit();
					applied?;
					committed.map_err(|error| {
						log::error!("{}", refusal::chain(&error));
						ApplyError::NotNext
					})?;
					self.adopt_default();
				}
				self.replication.say(Word::Ack(self.store.log_end()));
			},
			Frame::Digest { end, segment, digest } => {
				let own = self.store.begin_digest(segment).filter(|_| end == self.store.log_end());
				if let Some(following) = &mut self.replication.following {
					let begun = own.map(|own| (own, digest));
					following.comparing = following.comparing.take().or(begun);
				}
				// What comes after this may change it.
				self.go_on_with_comparison();
			},
			Frame::Record(record) => self.repair(&record),
			Frame::Want { namespace, key } => {
				if let Ok(Some(record)) = self.store.record_bytes(namespace, &key) {
					self.replication.say(Word::Give(record));
				}
			},
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

	fn ask_for_damaged(&mut self) {
		let connected =
			self.replication.following.as_ref().is_some_and(|following| following.words.is_some());
		if connected {
			for (namespace, key) in std::mem::take(&mut self.replication.wanted) {
				self.replication.say(Word::Want(namespace, key));
			}
		}
	}

	/// Have a new connection, which begins where our log ends; what is still in this one is not
	/// heard.
	fn give_up_connection(&mut self, why: &str) {
		self.replication.cut(why.into());
		if let Some(following) = &mut self.replication.following {
			following.deaf = true;
			following.link.begin_again();
		}
	}
}

fn position(args: Args<'_>, index: usize) -> Result<LogPosition, Refusal> {
	LogPosition::from_number(number(args, index)?).ok_or(INVALID)
}

fn number<N: std::str::FromStr>(args: Args<'_>, index: usize) -> Result<N, Refusal> {
	let digits = args.get(index).ok_or(ARGUMENTS)?;
	std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or(INVALID)
}
