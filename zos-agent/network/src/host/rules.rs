//! What may pass where.

use super::{
	firewall::{
		accept, all_of, are_more_than, drop, field, is, is_forwarded, is_known, is_not, meta,
		one_of, prefix, reject, Table,
	},
	links::Mac,
};
use grid_primitives::spec::{Egress, Network, Protocol};
use serde_json::{json, Value};
use std::{collections::BTreeSet, net::Ipv4Addr};

/// The bridge of a network, in its namespace.
pub(crate) const BRIDGE: &str = "grid";
/// The way out of a network, in its namespace.
pub(crate) const UPLINK: &str = "out";
/// The name of our tables in namespaces of networks.
const TABLE: &str = "grid";
const NAMES: u16 = 53;
/// The most conversations that a network has through the machine each way, whose table of them is
/// everybody's.
const MOST: u32 = 16_384;

const DSTNAT: i32 = -100;
const FILTER: i32 = 0;
const SRCNAT: i32 = 100;
const BRIDGED: i32 = -300;

/// Where nobody goes from a network but to the network itself: what is not the internet.
const NOT_INTERNET: [(&str, u8); 12] = [
	("0.0.0.0", 8),
	("10.0.0.0", 8),
	("100.64.0.0", 10),
	("127.0.0.0", 8),
	("169.254.0.0", 16),
	("172.16.0.0", 12),
	("192.0.0.0", 24),
	("192.88.99.0", 24),
	("192.168.0.0", 16),
	("198.18.0.0", 15),
	("224.0.0.0", 4),
	("240.0.0.0", 4),
];

/// A workload in a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
	/// The port of the bridge at which it is.
	pub(crate) port: String,
	pub(crate) mac: Mac,
	pub(crate) ip: [u8; 4],
}

/// A port of the machine that leads to a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Forwarded {
	pub(crate) protocol: Protocol,
	pub(crate) port: u16,
	pub(crate) to: [u8; 4],
	pub(crate) to_port: u16,
}

/// What passes within a network.
pub(crate) struct Inside<'a> {
	pub(crate) network: &'a Network,
	pub(crate) tunnel: &'a str,
	pub(crate) gateway: Mac,
	pub(crate) members: &'a [Member],
	pub(crate) forwards: &'a [Forwarded],
	/// Whether there is a way to the machine.
	pub(crate) has_uplink: bool,
}

fn mac(mac: &Mac) -> String {
	mac.map(|byte| format!("{byte:02x}")).join(":")
}

fn v4(ip: [u8; 4]) -> String {
	Ipv4Addr::from(ip).to_string()
}

fn word(protocol: Protocol) -> &'static str {
	match protocol {
		Protocol::Tcp => "tcp",
		Protocol::Udp => "udp",
	}
}

fn from(interface: impl Into<Value>) -> Value {
	is(meta("iifname"), interface)
}

fn to(interface: impl Into<Value>) -> Value {
	is(meta("oifname"), interface)
}

