//! Namespaces: made, changed, told of and removed.

use super::{
	access::MAX_NAME,
	database::{exactly, none, Database, Done},
	password,
	refusal::{Refusal, GONE, INVALID, NO_NAMESPACE, READ_ONLY},
	session::Session,
};
use crate::{
	net::Outcome,
	resp::{self, Args},
};
use std::fmt::Write;
use zdb_store::{Mode, NamespaceId, Settings};

/// Passwords of namespaces are no longer than this.
const MAX_VALUE: usize = 63;

impl Database {
	/// The namespace of that name.
	pub(super) fn named(&self, name: &[u8]) -> Result<NamespaceId, Refusal> {
		fits(name)?;
		self.store.find(name).ok_or(NO_NAMESPACE)
	}

	/// NSNEW namespace
	pub(super) fn ns_new(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		self.admin_only(session)?;
		let [name] = exactly(args)?;
		fits(name)?;
		if !is_name(name) {
			return Err(Refusal::new("This name is not allowed"));
		}
		let mode = self.options.mode.unwrap_or_default();
		self.store.create(name, Settings { mode, ..Settings::default() })?;
		log::info!("{} made namespace {}", session.address, String::from_utf8_lossy(name));
		resp::simple(reply, "OK");
		Ok(Outcome::Wrote)
	}

	/// NSDEL namespace
	pub(super) fn ns_del(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		self.admin_only(session)?;
		let [name] = exactly(args)?;
		let id = match self.named(name) {
			Err(refusal) if refusal.text == NO_NAMESPACE.text => {
				return Err(Refusal::new("This namespace doesn't exists"))
			},
			id => id?,
		};
		if id == self.default {
			return Err(Refusal::new("Cannot remove default namespace"));
		}
		if id == session.namespace {
			return Err(Refusal::new("Cannot remove namespace you're currently using."));
		}
		self.store.remove(id)?;
		log::info!("{} removed namespace {}", session.address, String::from_utf8_lossy(name));
		resp::simple(reply, "OK");
		Ok(Outcome::Wrote)
	}

	/// NSLIST
	pub(super) fn ns_list(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		none(args)?;
		if let Some(called) = self.called(session) {
			resp::array(reply, 1);
			resp::bulk(reply, called.as_bytes());
			return Ok(Outcome::Read);
		}
		resp::array(reply, self.store.namespaces().count());
		for (_, name) in self.store.namespaces() {
			resp::bulk(reply, name);
		}
		Ok(Outcome::Read)
	}

	/// NSSET namespace property value
	pub(super) fn ns_set(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		self.admin_only(session)?;
		let [name, property, value] = exactly(args)?;
		let id = self.named(name)?;
		let mut settings = self.store.settings(id).ok_or(NO_NAMESPACE)?.clone();
		if value.len() > MAX_VALUE {
			return Err(Refusal::new("Invalid value"));
		}
		match property {
			b"lock" => settings.locked = switch(value)?,
			b"freeze" => settings.frozen = switch(value)?,
			b"mode" => settings.mode = self.mode(value)?,
			_ if id == self.default => return Err(Refusal::new("Cannot update default namespace")),
			b"public" => settings.public = switch(value)?,
			b"worm" => settings.worm = switch(value)?,
			b"maxsize" => {
				let bytes = resp::parse_integer(value).and_then(|bytes| u64::try_from(bytes).ok());
				settings.max_bytes = Some(bytes.ok_or(INVALID)?).filter(|bytes| *bytes > 0);
			},
			b"password" if value == b"*" => settings.password = None,
			b"password" => {
				let kept = password::keep(name, value, self.access.key.as_ref());
				settings.password = Some(kept.ok_or(INVALID)?);
			},
			_ => return Err(Refusal::new("Invalid property")),
		}
		self.store.change(id, settings)?;
		log::info!(
			"{} set {} of namespace {}",
			session.address,
			String::from_utf8_lossy(property),
			String::from_utf8_lossy(name)
		);
		resp::simple(reply, "OK");
		Ok(Outcome::Wrote)
	}

