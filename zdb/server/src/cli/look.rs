//! Looking at a data folder that no server has open.

use anyhow::{bail, Context};
use clap::Args;
use serde::Serialize;
use std::{
	io::{self, BufWriter, Write},
	path::{Path, PathBuf},
};
use zdb_store::{Mode, NamespaceId, Options, ReadError, Store};

/// Which folder.
#[derive(Debug, Args)]
pub(super) struct Folder {
	/// The folder of the data
	#[arg(long, value_name = "FOLDER")]
	data: PathBuf,
}

/// What of which folder.
#[derive(Debug, Args)]
pub(super) struct Dump {
	#[command(flatten)]
	folder: Folder,
	/// Only this namespace
	#[arg(long, value_name = "NAME")]
	namespace: Option<String>,
	/// With the values
	#[arg(long)]
	values: bool,
}

/// A line of a dump. Keys and values are any bytes, and so are written in hexadecimal.
#[derive(Serialize)]
struct Line<'a> {
	namespace: &'a str,
	key: String,
	length: u32,
	timestamp: u32,
	#[serde(skip_serializing_if = "Option::is_none")]
	value: Option<String>,
	#[serde(skip_serializing_if = "Option::is_none")]
	error: Option<String>,
}

/// A store in a folder that has to be there already.
fn open(folder: &Path) -> anyhow::Result<Store> {
	if !folder.is_dir() {
		bail!("{} is no folder", folder.display());
	}
	let store = Store::open(Options::new(folder));
	store.with_context(|| format!("cannot open the store in {}", folder.display()))
}

fn names(store: &Store) -> Vec<(NamespaceId, String)> {
	let all = store.namespaces();
	all.map(|(id, name)| (id, String::from_utf8_lossy(name).into_owned())).collect()
}

/// Read everything, tell what is damaged, and fail when anything is.
pub(super) fn check(folder: &Folder) -> anyhow::Result<()> {
	let mut store = open(&folder.data)?;
	let checked = store.check_all()?;
	let names = names(&store);
	let mut out = BufWriter::new(io::stdout().lock());
	for damage in &checked.damaged {
		let whose = match &damage.key {
			Some((id, key)) => {
				let name = names.iter().find(|(one, _)| one == id).map(|(_, name)| name.as_str());
				let name = name.unwrap_or("a removed namespace");
				format!("key {} of {name}", key.escape_ascii())
			},
			None => "an unknown key".into(),
		};
		let needed = if damage.needed { "needed" } else { "replaced since" };
		let (segment, offset) = (damage.segment, damage.offset);
		writeln!(out, "damaged: segment {segment} at {offset}: {whose}, {needed}")?;
	}
	writeln!(out, "{} records are well, {} are damaged", checked.records, checked.damaged.len())?;
	out.flush()?;
	if checked.damaged.iter().any(|damage| damage.needed) {
		bail!("what is needed is damaged: repair it from a replica, or write these keys again");
	}
	Ok(())
}

/// Print the keys.
pub(super) fn dump(dump: &Dump) -> anyhow::Result<()> {
	let mut store = open(&dump.folder.data)?;
	let mut out = BufWriter::new(io::stdout().lock());
	let mut unread = 0u64;
	let mut found = false;
	for (id, name) in names(&store) {
		if dump.namespace.as_ref().is_some_and(|wanted| *wanted != name) {
			continue;
		}
		found = true;
		if store.settings(id).is_some_and(|settings| settings.frozen) {
			bail!("namespace {name} is frozen: unfreeze it to dump it");
		}
		store.dump::<anyhow::Error>(id, |item, value| {
			unread += u64::from(value.is_err());
			let line = Line {
				namespace: &name,
				key: hex::encode(&item.key),
				length: item.length,
				timestamp: item.timestamp,
				value: value.as_ref().ok().filter(|_| dump.values).map(hex::encode),
				error: value.as_ref().err().map(ReadError::to_string),
			};
			serde_json::to_writer(&mut out, &line)?;
			Ok(writeln!(out)?)
		})?;
	}
	out.flush()?;
	if let (Some(name), false) = (&dump.namespace, found) {
		bail!("there is no namespace {name}");
	}
	if unread > 0 {
		bail!("{unread} values are damaged: 'zdb check' tells which");
	}
	Ok(())
}

/// Tell how much there is.
pub(super) fn stats(folder: &Folder) -> anyhow::Result<()> {
	let store = open(&folder.data)?;
	let stats = store.stats();
	let mut out = BufWriter::new(io::stdout().lock());
	writeln!(out, "keys          {}", stats.entries)?;
	writeln!(out, "values        {} bytes", stats.data_bytes)?;
	writeln!(out, "log           {} bytes in {} segments", stats.log_bytes, stats.segments)?;
	writeln!(out, "dead          {} bytes", stats.dead_bytes)?;
	writeln!(out, "index         {} bytes of memory", stats.index_bytes)?;
	if let Some(free) = stats.free_bytes {
		writeln!(out, "free          {free} bytes")?;
	}
	writeln!(
		out,
		"\n{:<24} {:<10} {:>12} {:>16} {:>16}",
		"namespace", "mode", "keys", "values", "disk"
	)?;
	for (id, name) in names(&store) {
		let (Some(settings), Some(info)) = (store.settings(id), store.info(id)) else { continue };
		let mode = match settings.mode {
			Mode::User => "user",
			Mode::Sequential => "seq",
		};
		let (keys, values, disk) = (info.entries, info.data_bytes, info.disk_bytes);
		writeln!(out, "{name:<24} {mode:<10} {keys:>12} {values:>16} {disk:>16}")?;
	}
	Ok(out.flush()?)
}
