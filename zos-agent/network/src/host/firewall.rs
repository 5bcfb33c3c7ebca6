//! Firewalls, as `nft` is told them: whole tables, of which the kernel takes all or nothing.

use crate::{error::Doing, NetworkError};
use serde_json::{json, Value};
use std::{
	io::Write,
	process::{Command, Stdio},
};

/// A table that is to be there, with what is in it.
pub(crate) struct Table {
	family: &'static str,
	name: String,
	items: Vec<Value>,
}

impl Table {
	pub(crate) fn new(family: &'static str, name: &str) -> Self {
		Self { family, name: name.into(), items: Vec::new() }
	}

	fn add(&mut self, kind: &str, mut what: Value) {
		what["family"] = self.family.into();
		what["table"] = self.name.as_str().into();
		self.items.push(json!({"add": {kind: what}}));
	}

	/// A chain through which packets go.
	pub(crate) fn chain(&mut self, kind: &str, hook: &str, priority: i32, policy: &str) {
		self.add(
			"chain",
			json!({"name": hook, "type": kind, "hook": hook, "prio": priority, "policy": policy}),
		);
	}

	/// A set of tuples of these kinds.
	pub(crate) fn set(&mut self, name: &str, kinds: &[&str], elements: Vec<Value>) {
		let mut set = json!({"name": name, "type": kinds});
		if let [kind] = kinds {
			set["type"] = json!(kind);
		}
		if kinds.len() == 1 {
			set["flags"] = json!(["interval"]);
		}
		if !elements.is_empty() {
			set["elem"] = elements.into();
		}
		self.add("set", set);
	}

	/// A rule at the end of a chain.
	pub(crate) fn rule(&mut self, chain: &str, does: impl IntoIterator<Item = Value>) {
		let does: Vec<_> = does.into_iter().collect();
		self.add("rule", json!({"chain": chain, "expr": does}));
	}

	/// What makes the table be this one, whatever it was.
	fn commands(self) -> Vec<Value> {
		let table = json!({"family": self.family, "name": self.name});
		let mut commands = vec![
			// It has to be there to be removed.
			json!({"add": {"table": table}}),
			json!({"delete": {"table": table}}),
			json!({"add": {"table": table}}),
		];
		commands.extend(self.items);
		commands
	}
}

/// Have these tables as they are, in the namespace of this thread.
pub(crate) fn replace(tables: Vec<Table>) -> Result<(), NetworkError> {
	tell(tables.into_iter().flat_map(Table::commands).collect())
}

/// Have no table of that name.
pub(crate) fn remove(family: &str, name: &str) -> Result<(), NetworkError> {
	let table = json!({"family": family, "name": name});
	tell(vec![json!({"add": {"table": table}}), json!({"delete": {"table": table}})])
}

fn tell(commands: Vec<Value>) -> Result<(), NetworkError> {
	let mut child = Command::new("nft")
		.args(["-j", "-f", "-"])
		.stdin(Stdio::piped())
		.stdout(Stdio::null())
		.stderr(Stdio::piped())
		.spawn()
		.doing("run nft: install nftables")?;
	let said = json!({"nftables": commands}).to_string();
	let written = match child.stdin.take() {
		Some(mut input) => input.write_all(said.as_bytes()),
		None => Ok(()),
	};
	let output = child.wait_with_output().doing("run nft")?;
	if !output.status.success() {
		let said = String::from_utf8_lossy(&output.stderr);
		return Err(NetworkError::Rules { said: said.lines().next().unwrap_or_default().into() });
	}
	written.doing("speak with nft")
}

/// The packet has this.
pub(crate) fn is(left: Value, right: impl Into<Value>) -> Value {
	json!({"match": {"op": "==", "left": left, "right": right.into()}})
}

/// The packet does not have this.
pub(crate) fn is_not(left: Value, right: impl Into<Value>) -> Value {
	json!({"match": {"op": "!=", "left": left, "right": right.into()}})
}

/// What the kernel knows of a packet.
pub(crate) fn meta(key: &str) -> Value {
	json!({"meta": {"key": key}})
}

/// What is written in the header of a protocol.
pub(crate) fn field(protocol: &str, field: &str) -> Value {
	json!({"payload": {"protocol": protocol, "field": field}})
}

/// Several things in a row.
pub(crate) fn all_of(parts: &[Value]) -> Value {
	json!({"concat": parts})
}

/// One of several things.
pub(crate) fn one_of(parts: impl IntoIterator<Item = Value>) -> Value {
	json!({"set": parts.into_iter().collect::<Vec<_>>()})
}

/// Addresses that begin alike.
pub(crate) fn prefix(ip: impl ToString, bits: u8) -> Value {
	json!({"prefix": {"addr": ip.to_string(), "len": bits}})
}

/// The packet is of a conversation that was let in before.
pub(crate) fn is_known() -> Value {
	json!({"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}})
}

/// The packet is of a conversation that a forward let in.
pub(crate) fn is_forwarded() -> Value {
	json!({"match": {"op": "in", "left": {"ct": {"key": "status"}}, "right": "dnat"}})
}

/// As many conversations as this came by here and still last.
pub(crate) fn are_more_than(count: u32) -> Value {
	json!({"ct count": {"val": count, "inv": true}})
}

/// Let it pass.
pub(crate) fn accept() -> Value {
	json!({"accept": null})
}

/// Lose it.
pub(crate) fn drop() -> Value {
	json!({"drop": null})
}

/// Lose it, and say so.
pub(crate) fn reject() -> Value {
	json!({"reject": {"type": "icmpx", "expr": "admin-prohibited"}})
}
