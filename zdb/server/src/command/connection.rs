//! What clients of redis ask by habit, before and between the commands that matter.

use super::{
	database::{none, Database, Done},
	refusal::{Refusal, ARGUMENTS, INVALID},
	session::Session,
	table::{self, Row, TABLE},
};
use crate::{
	net::Outcome,
	resp::{self, Args},
};
use std::time::{SystemTime, UNIX_EPOCH};

/// Names that clients give themselves are no longer than this.
const MAX_NAME: usize = 128;

impl Database {
	/// PING [anything]
	pub(super) fn ping(&mut self, reply: &mut Vec<u8>) -> Done {
		resp::simple(reply, "PONG");
		Ok(Outcome::Done)
	}

	/// ECHO text
	pub(super) fn echo(&mut self, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		if args.len() != 2 {
			return Err(ARGUMENTS);
		}
		resp::bulk(reply, args.get(1).unwrap_or_default());
		Ok(Outcome::Done)
	}

	/// QUIT
	pub(super) fn quit(&mut self, reply: &mut Vec<u8>) -> Done {
		resp::simple(reply, "OK");
		Ok(Outcome::Close)
	}

	/// TIME
	pub(super) fn time(&mut self, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		none(args)?;
		let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
		resp::array(reply, 2);
		resp::text(reply, &now.as_secs().to_string());
		resp::text(reply, &now.subsec_micros().to_string());
		Ok(Outcome::Done)
	}

	/// CLIENT subcommand …
	pub(super) fn client(
		&mut self,
		session: &mut Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		let what = args.get(1).ok_or(ARGUMENTS)?.to_ascii_uppercase();
		match (what.as_slice(), args.len()) {
			(b"ID", 2) => resp::integer(reply, session.id.0 as i64),
			(b"GETNAME", 2) => resp::text(reply, &session.name),
			(b"SETNAME", 3) => {
				session.name = client_name(args.get(2).unwrap_or_default())?;
				resp::simple(reply, "OK");
			},
			(b"INFO", 2) => {
				let (id, address, name) = (session.id.0, &session.address, &session.name);
				resp::text(reply, &format!("id={id} addr={address} name={name} resp=2\n"));
			},
			// What library it is, and how it would like caches to treat it, changes nothing here.
			(b"SETINFO", 4) | (b"NO-EVICT" | b"NO-TOUCH", 3) => resp::simple(reply, "OK"),
			_ => return Err(Refusal::new("Command not supported")),
		}
		Ok(Outcome::Done)
	}

	/// CONFIG GET pattern…
	pub(super) fn config(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		if !args.get(1).is_some_and(|what| what.eq_ignore_ascii_case(b"GET")) {
			return Err(Refusal::new(
				"Settings are changed in the configuration file, and take effect with a restart",
			));
		}
		if args.len() < 3 {
			return Err(ARGUMENTS);
		}
		let settings = self.options.settings.iter().filter(|_| session.scope.is_none());
		let found: Vec<_> = settings
			.filter(|(name, _)| args.iter().skip(2).any(|asked| is_like(name, asked)))
			.collect();
		resp::array(reply, found.len() * 2);
		for (name, value) in found {
			resp::text(reply, name);
			resp::text(reply, value);
		}
		Ok(Outcome::Done)
	}

	/// COMMAND [COUNT | DOCS … | INFO name…]
	pub(super) fn describe(&mut self, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		let what = args.get(1).map(<[u8]>::to_ascii_uppercase);
		match what.as_deref() {
			None => {
				resp::array(reply, TABLE.len());
				TABLE.iter().for_each(|row| describe(reply, row));
			},
			Some(b"COUNT") => resp::integer(reply, TABLE.len() as i64),
			// No texts are kept here: clients then show none.
			Some(b"DOCS") => resp::array(reply, 0),
			Some(b"INFO") => {
				resp::array(reply, args.len() - 2);
				for name in args.iter().skip(2) {
					match table::find(name) {
						Some(row) => describe(reply, row),
						None => reply.extend_from_slice(b"*-1\r\n"),
					}
				}
			},
			Some(_) => return Err(Refusal::new("Command not supported")),
		}
		Ok(Outcome::Done)
	}

	/// HELLO [2 [AUTH user password] [SETNAME name]]
	pub(super) fn hello(
		&mut self,
		session: &mut Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		if args.get(1).is_some_and(|version| version != b"2") {
			return Err(Refusal::new("NOPROTO unsupported protocol version"));
		}
		let mut rest = args.iter().skip(2);
		while let Some(option) = rest.next() {
			match option.to_ascii_uppercase().as_slice() {
				b"AUTH" => {
					// There are no users, only an administrator.
					let (Some(_), Some(said)) = (rest.next(), rest.next()) else {
						return Err(ARGUMENTS);
					};
					self.authenticate(session, said)?;
				},
				b"SETNAME" => session.name = client_name(rest.next().ok_or(ARGUMENTS)?)?,
				_ => return Err(INVALID),
			}
		}
		resp::array(reply, 14);
		resp::text(reply, "server");
		resp::text(reply, "zdb");
		resp::text(reply, "version");
		resp::text(reply, env!("CARGO_PKG_VERSION"));
		resp::text(reply, "proto");
		resp::integer(reply, 2);
		resp::text(reply, "id");
		resp::integer(reply, session.id.0 as i64);
		resp::text(reply, "mode");
		resp::text(reply, "standalone");
		resp::text(reply, "role");
		resp::text(reply, if self.replication.following.is_some() { "replica" } else { "master" });
		resp::text(reply, "modules");
		resp::array(reply, 0);
		Ok(Outcome::Done)
	}
}

fn describe(reply: &mut Vec<u8>, row: &Row) {
	let has_key = matches!(row.flag, "readonly" | "write") && row.arity.abs() > 1;
	let key = i64::from(has_key);
	resp::array(reply, 6);
	resp::text(reply, &row.name.to_ascii_lowercase());
	resp::integer(reply, row.arity);
	resp::array(reply, 1);
	resp::simple(reply, row.flag);
	resp::integer(reply, key);
	resp::integer(reply, if row.name == "MGET" { -1 } else { key });
	resp::integer(reply, key);
}

fn client_name(name: &[u8]) -> Result<String, Refusal> {
	let is_good = name.len() <= MAX_NAME && name.iter().all(u8::is_ascii_graphic);
	if !is_good {
		return Err(INVALID);
	}
	Ok(String::from_utf8_lossy(name).into_owned())
}

/// Whether a setting's name is what was asked for: in full, or its beginning before a `*`.
fn is_like(name: &str, asked: &[u8]) -> bool {
	match asked.strip_suffix(b"*") {
		Some(beginning) => name
			.as_bytes()
			.get(..beginning.len())
			.is_some_and(|start| start.eq_ignore_ascii_case(beginning)),
		None => asked.eq_ignore_ascii_case(name.as_bytes()),
	}
}
