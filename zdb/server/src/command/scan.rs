//! Walks over all keys, and over the past of one.

use super::{
	call::{Call, Done},
	data::valid,
	database::Database,
	refusal::{Refusal, INVALID, NOT_FOUND},
	session::Session,
};
use crate::{net::Outcome, resp};
use std::time::{Duration, Instant};
use zdb_store::{Cursor, Direction, Page, ReadError, Version};

/// How many keys a reply tells at most.
const PAGE: usize = 256;
/// For how long keys are looked for where there are few.
const TIME: Duration = Duration::from_millis(2);

impl Database {
	/// SCAN [cursor], RSCAN [cursor]
	pub(super) fn scan(&mut self, call: &mut Call<'_>, direction: Direction) -> Done {
		let mut after = match call.args.get(1) {
			None => None,
			Some(cursor) => {
				Some(Cursor::from_bytes(cursor).ok_or(Refusal::new("Invalid key format"))?)
			},
		};
		let began = Instant::now();
		let page = loop {
			let page = self.store.scan(call.session.namespace, after, direction, PAGE);
			let page = page.map_err(|error| self.unread(error))?;
			if !page.items.is_empty() || page.next.is_none() || began.elapsed() > TIME {
				break page;
			}
			after = page.next;
		};
		let Some(next) = self.after(call.session, &page)? else {
			return Err(Refusal::new("No more data"));
		};
		resp::array(call.reply, 2);
		resp::bulk(call.reply, &next.to_bytes());
		resp::array(call.reply, page.items.len());
		for item in &page.items {
			resp::array(call.reply, 3);
			resp::bulk(call.reply, &item.key);
			resp::integer(call.reply, item.length.into());
			resp::integer(call.reply, item.timestamp.into());
		}
		Ok(Outcome::Read)
	}

	/// Where the scan goes on after `page`. The last page has an end too: who asks from there is
	/// told that there is no more. None where there was nothing at all.
	fn after(&mut self, session: &Session, page: &Page) -> Result<Option<Cursor>, Refusal> {
		match (page.next, page.items.last()) {
			(Some(next), _) => Ok(Some(next)),
			(None, None) => Ok(None),
			(None, Some(last)) => {
				let cursor = self.store.cursor(session.namespace, &last.key);
				cursor.map_err(|error| self.unread(error))
			},
		}
	}

	/// KEYCUR key
	pub(super) fn key_cursor(&mut self, call: &mut Call<'_>) -> Done {
		let [key] = call.exactly()?;
		let cursor = self.store.cursor(call.session.namespace, valid(key)?);
		let cursor = cursor.map_err(|error| self.unread(error))?.ok_or(NOT_FOUND)?;
		resp::bulk(call.reply, &cursor.to_bytes());
		Ok(Outcome::Read)
	}

	/// HISTORY key [version]
	pub(super) fn history(&mut self, call: &mut Call<'_>) -> Done {
		let (Some(key), true) = (call.args.get(1), call.args.len() <= 3) else {
			return Err(Refusal::new("Invalid arguments"));
		};
		if key.is_empty() {
			return Err(INVALID);
		}
		let version = match call.args.get(2).map(<[u8; 8]>::try_from) {
			None => None,
			Some(Ok([0, 0, 0, 0, 0, 0, 0, 0])) => return Err(Refusal::new("No more history")),
			Some(Ok(bytes)) => Some(Version::from_bytes(bytes).ok_or(ReadError::Version)?),
			Some(Err(_)) => return Err(Refusal::new("Invalid arguments")),
		};
		let past = self.store.history(call.session.namespace, valid(key)?, version);
		let past = past.map_err(|error| self.unread(error))?.ok_or(NOT_FOUND)?;
		resp::array(call.reply, 3);
		match past.previous {
			Some(previous) => resp::bulk(call.reply, &previous.to_bytes()),
			None => resp::nil(call.reply),
		}
		resp::text(call.reply, &past.timestamp.to_string());
		match past.value {
			Some(value) => resp::bulk(call.reply, &value),
			None => resp::nil(call.reply),
		}
		Ok(Outcome::Read)
	}
}