impl Inside<'_> {
	/// The tables of the network's namespace.
	pub(crate) fn tables(&self) -> Vec<Table> {
		vec![self.bridge(), self.passing()]
	}

	/// At each port of the bridge there is who should be, and speaks with the gateway alone. So
	/// nobody takes another's address, or hears what is not meant for them.
	fn bridge(&self) -> Table {
		let mut table = Table::new("bridge", TABLE);
		let kinds = |ip| ["ifname", "ether_addr", "ether_addr", ip];
		let gateway = mac(&self.gateway);
		let element = |member: &Member, ip: String| {
			all_of(&[json!(member.port), json!(mac(&member.mac)), json!(gateway), json!(ip)])
		};
		let elements = self.members.iter().map(|it| element(it, v4(it.ip)));
		table.set("v4", &kinds("ipv4_addr"), elements.collect());
		let own = |it: &Member| Some(element(it, self.network.address_v6(it.ip)?.to_string()));
		table.set("v6", &kinds("ipv6_addr"), self.members.iter().filter_map(own).collect());
		table.chain("filter", "prerouting", BRIDGED, "drop");
		let sent = |protocol| {
			let ends = [field("ether", "saddr"), field("ether", "daddr"), field(protocol, "saddr")];
			all_of(&[&[meta("iifname")], &ends[..]].concat())
		};
		table.rule("prerouting", [is(sent("ip"), "@v4"), accept()]);
		table.rule("prerouting", [is(sent("ip6"), "@v6"), accept()]);
		table
	}

	fn passing(&self) -> Table {
		let Self { network, tunnel, .. } = self;
		let within = || one_of([json!(BRIDGE), json!(tunnel)]);
		let range = prefix(v4(network.range.ip), network.range.prefix);
		let range_v6 = network.ula_prefix().map(|ip| prefix(ip, grid_primitives::spec::ULA_PREFIX));
		let mut table = Table::new("inet", TABLE);
		let refused = NOT_INTERNET.iter().map(|(ip, bits)| prefix(ip, *bits));
		table.set("not_internet", &["ipv4_addr"], refused.collect());

		table.chain("filter", "input", FILTER, "drop");
		table.rule("input", [from("lo"), accept()]);
		table.rule("input", [is_known(), accept()]);
		let pings = [("icmp", "echo-request"), ("icmpv6", "echo-request")];
		for (protocol, kind) in pings {
			table.rule("input", [from(within()), is(field(protocol, "type"), kind), accept()]);
		}
		for protocol in ["udp", "tcp"] {
			table.rule("input", [from(within()), is(field(protocol, "dport"), NAMES), accept()]);
		}

		table.chain("filter", "forward", FILTER, "drop");
		table.rule("forward", [is_known(), accept()]);
		table.rule("forward", [is(json!({"ct": {"key": "state"}}), "invalid"), drop()]);
		for (protocol, range) in [("ip", Some(range.clone())), ("ip6", range_v6)] {
			let Some(range) = range else { continue };
			let ends =
				[is(field(protocol, "saddr"), range.clone()), is(field(protocol, "daddr"), range)];
			let [source, destination] = ends;
			let way = [from(within()), to(within()), source, destination, accept()];
			table.rule("forward", way);
		}
		if self.has_uplink {
			for way in [[from(BRIDGE), to(UPLINK)], [from(UPLINK), to(BRIDGE)]] {
				table.rule("forward", way.into_iter().chain([are_more_than(MOST), drop()]));
			}
			table.rule("forward", [from(UPLINK), to(BRIDGE), is_forwarded(), accept()]);
			if network.egress == Egress::Full {
				let own = prefix(v4(network.subnet.ip), network.subnet.prefix);
				let source = is(field("ip", "saddr"), own);
				let internet = is_not(field("ip", "daddr"), "@not_internet");
				table.rule("forward", [from(BRIDGE), to(UPLINK), source, internet, accept()]);
			}
		}
		table.rule("forward", [from(within()), reject()]);

		if self.has_uplink {
			table.chain("nat", "prerouting", DSTNAT, "accept");
			for it in self.forwards {
				let port = is(field(word(it.protocol), "dport"), it.port);
				let leads =
					json!({"dnat": {"family": "ip", "addr": v4(it.to), "port": it.to_port}});
				table.rule("prerouting", [from(UPLINK), port, leads]);
			}
			table.chain("nat", "postrouting", SRCNAT, "accept");
			table.rule("postrouting", [to(UPLINK), json!({"masquerade": null})]);
		}
		table
	}
}

/// What a network has to do with the machine.
pub(crate) struct Outside {
	/// Its interface on the machine, and the address at the other end.
	pub(crate) interface: String,
	pub(crate) inside: Ipv4Addr,
	/// Its public address.
	pub(crate) public: Option<Ipv4Addr>,
	pub(crate) egress: Egress,
	/// The ports that lead to it.
	pub(crate) ports: Vec<(Protocol, u16)>,
}

/// The table of the machine: what passes between it and networks. `all` matches all their
/// interfaces. What comes in at an interface that is `opened` for networks passes to nobody else.
pub(crate) fn outside(
	name: &str,
	all: &str,
	networks: &[Outside],
	opened: &BTreeSet<String>,
) -> Table {
	let mut table = Table::new("inet", name);
	let refused = NOT_INTERNET.iter().map(|(ip, bits)| prefix(ip, *bits));
	table.set("not_internet", &["ipv4_addr"], refused.collect());
	table.chain("filter", "input", FILTER, "accept");
	table.rule("input", [from(all), drop()]);

	table.chain("filter", "forward", FILTER, "accept");
	let ours = [from(all), to(all)];
	for way in &ours {
		table.rule("forward", [way.clone(), is_known(), accept()]);
		table.rule("forward", [way.clone(), is_forwarded(), accept()]);
	}
	table.rule("forward", [to(all), drop()]);
	for it in networks.iter().filter(|it| it.egress == Egress::Full) {
		let source = is(field("ip", "saddr"), it.inside.to_string());
		let internet = is_not(field("ip", "daddr"), "@not_internet");
		table.rule("forward", [from(&*it.interface), source, internet, accept()]);
	}
	table.rule("forward", [from(all), drop()]);
	if !opened.is_empty() {
		let opened = one_of(opened.iter().map(|name| json!(name)));
		table.rule("forward", [from(opened), drop()]);
	}

	table.chain("nat", "prerouting", DSTNAT, "accept");
	for it in networks {
		for (protocol, port) in &it.ports {
			let here = match it.public {
				Some(public) => is(field("ip", "daddr"), public.to_string()),
				None => is(json!({"fib": {"result": "type", "flags": ["daddr"]}}), "local"),
			};
			let port = is(field(word(*protocol), "dport"), *port);
			let leads = json!({"dnat": {"family": "ip", "addr": it.inside.to_string()}});
			table.rule("prerouting", [here, port, leads]);
		}
	}
	table.chain("nat", "postrouting", SRCNAT, "accept");
	for it in networks {
		let source = is(field("ip", "saddr"), it.inside.to_string());
		let leaves = is_not(meta("oifname"), all);
		let behind = match it.public {
			Some(public) => json!({"snat": {"family": "ip", "addr": public.to_string()}}),
			None => json!({"masquerade": null}),
		};
		table.rule("postrouting", [source, leaves, behind]);
	}
	table
}
