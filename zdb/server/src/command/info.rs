//! What the server tells of itself: INFO for people and dashboards, and the page for Prometheus.

use super::{
	database::{Database, Done},
	namespaces::mebi,
	session::Session,
};
use crate::{
	net::Outcome,
	resp::{self, Args},
};
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
	pub(super) fn info(&mut self, session: &Session, args: Args<'_>, reply: &mut Vec<u8>) -> Done {
		if let Some(id) = session.scope {
			resp::text(reply, &self.info_of(id));
			return Ok(Outcome::Done);
		}
		let asked = |name: &str| {
			args.len() == 1
				|| args.iter().skip(1).any(|section| {
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
		resp::text(reply, &text.0);
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

	/// The page for Prometheus.
	pub(super) fn exposition(&self) -> String {
		let mut page = String::new();
		let mut metric = |kind: &str, name: &str, help: &str, value: &dyn Display| {
			let _ = writeln!(page, "# HELP zdb_{name} {help}");
			let _ = writeln!(page, "# TYPE zdb_{name} {kind}");
			let _ = writeln!(page, "zdb_{name} {value}");
		};
		let counters = &self.counters;
		let figures = &self.figures;
		let up = figures.since.elapsed().as_secs();
		metric("gauge", "up_seconds", "How long the server runs.", &up);
		metric("gauge", "clients", "Clients connected.", &counters.connected);
		metric("counter", "clients_total", "Clients that came in.", &counters.accepted);
		metric(
			"counter",
			"clients_refused_total",
			"Clients for whom there was no room.",
			&counters.refused,
		);
		metric(
			"counter",
			"clients_cut_total",
			"Clients cut for not reading, silence or size.",
			&counters.cut,
		);
		metric(
			"counter",
			"malformed_total",
			"Clients whose bytes were no commands.",
			&counters.malformed,
		);
		metric(
			"gauge",
			"buffer_bytes",
			"Half-received commands and unread replies.",
			&counters.buffered,
		);
		metric("counter", "commands_total", "Commands executed.", &counters.commands);
		metric(
			"counter",
			"commands_failed_total",
			"Commands answered with an error.",
			&figures.failed,
		);
		metric(
			"counter",
			"commands_denied_total",
			"Commands that only administrators may give.",
			&figures.denied,
		);
		metric("counter", "received_bytes_total", "Bytes received.", &counters.received);
		metric("counter", "sent_bytes_total", "Bytes sent.", &counters.sent);
		metric(
			"counter",
			"failed_commits_total",
			"Batches of writes that the disk refused.",
			&counters.failed_commits,
		);
		metric(
			"counter",
			"read_errors_total",
			"Reads of damaged or unreadable records.",
			&figures.read_errors,
		);
		metric(
			"counter",
			"write_errors_total",
			"Writes that the disk refused.",
			&figures.write_errors,
		);
		metric(
			"gauge",
			"read_only",
			"Whether the store takes no changes.",
			&u8::from(self.store.read_only().is_some()),
		);
		metric("gauge", "resident_bytes", "Memory in use.", &resident());
		let replication = &self.replication;
		let following = replication.following.as_ref();
		let linked = following.is_some_and(|following| following.trouble.is_none());
		let diverged = following.is_some_and(|following| following.diverged);
		metric("gauge", "replicas", "Replicas that follow.", &replication.replicas.len());
		metric("gauge", "is_replica", "Whether this is a replica.", &u8::from(following.is_some()));
		metric("gauge", "replica_linked", "Whether it follows its master.", &u8::from(linked));
		metric("gauge", "replica_diverged", "Whether it differs from it.", &u8::from(diverged));
		metric("counter", "healed_total", "Records repaired from a copy.", &replication.healed);
		let (_, _, damaged) = self.scrub.state();
		metric("gauge", "scrub_damaged", "What the last SCRUB found damaged.", &damaged);
		if let Some(free) = self.free_space() {
			metric("gauge", "disk_free_bytes", "Room on the disk of the data.", &free);
		}
		self.expose_namespaces(&mut page);
		page
	}

	fn expose_namespaces(&self, page: &mut String) {
		type Figure = fn(zdb_store::Info) -> u64;
		let figures: [(&str, &str, Figure); 4] = [
			("entries", "Keys in the namespace.", |info| info.entries),
			("data_bytes", "Length of all values in the namespace.", |info| info.data_bytes),
			("disk_bytes", "Disk that the namespace takes.", |info| info.disk_bytes),
			("index_bytes", "Memory that the namespace's index takes.", |info| info.index_bytes),
		];
		for (name, help, figure) in figures {
			let _ = writeln!(page, "# HELP zdb_namespace_{name} {help}");
			let _ = writeln!(page, "# TYPE zdb_namespace_{name} gauge");
			for (id, namespace) in self.store.namespaces() {
				let Some(info) = self.store.info(id) else { continue };
				let label =
					String::from_utf8_lossy(namespace).replace('\\', "\\\\").replace('"', "\\\"");
				let value = figure(info);
				let _ = writeln!(page, "zdb_namespace_{name}{{namespace=\"{label}\"}} {value}");
			}
		}
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
fn resident() -> u64 {
	watch_memory();
	let mut text = [0; 128];
	let read =
		MEMORY.get().and_then(Option::as_ref).and_then(|file| file.read_at(&mut text, 0).ok());
	let text = std::str::from_utf8(&text[..read.unwrap_or(0)]).unwrap_or_default();
	let pages = text.split_ascii_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
	pages.unwrap_or(0) * rustix::param::page_size() as u64
}