	fn mode(&self, value: &[u8]) -> Result<Mode, Refusal> {
		if self.options.mode.is_some() {
			return Err(Refusal::new(
				"This server instance is configured to use a single runtime mode",
			));
		}
		match value {
			b"user" => Ok(Mode::User),
			b"seq" => Ok(Mode::Sequential),
			_ => Err(INVALID),
		}
	}

	/// FLUSH
	pub(super) fn flush(&mut self, session: &Session, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		none(args)?;
		let settings = self.store.settings(session.namespace).ok_or(GONE)?;
		if settings.public || settings.password.is_none() {
			return Err(Refusal::new("Flushing public namespace denied"));
		}
		if !session.writable {
			return Err(READ_ONLY);
		}
		self.store.flush(session.namespace)?;
		resp::simple(reply, "OK");
		Ok(Outcome::Wrote)
	}

	/// DBSIZE
	pub(super) fn db_size(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		none(args)?;
		let info = self.store.info(session.namespace).ok_or(GONE)?;
		resp::integer(reply, i64::try_from(info.entries).unwrap_or(i64::MAX));
		Ok(Outcome::Read)
	}

	/// NSINFO namespace
	pub(super) fn ns_info(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		let [name] = exactly(args)?;
		let id = self.named_to(session, name)?;
		let text = self.describe_namespace(session, id, name);
		resp::text(reply, &text.ok_or(NO_NAMESPACE)?);
		Ok(Outcome::Read)
	}

	fn describe_namespace(
		&self,
		session: &Session,
		id: NamespaceId,
		name: &[u8],
	) -> Option<String> {
		let settings = self.store.settings(id)?;
		let info = self.store.info(id)?;
		let mut text = String::from("# namespace\n");
		let mut line = |name: &str, value: &dyn std::fmt::Display| {
			// Nothing can fail that writes to a string.
			let _ = writeln!(text, "{name}: {value}");
		};
		let yes = |yes: bool| if yes { "yes" } else { "no" };
		line("name", &String::from_utf8_lossy(name));
		line("entries", &info.entries);
		line("public", &yes(settings.public));
		line("worm", &yes(settings.worm));
		line("locked", &yes(settings.locked));
		line("frozen", &yes(settings.frozen));
		line("password", &yes(settings.password.is_some()));
		line("data_size_bytes", &info.data_bytes);
		line("data_size_mb", &mebi(info.data_bytes));
		line("data_limits_bytes", &settings.max_bytes.unwrap_or(0));
		line("data_disk_bytes", &info.disk_bytes);
		line("index_size_bytes", &info.index_bytes);
		line("index_size_kb", &format_args!("{:.2}", info.index_bytes as f64 / 1024.0));
		line("next_internal_id", &info.next_id);
		line(
			"mode",
			&match settings.mode {
				Mode::User => "userkey",
				Mode::Sequential => "sequential",
			},
		);
		if let Some(limit) = settings.max_bytes {
			line("space_available", &limit.saturating_sub(info.data_bytes));
		}
		if let Some(free) = self.free_space().filter(|_| session.scope.is_none()) {
			line("index_disk_freespace_bytes", &free);
			line("index_disk_freespace_mb", &mebi(free));
			line("data_disk_freespace_bytes", &free);
			line("data_disk_freespace_mb", &mebi(free));
		}
		if session.admin {
			line("data_path", &self.options.folder.display());
		}
		Some(text)
	}

	/// How much room the disk has for more data.
	pub(super) fn free_space(&self) -> Option<u64> {
		let disk = rustix::fs::statvfs(&self.options.folder).ok()?;
		Some(disk.f_frsize.saturating_mul(disk.f_bavail))
	}
}

/// Refuses a name that no namespace can have for its length.
fn fits(name: &[u8]) -> Result<(), Refusal> {
	match name.len() > MAX_NAME {
		true => Err(Refusal::new("Namespace too long")),
		false => Ok(()),
	}
}

/// Whether a namespace may be called so.
pub(super) fn is_name(name: &[u8]) -> bool {
	name.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'/')
}

fn switch(value: &[u8]) -> Result<bool, Refusal> {
	match value {
		b"0" => Ok(false),
		b"1" => Ok(true),
		_ => Err(INVALID),
	}
}

pub(super) fn mebi(bytes: u64) -> String {
	format!("{:.2}", bytes as f64 / (1 << 20) as f64)
}
