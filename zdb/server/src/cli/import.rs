//! Copying from another server, by its own protocol.

use crate::{
	client::{Client, ClientError, Reply},
	config::read_secret,
	net::Address,
};
use anyhow::{bail, Context};
use clap::Args;
use std::{
	fs,
	path::PathBuf,
	time::{Duration, SystemTime, UNIX_EPOCH},
};
use zdb_store::{Mode, NamespaceId, Options, Settings, Store};

const PATIENCE: Duration = Duration::from_secs(60);
/// How many values are asked for at a time.
const BATCH: usize = 64;
/// How many ids may be missing in a row from a sequential namespace.
const GAP: u64 = 100_000_000;

/// From where to where.
#[derive(Debug, Args)]
pub(super) struct Import {
	/// The running server: ADDRESS:PORT, or the path of its unix socket
	#[arg(long, value_name = "SERVER")]
	from: Address,
	/// The folder of the data to copy into; it is made when it is not there
	#[arg(long, value_name = "FOLDER")]
	data: PathBuf,
	/// Only this namespace of a 0-db; may be given more than once
	#[arg(long, value_name = "NAME")]
	namespace: Vec<String>,
	/// The namespace that the keys of a redis go to
	#[arg(long, value_name = "NAME", default_value = "default")]
	into: String,
	/// A file that holds the administrator's password of the running server
	#[arg(long, value_name = "FILE")]
	admin_file: Option<PathBuf>,
	/// A file that holds the password of the namespaces that have one
	#[arg(long, value_name = "FILE")]
	password_file: Option<PathBuf>,
}

/// What was copied, and what was not.
#[derive(Default)]
struct Copied {
	written: u64,
	unchanged: u64,
	failed: u64,
}

struct Source {
	client: Client,
	password: Option<String>,
}

/// What is known of a value before it is asked for.
struct Key {
	name: Vec<u8>,
	timestamp: u32,
}

/// Copy, and fail when anything could not be.
pub(super) fn import(arguments: Import) -> anyhow::Result<()> {
	let mut client = Client::connect(&arguments.from, PATIENCE)?;
	if let Some(file) = &arguments.admin_file {
		client.ask(&["AUTH", &read_secret(file)?])?;
	}
	let info = client.ask(&["INFO"])?.bulk().ok_or_else(|| client.foreign())?;
	let is_zdb = String::from_utf8_lossy(&info).contains("0-db");
	let password = arguments.password_file.as_deref().map(read_secret).transpose()?;
	let mut source = Source { client, password };

	fs::create_dir_all(&arguments.data)
		.with_context(|| format!("cannot make {}", arguments.data.display()))?;
	let mut store = Store::open(Options::new(&arguments.data))
		.with_context(|| format!("cannot open the store in {}", arguments.data.display()))?;
	let copied = if is_zdb {
		source.copy_zdb(&mut store, &arguments.namespace)?
	} else {
		source.copy_redis(&mut store, arguments.into.as_bytes())?
	};
	store.close().context("the store did not end well")?;
	let Copied { written, unchanged, failed } = copied;
	println!(
		"{written} values copied, {unchanged} were there already, {failed} could not be copied"
	);
	if failed > 0 {
		bail!("{failed} values could not be copied: the lines above say which and why");
	}
	Ok(())
}

impl Source {
	fn copy_zdb(&mut self, store: &mut Store, only: &[String]) -> anyhow::Result<Copied> {
		let names = self.client.ask(&["NSLIST"])?.array().ok_or_else(|| self.client.foreign())?;
		let names: Vec<_> = names.into_iter().filter_map(Reply::bulk).collect();
		if let Some(missing) =
			only.iter().find(|name| !names.iter().any(|one| one == name.as_bytes()))
		{
			bail!("the server has no namespace {missing}");
		}
		let mut copied = Copied::default();
		for name in &names {
			let text = String::from_utf8_lossy(name).into_owned();
			if !only.is_empty() && !only.contains(&text) {
				continue;
			}
			self.select(name).with_context(|| format!("cannot read namespace {text}"))?;
			let info = self.client.ask(&[b"NSINFO", name.as_slice()])?.bulk().unwrap_or_default();
			let settings = settings(&String::from_utf8_lossy(&info));
			if String::from_utf8_lossy(&info).contains("password: yes") {
				eprintln!(
					"zdb: namespace {text} has a password, which is not copied: set it again"
				);
			}
			let id = namespace(store, name, settings.mode)?;
			self.copy_namespace(store, id, settings.mode, &text, &mut copied)?;
			// Only now: while it is copied, nothing may stand in the way.
			store.change(id, settings)?;
			store.commit()?;
		}
		Ok(copied)
	}

	fn select(&mut self, name: &[u8]) -> Result<(), ClientError> {
		let plain = [b"SELECT".as_slice(), name];
		if let (Reply::Error(_), Some(password)) = (self.client.call(&plain)?, &self.password) {
			self.client.ask(&[b"SELECT".as_slice(), name, password.as_bytes()])?;
			return Ok(());
		}
		self.client.ask(&plain).map(|_| ())
	}

