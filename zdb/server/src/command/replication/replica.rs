//! What the master of this server says, and what becomes of it.

use super::{
	super::{
		call::{Call, Done},
		database::Database,
		refusal::{self, Refusal},
		scrub::{PAUSE, PIECE as READ},
	},
	Following,
};
use crate::{
	net::Outcome,
	replication::{joined, promotion, Frame, Link, LinkOptions, News, Word},
	resp,
};
use std::time::Duration;
use zdb_store::replication::{ApplyError, Digested};

/// How many frames are applied before clients have their turn.
const FRAMES: usize = 8;

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
			joined: joined::kept(&self.options.folder),
		});
		Ok(())
	}

	/// What wakes the server when its master says something.
	pub fn waker(&self) -> Option<std::os::fd::BorrowedFd<'_>> {
		self.replication.following.as_ref().map(|following| following.link.waker())
	}

	/// REPLICAOF NO ONE
	pub(in crate::command) fn replica_of(&mut self, call: &mut Call<'_>) -> Done {
		self.admin_only(call.session)?;
		let [no, one] = call.exactly()?;
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
		resp::simple(call.reply, "OK");
		Ok(Outcome::Wrote)
	}

	/// Go on with our own sum of what the master summed up; says when to be called again.
	pub(in crate::command) fn go_on_with_comparison(&mut self) -> Option<Duration> {
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

	/// Take what the master sent; says whether there is more.
	pub(in crate::command) fn take_news(&mut self) -> bool {
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
						Ok(tip) => drop(answer.send((tip, following.joined))),
						Err(error) => self.replication.cut(refusal::chain(&error)),
					}
				},
				News::Connected(words, joined) => {
					if let Some(Err(error)) =
						joined.map(|joined| joined::keep(&self.options.folder, joined))
					{
						log::warn!("when it joined its master could not be kept: {error}");
					}
					following.joined = joined;
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
