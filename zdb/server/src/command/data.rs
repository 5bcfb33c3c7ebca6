//! Keys and values.

use super::{
	database::{exactly, Database, Done},
	refusal::{
		Refusal, ARGUMENTS, INVALID, INVALID_KEY, KEY_TOO_LARGE, MISSING, NOT_FOUND, READ_ONLY,
	},
	session::Session,
};
use crate::{
	net::Outcome,
	resp::{self, Args},
};
use zdb_store::{Check, NamespaceId, ReadError, Set, Store, WriteError};

const MAX_KEY: usize = 255;
/// What one reply may hold: more has to be asked for in pieces.
const MAX_REPLY: usize = 64 << 20;

/// A number that the store tells of a key, if there is such a key.
type Told = Result<Option<u32>, ReadError>;

impl Database {
	/// GET key
	#[inline]
	pub(super) fn get(&mut self, session: &Session, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		let key = key(args)?;
		self.value(session, key, reply)?;
		Ok(Outcome::Read)
	}

	#[inline]
	fn value(&mut self, session: &Session, key: &[u8], reply: &mut Vec<u8>) -> Result<(), Refusal> {
		let found = self.store.get_framed(session.namespace, key, reply, |reply, length| {
			resp::bulk_head(reply, length as usize)
		});
		match found {
			Ok(true) => reply.extend_from_slice(resp::BULK_END),
			Ok(false) => resp::nil(reply),
			Err(error) => {
				if matches!(error, ReadError::Damaged { .. }) {
					self.replication.want(session.namespace, key);
				}
				return Err(self.unread(error));
			},
		}
		Ok(())
	}

	/// MGET key…
	pub(super) fn mget(&mut self, session: &Session, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		if args.len() < 2 {
			return Err(MISSING);
		}
		let start = reply.len();
		resp::array(reply, args.len() - 1);
		for key in args.iter().skip(1) {
			let element = reply.len();
			let done = match key.len() {
				0 => Err(INVALID),
				1..=MAX_KEY => self.value(session, key, reply),
				_ => Err(INVALID_KEY),
			};
			if let Err(refusal) = done {
				if refusal.outcome() == Outcome::Close {
					return Err(refusal);
				}
				reply.truncate(element);
				resp::error(reply, &refusal.text);
			}
			if reply.len() - start > MAX_REPLY {
				return Err(Refusal::new("Reply too big, ask for fewer keys at a time"));
			}
		}
		Ok(Outcome::Read)
	}

	/// SET key value [timestamp]
	#[inline]
	pub(super) fn set(&mut self, session: &Session, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		let (Some(key), Some(value)) = (args.get(1), args.get(2)) else { return Err(ARGUMENTS) };
		let timestamp = self.timestamp(session, args, 3)?;
		if key.len() > MAX_KEY {
			return Err(KEY_TOO_LARGE);
		}
		if !session.writable {
			return Err(READ_ONLY);
		}
		if key.is_empty() {
			let id = self.store.append(session.namespace, value, timestamp);
			resp::bulk(reply, &id.map_err(|error| self.unwritten(error))?.to_le_bytes());
			return Ok(Outcome::Wrote);
		}
		let set = self.store.set(session.namespace, key, value, timestamp);
		match set.map_err(|error| self.unwritten(error))? {
			Set::Written => {
				resp::bulk(reply, key);
				Ok(Outcome::Wrote)
			},
			Set::Unchanged => {
				resp::nil(reply);
				Ok(Outcome::Read)
			},
		}
	}

	/// DEL key [timestamp]
	pub(super) fn del(&mut self, session: &Session, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		let key = args.get(1).ok_or(ARGUMENTS)?;
		let timestamp = self.timestamp(session, args, 2)?;
		let key = valid(key)?;
		if !session.writable {
			return Err(READ_ONLY);
		}
		let deleted = match self.store.delete(session.namespace, key, timestamp) {
			Err(WriteError::Worm) => {
				let exists = self.store.exists(session.namespace, key);
				if exists.map_err(|error| self.unread(error))? {
					let text = "Cannot delete a key when namespace is in worm mode";
					return Err(Refusal::new(text));
				}
				false
			},
			deleted => deleted.map_err(|error| self.unwritten(error))?,
		};
		if !deleted {
			return Err(NOT_FOUND);
		}
		resp::simple(reply, "OK");
		Ok(Outcome::Wrote)
	}

	/// EXISTS key
	pub(super) fn exists(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		let key = key(args)?;
		let exists = self.store.exists(session.namespace, key);
		resp::integer(reply, exists.map_err(|error| self.unread(error))?.into());
		Ok(Outcome::Read)
	}

	/// CHECK key
	pub(super) fn check(&mut self, session: &Session, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		let key = key(args)?;
		let check = self.store.check(session.namespace, key);
		let check = check.map_err(|error| self.unread(error))?;
		if check == Check::Damaged {
			self.replication.want(session.namespace, key);
		}
		match check {
			Check::Good => resp::integer(reply, 1),
			Check::Damaged => resp::integer(reply, 0),
			Check::Unreadable => resp::integer(reply, -1),
			Check::Missing => resp::nil(reply),
		}
		Ok(Outcome::Read)
	}

	/// LENGTH key
	pub(super) fn length(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		self.told_of(session, args, reply, Store::length)
	}

	/// KEYTIME key
	pub(super) fn key_time(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		self.told_of(session, args, reply, Store::time)
	}

	/// A number that the store tells of a key.
	fn told_of(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
		ask: fn(&mut Store, NamespaceId, &[u8]) -> Told,
	) -> Done {
		let told = ask(&mut self.store, session.namespace, key(args)?);
		number(reply, told.map_err(|error| self.unread(error))?);
		Ok(Outcome::Read)
	}

	/// The time a record gets: an administrator may say which, in the argument at `index`.
	#[inline]
	fn timestamp(
		&mut self,
		session: &Session,
		args: Args<'_>,
		index: usize,
	) -> Result<u32, Refusal> {
		if args.len() == index {
			return Ok(self.now());
		}
		if args.len() != index + 1 {
			return Err(ARGUMENTS);
		}
		self.admin_only(session)?;
		args.get(index)
			.and_then(resp::parse_integer)
			.and_then(|time| u32::try_from(time).ok())
			.ok_or(INVALID)
	}

	pub(super) fn unread(&mut self, error: ReadError) -> Refusal {
		if matches!(error, ReadError::Damaged { .. } | ReadError::Disk { .. }) {
			self.figures.read_errors += 1;
			log::error!("{}", super::refusal::chain(&error));
		}
		error.into()
	}

	fn unwritten(&mut self, error: WriteError) -> Refusal {
		match error {
			WriteError::Read(error) => return self.unread(error),
			WriteError::DiskFull
			| WriteError::BatchFailed
			| WriteError::Disk(_)
			| WriteError::LogEnd
			| WriteError::ReadOnly(_) => {
				self.figures.write_errors += 1;
			},
			_ => {},
		}
		error.into()
	}
}

#[inline]
fn key(args: Args<'_>) -> Result<&[u8], Refusal> {
	let [key] = exactly(args)?;
	valid(key)
}

#[inline]
pub(super) fn valid(key: &[u8]) -> Result<&[u8], Refusal> {
	match key.len() {
		0 => Err(INVALID),
		1..=MAX_KEY => Ok(key),
		_ => Err(INVALID_KEY),
	}
}

fn number(reply: &mut Vec<u8>, number: Option<u32>) {
	match number {
		Some(number) => resp::integer(reply, number.into()),
		None => resp::nil(reply),
	}
}