	fn copy_namespace(
		&mut self,
		store: &mut Store,
		id: NamespaceId,
		mode: Mode,
		name: &str,
		copied: &mut Copied,
	) -> anyhow::Result<()> {
		let mut cursor: Option<Vec<u8>> = None;
		loop {
			let mut command = vec![b"SCAN".to_vec()];
			command.extend(cursor.take());
			let parts = match self.client.call(&command)? {
				Reply::Error(text) if text.starts_with("No more data") => return Ok(()),
				Reply::Error(text) => bail!("cannot walk over namespace {name}: {text}"),
				reply => reply.array().ok_or_else(|| self.client.foreign())?,
			};
			let [next, items] = <[Reply; 2]>::try_from(parts).map_err(|_| self.client.foreign())?;
			let items = items.array().ok_or_else(|| self.client.foreign())?;
			let keys: Option<Vec<_>> = items.into_iter().map(key).collect();
			let keys = keys.ok_or_else(|| self.client.foreign())?;
			self.copy_keys(store, id, mode, &keys, copied)?;
			cursor = Some(next.bulk().ok_or_else(|| self.client.foreign())?);
		}
	}

	fn copy_redis(&mut self, store: &mut Store, into: &[u8]) -> anyhow::Result<Copied> {
		let id = namespace(store, into, Mode::User)?;
		let timestamp =
			SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() as u32;
		let mut copied = Copied::default();
		let mut cursor = b"0".to_vec();
		loop {
			let parts = self.client.ask(&[
				b"SCAN".as_slice(),
				&cursor,
				b"COUNT",
				b"256",
				b"TYPE",
				b"string",
			])?;
			let parts = parts.array().ok_or_else(|| self.client.foreign())?;
			let [next, names] = <[Reply; 2]>::try_from(parts).map_err(|_| self.client.foreign())?;
			let names = names.array().ok_or_else(|| self.client.foreign())?;
			let names = names.into_iter().filter_map(Reply::bulk);
			let keys: Vec<_> = names.map(|name| Key { name, timestamp }).collect();
			self.copy_keys(store, id, Mode::User, &keys, &mut copied)?;
			cursor = next.bulk().ok_or_else(|| self.client.foreign())?;
			if cursor == b"0" {
				return Ok(copied);
			}
		}
	}

	fn copy_keys(
		&mut self,
		store: &mut Store,
		id: NamespaceId,
		mode: Mode,
		keys: &[Key],
		copied: &mut Copied,
	) -> anyhow::Result<()> {
		for keys in keys.chunks(BATCH) {
			for key in keys {
				self.client.queue(&[b"GET", key.name.as_slice()]);
			}
			self.client.send()?;
			for key in keys {
				let failed = match self.client.receive()? {
					Reply::Bulk(value) => match keep(store, id, mode, key, &value) {
						Ok(true) => {
							copied.written += 1;
							None
						},
						Ok(false) => {
							copied.unchanged += 1;
							None
						},
						Err(error) => Some(format!("{error:#}")),
					},
					// Deleted since it was listed.
					Reply::Nil => None,
					Reply::Error(text) => Some(text),
					_ => return Err(self.client.foreign().into()),
				};
				if let Some(why) = failed {
					eprintln!("zdb: key {} is not copied: {why}", key.name.escape_ascii());
					copied.failed += 1;
				}
			}
			store.commit()?;
			store.maintain()?;
		}
		Ok(())
	}
}

/// Write a value under its key; says whether it was not there already.
fn keep(
	store: &mut Store,
	id: NamespaceId,
	mode: Mode,
	key: &Key,
	value: &[u8],
) -> anyhow::Result<bool> {
	let Key { name, timestamp } = key;
	if mode == Mode::User {
		return Ok(store.set(id, name, value, *timestamp)? == zdb_store::Set::Written);
	}
	// Ids are numbers, the lowest byte first: four bytes in old versions of 0-db, eight in ours.
	if name.len() > 8 {
		bail!("it is no id of a sequential namespace");
	}
	let mut bytes = [0; 8];
	bytes[..name.len()].copy_from_slice(name);
	let wanted = u64::from_le_bytes(bytes);
	let next = store.info(id).map_or(0, |info| info.next_id);
	if wanted < next {
		return Ok(store.set(id, &bytes, value, *timestamp)? == zdb_store::Set::Written);
	}
	if wanted - next > GAP {
		bail!("more than {GAP} ids are missing before it");
	}
	// Ids that were deleted there are used up here too.
	for _ in next..wanted {
		let unused = store.append(id, &[], *timestamp)?;
		store.delete(id, &unused.to_le_bytes(), *timestamp)?;
	}
	store.append(id, value, *timestamp)?;
	Ok(true)
}

fn key(item: Reply) -> Option<Key> {
	let [name, _, timestamp] = <[Reply; 3]>::try_from(item.array()?).ok()?;
	let Reply::Integer(timestamp) = timestamp else { return None };
	Some(Key { name: name.bulk()?, timestamp: u32::try_from(timestamp).ok()? })
}

/// The namespace of that name, made when it is not there.
fn namespace(store: &mut Store, name: &[u8], mode: Mode) -> anyhow::Result<NamespaceId> {
	let text = String::from_utf8_lossy(name);
	match store.find(name) {
		Some(id) => {
			if store.settings(id).is_some_and(|settings| settings.mode != mode) {
				bail!("namespace {text} is there already, and its keys are of another kind");
			}
			Ok(id)
		},
		None => {
			let settings = Settings { mode, ..Settings::default() };
			store.create(name, settings).with_context(|| format!("cannot make namespace {text}"))
		},
	}
}

/// The settings that `NSINFO` tells.
fn settings(info: &str) -> Settings {
	let value = |name: &str| {
		info.lines()
			.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
			.unwrap_or("")
			.trim()
	};
	Settings {
		mode: if value("mode").starts_with("seq") { Mode::Sequential } else { Mode::User },
		public: value("public") == "yes",
		worm: value("worm") == "yes",
		max_bytes: value("data_limits_bytes").parse().ok().filter(|bytes| *bytes > 0),
		..Settings::default()
	}
}
