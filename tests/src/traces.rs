use serde_json::Value;
use std::{fs, path::Path};
use zos_core::HostNames;
use zos_testing::hosts::tried;

/// Where namespaces are, and where tunnels are spoken to.
const NAMESPACES: &str = "/run/netns";
const CONTROLS: &str = "/run/wireguard";

/// What an agent has made of the network of its machine, found by its names alone.
pub(crate) struct Traces {
	pub(crate) names: HostNames,
	/// Where the machine's network is, if it is not the test's.
	pub(crate) namespace: Option<String>,
}

impl Traces {
	/// What there is of it.
	pub(crate) fn left(&self) -> Vec<String> {
		let table = self.has_table().then(|| format!("table {}", self.table()));
		let parts = [self.namespaces(), self.controls(), self.links()];
		parts.into_iter().flatten().chain(table).collect()
	}

	/// Have nothing of it.
	pub(crate) fn remove(&self) {
		for name in self.namespaces() {
			tried(&format!("ip netns del {name}"));
		}
		for control in self.controls() {
			let _ = fs::remove_file(Path::new(CONTROLS).join(control));
		}
		for link in self.links() {
			self.tried(&format!("ip link del {link}"));
		}
		if self.has_table() {
			self.tried(&format!("nft delete table inet {}", self.table()));
		}
	}

	fn table(&self) -> &str {
		self.names.prefix().trim_end_matches('-')
	}

	/// What short names have of the agent.
	fn short(&self, letter: char) -> String {
		format!("{letter}{}", self.table().trim_start_matches("zos-"))
	}

	/// Those of networks, and of who is in them.
	fn namespaces(&self) -> Vec<String> {
		beginning_with(NAMESPACES, self.names.prefix())
	}

	/// Where its tunnels are spoken to.
	fn controls(&self) -> Vec<String> {
		beginning_with(CONTROLS, &self.short('w'))
	}

	/// The ways between the machine and networks.
	fn links(&self) -> Vec<String> {
		let all = self.asked("ip -j link show");
		let names = all.as_array().into_iter().flatten();
		let names = names.filter_map(|it| it["ifname"].as_str().map(String::from));
		names.filter(|it| it.starts_with(&self.short('z'))).collect()
	}

	fn has_table(&self) -> bool {
		let all = self.asked("nft -j list tables");
		let mut tables = all["nftables"].as_array().into_iter().flatten();
		tables.any(|it| it["table"]["name"].as_str() == Some(self.table()))
	}

	fn asked(&self, line: &str) -> Value {
		serde_json::from_str(&self.tried(line)).unwrap_or_default()
	}

	/// Runs a program on the machine.
	fn tried(&self, line: &str) -> String {
		match &self.namespace {
			Some(name) => tried(&format!("ip netns exec {name} {line}")).1,
			None => tried(line).1,
		}
	}
}

fn beginning_with(folder: &str, prefix: &str) -> Vec<String> {
	let entries = fs::read_dir(folder).into_iter().flatten().flatten();
	let names = entries.map(|it| it.file_name().to_string_lossy().into_owned());
	names.filter(|it| it.starts_with(prefix)).collect()
}
