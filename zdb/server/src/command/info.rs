//! What the server tells of itself: INFO, for people and dashboards.

use super::{
	call::{Call, Done},
	database::Database,
	namespaces::mebi,
};
use crate::{net::Outcome, resp};
use std::{
	fmt::{Display, Write},
	fs::File,
	os::unix::fs::FileExt,
	sync::OnceLock,
	time::UNIX_EPOCH,
};
use zdb_store::NamespaceId;

/// Dashboards ask which redis this is like.
const LIKE_REDIS: &str = "7.0.0";

type Teller = fn(&Database, &mut Section);

const SECTIONS: &[(&str, Teller)] = &[
	("server", server),
	("clients", clients),
	("memory", memory),
	("persistence", persistence),
	("stats", stats),
	("replication", replication),
	("keyspace", keyspace),
];

struct Section(String);

impl Section {
	fn line(&mut self, name: impl Display, value: impl Display) {
		// Nothing can fail that writes to a string.
		let _ = write!(self.0, "{name}:{value}\r\n");
	}
}

impl Database {
	/// INFO [section…]
	pub(super) fn info(&mut self, call: &mut Call<'_>) -> Done {
		if let Some(id) = call.session.scope {
			resp::text(call.reply, &self.info_of(id));
			return Ok(Outcome::Done);
		}
		let asked = |name: &str| {
			call.args.len() == 1
				|| call.args.iter().skip(1).any(|section| {
					[name, "all", "everything", "default"]
						.iter()
						.any(|known| section.eq_ignore_ascii_case(known.as_bytes()))
				})
		};
		let mut text = Section(String::new());
		for (name, write) in SECTIONS.iter().filter(|(name, _)| asked(name)) {
			if !text.0.is_empty() {
				text.0 += "\r\n";
			}
			text.0 += "# ";
			text.0 += &name[..1].to_ascii_uppercase();
			text.0 += &name[1..];
			text.0 += "\r\n";
			write(self, &mut text);
		}
		resp::text(call.reply, &text.0);
		Ok(Outcome::Done)
	}

	/// What those hear who may know of one namespace only.
	fn info_of(&self, id: NamespaceId) -> String {
		let mut text = Section(String::from("# Server\r\n"));
		text.line("server_name", "0-db (zdb)");
		text.line("server_revision", env!("CARGO_PKG_VERSION"));
		text.line("redis_version", LIKE_REDIS);
		text.line("redis_mode", "standalone");
		text.0 += "\r\n# Keyspace\r\n";
		let called = self.served.get(&id).map_or("", |served| &served.called);
		if let Some(info) = self.store.info(id) {
			text.line(called, keyspace_line(info));
		}
		text.0
	}
}

fn server(database: &Database, section: &mut Section) {
	let started = database.figures.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
	let up = database.figures.since.elapsed().as_secs();
	section.line("server_name", "0-db (zdb)");
	section.line("server_revision", env!("CARGO_PKG_VERSION"));
	section.line("redis_version", LIKE_REDIS);
	section.line("redis_mode", "standalone");
	section.line("os", std::env::consts::OS);
	section.line("arch_bits", usize::BITS);
	section.line("process_id", std::process::id());
	section.line("boot_time", started);
	section.line("uptime", up);
	section.line("uptime_in_seconds", up);
	section.line("uptime_in_days", up / 86_400);
}

fn clients(database: &Database, section: &mut Section) {
	section.line("connected_clients", database.counters.connected);
	section.line("blocked_clients", database.watchers.waiting());
	section.line("clients_lifetime", database.counters.accepted);
	section.line("client_buffer_bytes", database.counters.buffered);
}

fn memory(database: &Database, section: &mut Section) {
	let resident = resident();
	let index: u64 = database
		.store
		.namespaces()
		.filter_map(|(id, _)| database.store.info(id))
		.map(|info| info.index_bytes)
		.sum();
	section.line("used_memory", resident);
	section.line("used_memory_rss", resident);
	section.line("used_memory_human", format_args!("{}M", mebi(resident)));
	section.line("used_memory_index", index);
	section.line("maxmemory", 0);
}

