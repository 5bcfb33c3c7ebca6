//! What clients of redis ask by habit, before and between the commands that matter.

use super::{
	call::{Call, Done},
	database::Database,
	refusal::{Refusal, ARGUMENTS, INVALID},
	table::{self, Row, TABLE},
};
use crate::{net::Outcome, resp};
use std::time::{SystemTime, UNIX_EPOCH};

/// Names that clients give themselves are no longer than this.
const MAX_NAME: usize = 128;

impl Database {
	/// PING [anything]
	pub(super) fn ping(&mut self, call: &mut Call<'_>) -> Done {
		resp::simple(call.reply, "PONG");
		Ok(Outcome::Done)
	}

	/// ECHO text
	pub(super) fn echo(&mut self, call: &mut Call<'_>) -> Done {
		if call.args.len() != 2 {
			return Err(ARGUMENTS);
		}
		resp::bulk(call.reply, call.args.get(1).unwrap_or_default());
		Ok(Outcome::Done)
	}

	/// QUIT
	pub(super) fn quit(&mut self, call: &mut Call<'_>) -> Done {
		resp::simple(call.reply, "OK");
		Ok(Outcome::Close)
	}

	/// TIME
	pub(super) fn time(&mut self, call: &mut Call<'_>) -> Done {
		call.none()?;
		let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
		resp::array(call.reply, 2);
		resp::text(call.reply, &now.as_secs().to_string());
		resp::text(call.reply, &now.subsec_micros().to_string());
		Ok(Outcome::Done)
	}

	/// CLIENT subcommand …
	pub(super) fn client(&mut self, call: &mut Call<'_>) -> Done {
		let what = call.args.get(1).ok_or(ARGUMENTS)?.to_ascii_uppercase();
		match (what.as_slice(), call.args.len()) {
			(b"ID", 2) => resp::integer(call.reply, call.session.id.0 as i64),
			(b"GETNAME", 2) => resp::text(call.reply, &call.session.name),
			(b"SETNAME", 3) => {
				call.session.name = client_name(call.args.get(2).unwrap_or_default())?;
				resp::simple(call.reply, "OK");
			},
			(b"INFO", 2) => {
				let (id, address, name) =
					(call.session.id.0, &call.session.address, &call.session.name);
				resp::text(call.reply, &format!("id={id} addr={address} name={name} resp=2\n"));
			},
			// What library it is, and how it would like caches to treat it, changes nothing here.
			(b"SETINFO", 4) | (b"NO-EVICT" | b"NO-TOUCH", 3) => resp::simple(call.reply, "OK"),
			_ => return Err(Refusal::new("Command not supported")),
		}
		Ok(Outcome::Done)
	}

	/// CONFIG GET pattern…
	pub(super) fn config(&mut self, call: &mut Call<'_>) -> Done {
		if !call.args.get(1).is_some_and(|what| what.eq_ignore_ascii_case(b"GET")) {
			return Err(Refusal::new(
				"Settings are changed in the configuration file, and take effect with a restart",
			));
		}
		if call.args.len() < 3 {
			return Err(ARGUMENTS);
		}
		let settings = self.options.settings.iter().filter(|_| call.session.scope.is_none());
		let found: Vec<_> = settings
			.filter(|(name, _)| call.args.iter().skip(2).any(|asked| is_like(name, asked)))
			.collect();
		resp::array(call.reply, found.len() * 2);
		for (name, value) in found {
			resp::text(call.reply, name);
			resp::text(call.reply, value);
		}
		Ok(Outcome::Done)
	}

	/// COMMAND [COUNT | DOCS … | INFO name…]
	pub(super) fn describe(&mut self, call: &mut Call<'_>) -> Done {
		let what = call.args.get(1).map(<[u8]>::to_ascii_uppercase);
		match what.as_deref() {
			None => {
				resp::array(call.reply, TABLE.len());
				TABLE.iter().for_each(|row| describe(call.reply, row));
			},
			Some(b"COUNT") => resp::integer(call.reply, TABLE.len() as i64),
			// No texts are kept here: clients then show none.
			Some(b"DOCS") => resp::array(call.reply, 0),
			Some(b"INFO") => {
				resp::array(call.reply, call.args.len() - 2);
				for name in call.args.iter().skip(2) {
					match table::find(name) {
						Some(row) => describe(call.reply, row),
						None => call.reply.extend_from_slice(b"*-1\r\n"),
					}
				}
			},
			Some(_) => return Err(Refusal::new("Command not supported")),
		}
		Ok(Outcome::Done)
	}

	/// HELLO [2 [AUTH user password] [SETNAME name]]
	pub(super) fn hello(&mut self, call: &mut Call<'_>) -> Done {
		if call.args.get(1).is_some_and(|version| version != b"2") {
			return Err(Refusal::new("NOPROTO unsupported protocol version"));
		}
		let mut rest = call.args.iter().skip(2);
		while let Some(option) = rest.next() {
			match option.to_ascii_uppercase().as_slice() {
				b"AUTH" => {
					// There are no users, only an administrator.
					let (Some(_), Some(said)) = (rest.next(), rest.next()) else {
						return Err(ARGUMENTS);
					};
					self.authenticate(call.session, said)?;
				},
				b"SETNAME" => call.session.name = client_name(rest.next().ok_or(ARGUMENTS)?)?,
				_ => return Err(INVALID),
			}
		}
		resp::array(call.reply, 14);
		resp::text(call.reply, "server");
		resp::text(call.reply, "zdb");
		resp::text(call.reply, "version");
		resp::text(call.reply, env!("CARGO_PKG_VERSION"));
		resp::text(call.reply, "proto");
		resp::integer(call.reply, 2);
		resp::text(call.reply, "id");
		resp::integer(call.reply, call.session.id.0 as i64);
		resp::text(call.reply, "mode");
		resp::text(call.reply, "standalone");
		resp::text(call.reply, "role");
		resp::text(
			call.reply,
			if self.replication.following.is_some() { "replica" } else { "master" },
		);
		resp::text(call.reply, "modules");
		resp::array(call.reply, 0);
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
