//! What the server tells of itself to Prometheus.

use super::{database::Database, info::resident};
use std::fmt::{Display, Write};

impl Database {
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