fn persistence(database: &Database, section: &mut Section) {
	let fine = if database.store.read_only().is_none() { "ok" } else { "err" };
	section.line("loading", 0);
	section.line("aof_enabled", 1);
	section.line("aof_last_write_status", fine);
	section.line("read_only_since", database.store.read_only().unwrap_or("never"));
	if let Some(free) = database.free_space() {
		section.line("data_disk_freespace_bytes", free);
	}
}

fn stats(database: &Database, section: &mut Section) {
	let (counters, figures) = (&database.counters, &database.figures);
	section.line("total_connections_received", counters.accepted);
	section.line("rejected_connections", counters.refused);
	section.line("client_connections_cut", counters.cut);
	section.line("total_commands_processed", counters.commands);
	section.line("commands_executed", counters.commands);
	section.line("commands_failed", figures.failed);
	section.line("commands_unauthorized", figures.denied);
	section.line("total_net_input_bytes", counters.received);
	section.line("total_net_output_bytes", counters.sent);
	section.line("data_disk_read_failed", figures.read_errors);
	section.line("data_disk_write_failed", figures.write_errors);
}

fn replication(database: &Database, section: &mut Section) {
	let replication = &database.replication;
	let end = database.store.log_end();
	if let Some(following) = &replication.following {
		let state = match (following.diverged, &following.trouble) {
			(true, _) => "diverged",
			(false, Some(_)) => "down",
			(false, None) => "up",
		};
		section.line("role", "slave");
		section.line("master", &following.master);
		section.line("master_link_status", state);
		section.line("master_link_trouble", following.trouble.as_deref().unwrap_or("none"));
	} else {
		section.line("role", "master");
	}
	section.line("connected_slaves", replication.replicas.len());
	for (index, replica) in replication.replicas.values().enumerate() {
		let (address, acknowledged) = (&replica.address, replica.acknowledged);
		let state = if acknowledged == end { "same" } else { "behind" };
		let offset = acknowledged.to_number();
		let line = format_args!("addr={address},state={state},offset={offset}");
		section.line(format_args!("slave{index}"), line);
	}
	section.line("master_repl_offset", end.to_number());
	let (scrub, records, damaged) = database.scrub.state();
	section.line("scrub", scrub);
	section.line("scrub_records_well", records);
	section.line("scrub_records_damaged", damaged);
	section.line("segments_compared", replication.compared);
	section.line("records_healed", replication.healed);
}

fn keyspace(database: &Database, section: &mut Section) {
	for (id, name) in database.store.namespaces() {
		if let Some(info) = database.store.info(id) {
			let name = String::from_utf8_lossy(name);
			section.line(name, keyspace_line(info));
		}
	}
}

fn keyspace_line(zdb_store::Info { entries, data_bytes, .. }: zdb_store::Info) -> String {
	format!("keys={entries},expires=0,avg_ttl=0,bytes={data_bytes}")
}

/// Where the kernel tells what the process has in memory.
static MEMORY: OnceLock<Option<File>> = OnceLock::new();

/// Makes sure that memory can be watched also where this can no longer be opened.
pub(crate) fn watch_memory() {
	MEMORY.get_or_init(|| File::open("/proc/self/statm").ok());
}

/// What the process has in memory.
pub(super) fn resident() -> u64 {
	watch_memory();
	let mut text = [0; 128];
	let read =
		MEMORY.get().and_then(Option::as_ref).and_then(|file| file.read_at(&mut text, 0).ok());
	let text = std::str::from_utf8(&text[..read.unwrap_or(0)]).unwrap_or_default();
	let pages = text.split_ascii_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
	pages.unwrap_or(0) * rustix::param::page_size() as u64
}
