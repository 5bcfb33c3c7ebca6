//! Making a network, or making it what it is to be. What is as it is to be is left alone, so that
//! whatever flows goes on.

use super::{key::Pair, record::Record, LinuxNetworks};
use crate::{
	host::{
		firewall,
		links::{self, End},
		namespace,
		rules::{Inside, BRIDGE, UPLINK},
	},
	names::Zone,
	places::{self, mac},
	tunnel::Arguments,
	uapi::{Change, Prefix, Update},
	wireguard::Tunnel,
	NetworkError,
};
use grid_primitives::spec::{Egress, Network};
use std::{collections::BTreeMap, net::IpAddr, path::Path, thread, time::Duration};
use zos_core::{ports::NetworkOrder, Around, Key};
use zos_provision::host::files::{self, Keep};

/// The longest packet within a network: what is left of 1,500 bytes when a tunnel of version 6 has
/// taken its part.
pub(super) const MTU: u32 = 1_420;
/// After so many seconds of silence each peer hears something, so that whatever is between them
/// lets them through.
const KEEPALIVE: u16 = 25;
/// How often a port is tried before it counts as taken, and the time between.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// The addresses of a gateway, version 4 first.
pub(super) fn gateway(network: &Network) -> (IpAddr, Option<IpAddr>) {
	let ip = network.subnet.gateway();
	(IpAddr::from(ip), network.address_v6(ip).map(IpAddr::V6))
}

/// The addresses of a subnet in a network.
fn prefixes(network: &Network, subnet: grid_primitives::spec::Subnet) -> Vec<Prefix> {
	let part = Network { subnet, ..network.clone() };
	let v6 = part.subnet_v6().map(|(ip, bits)| Prefix { ip: ip.into(), bits });
	let v4 = Prefix { ip: IpAddr::from(subnet.ip), bits: subnet.prefix };
	[v4].into_iter().chain(v6).collect()
}

/// Who is to be at the other ends of the tunnel.
fn peers(network: &Network, around: &Around) -> Vec<Update> {
	let others = around.peers.iter().map(|peer| Update {
		endpoint: peer.key.endpoint.map(|it| (IpAddr::from(it.ip), it.port).into()),
		keepalive: Some(KEEPALIVE),
		replace_allowed: true,
		allowed: prefixes(network, peer.subnet),
		..Update::of(peer.key.public_key)
	});
	let devices = network.access.iter().map(|device| {
		let subnet = grid_primitives::spec::Subnet { ip: device.ip, prefix: 32 };
		Update {
			replace_allowed: true,
			allowed: prefixes(network, subnet),
			..Update::of(device.public_key)
		}
	});
	others.chain(devices).collect()
}

impl LinuxNetworks {
	pub(super) fn do_make(&self, order: &NetworkOrder) -> Result<(), NetworkError> {
		let NetworkOrder { key, network, .. } = order;
		Self::check_addresses(order)?;
		self.check_ports(order)?;
		let pair = self.key(key)?;
		let namespace = self.settings.namespace(key);
		if namespace::make(&namespace)? {
			// What was started in another namespace of that name is of no use.
			self.program(key).stop()?;
		}
		let mut record = self.begin(order)?;
		self.interfaces(key, network, &namespace)?;
		if record.link.is_some() {
			self.way_out(key, &record, &namespace)?;
		} else {
			links::with(async |links| links.remove(&self.settings.uplink(key)).await)?;
		}
		self.filter(key, &record)?;
		self.join(key, order, &pair, &mut record)?;
		self.outside()?;
		self.attach_all(key)?;
		record.left_addresses.clear();
		record.fingerprint = Some(order.fingerprint.to_string());
		self.write(key, &record)
	}

	fn write(&self, key: &Key, record: &Record) -> Result<(), NetworkError> {
		let path = self.settings.record(key);
		Ok(files::write_record(&path, record, 0o600, Keep::UntilReboot)?)
	}

	/// Write down what the network is to be, before anything of it is.
	fn begin(&self, order: &NetworkOrder) -> Result<Record, NetworkError> {
		let NetworkOrder { key, network, around, .. } = order;
		let before = self.record(key)?;
		let goes_out = network.egress == Egress::Full || !network.forwards.is_empty();
		let link = match before.as_ref().and_then(|it| it.link) {
			Some(link) => Some(link),
			None if goes_out => Some(self.free_link()?),
			None => None,
		};
		let label = around.label.as_str().filter(|label| !label.is_empty());
		let mut left_addresses = before.as_ref().map_or(Vec::new(), |it| it.left_addresses.clone());
		left_addresses.extend(before.as_ref().and_then(Record::public));
		let record = Record {
			fingerprint: None,
			network: (*network).clone(),
			addresses: around.addresses.iter().map(|ip| IpAddr::from(*ip)).collect(),
			left_addresses,
			link: link.filter(|_| goes_out),
			encrypts: before.as_ref().map_or(self.encrypts, |it| it.encrypts),
			tunnel: before.as_ref().map_or(Vec::new(), |it| it.tunnel.clone()),
			endpoints: before.map_or(BTreeMap::new(), |it| it.endpoints),
			search: label.map(|label| Zone::name(&[label])),
		};
		self.write(key, &record)?;
		Ok(record)
	}

	/// The bridge, and how the namespace passes packets on.
	fn interfaces(
		&self,
		key: &Key,
		network: &Network,
		namespace: &Path,
	) -> Result<(), NetworkError> {
		log::debug!("network {key} is made in {}", namespace.display());
		let (v4, v6) = gateway(network);
		let end = End { name: BRIDGE, mac: mac(network.subnet.gateway()), mtu: MTU };
		namespace::inside(namespace, || {
			links::with(async |links| {
				links.up("lo", None).await?;
				let bridge = links.bridge(&end).await?;
				links.address(bridge, v4, network.subnet.prefix).await?;
				if let (Some(ip), Some((_, bits))) = (v6, network.subnet_v6()) {
					links.address(bridge, ip, bits).await?;
				}
				Ok(())
			})?;
			for (name, value) in [
				("ipv4/ip_forward", 1),
				("ipv6/conf/all/forwarding", 1),
				("ipv4/conf/all/rp_filter", 1),
				("ipv4/conf/all/send_redirects", 0),
				("ipv4/conf/default/send_redirects", 0),
				("ipv4/conf/all/accept_redirects", 0),
				("ipv6/conf/all/accept_redirects", 0),
				("bridge/bridge-nf-call-iptables", 0),
				("bridge/bridge-nf-call-ip6tables", 0),
				("bridge/bridge-nf-call-arptables", 0),
			] {
				namespace::set(name, value)?;
			}
			namespace::set(&format!("ipv4/conf/{BRIDGE}/send_redirects"), 0)
		})
	}

	/// The firewall of the namespace.
	pub(super) fn filter(&self, key: &Key, record: &Record) -> Result<(), NetworkError> {
		let members = self.members(key)?;
		let forwards = self.forwards(key, record)?;
		let network = &record.network;
		let inside = Inside {
			network,
			tunnel: &self.settings.tunnel(key),
			gateway: mac(network.subnet.gateway()),
			members: &members,
			forwards: &forwards,
			has_uplink: record.link.is_some(),
		};
		let tables = inside.tables();
		namespace::inside(&self.settings.namespace(key), || firewall::replace(tables))
	}

	/// The way between the network and the machine.
	fn way_out(&self, key: &Key, record: &Record, namespace: &Path) -> Result<(), NetworkError> {
		let Some(number) = record.link else { return Ok(()) };
		let (outer, inner) = places::link(number);
		let name = self.settings.uplink(key);
		let here = End { name: &name, mac: mac(outer.octets()), mtu: MTU };
		let there = End { name: UPLINK, mac: mac(inner.octets()), mtu: MTU };
		let file = std::fs::File::open(namespace)
			.map_err(|source| NetworkError::Io { doing: "open a namespace", source })?;
		links::with(async |links| {
			use std::os::fd::AsFd;
			let index = links.pair(&here, &there, file.as_fd()).await?;
			links.address(index, outer.into(), 31).await?;
			links.neighbour(index, inner.into(), &there.mac).await
		})?;
		namespace::inside(namespace, || {
			links::with(async |links| {
				let index = links.up(UPLINK, None).await?;
				links.address(index, inner.into(), 31).await?;
				links.neighbour(index, outer.into(), &here.mac).await?;
				let all = (std::net::Ipv4Addr::UNSPECIFIED.into(), 0);
				links.route(index, all, Some(outer.into())).await
			})
		})
	}

	/// The tunnel, its peers, and the names of the network.
	fn join(
		&self,
		key: &Key,
		order: &NetworkOrder,
		pair: &Pair,
		record: &mut Record,
	) -> Result<(), NetworkError> {
		let NetworkOrder { network, around, .. } = order;
		let tunnel = self.tunnel(key, record.encrypts);
		let name = self.settings.tunnel(key);
		let (v4, v6) = gateway(network);
		let arguments = Arguments {
			interface: name.clone(),
			namespace: Some(self.settings.namespace(key)),
			control: self.settings.control(key),
			port: network.port.or(self.chosen_port(key)).unwrap_or(0),
			resolver: [Some(v4), v6].into_iter().flatten().collect(),
			group: Some(self.settings.group()),
		};
		let told: Vec<_> =
			arguments.words().iter().map(|word| word.to_string_lossy().into_owned()).collect();
		let runs = tunnel
			.status()?
			.is_some_and(|status| arguments.port == 0 || status.listen_port == arguments.port);
		let same = record.tunnel == told || record.tunnel.is_empty();
		if !runs || !same {
			tunnel.stop()?;
			self.start(&*tunnel, order, &arguments)?;
		}
		let status = tunnel.status()?.unwrap_or_default();
		let port = status.listen_port;
		if network.port.is_none() {
			self.choose_port(key, port)?;
		}
		let arguments = Arguments { port, ..arguments };
		record.tunnel =
			arguments.words().iter().map(|word| word.to_string_lossy().into_owned()).collect();
		let mut peers = peers(network, around);
		let mut said = BTreeMap::new();
		for peer in &mut peers {
			let Some(endpoint) = peer.endpoint else { continue };
			let name = hex::encode(peer.public_key);
			let is_known = status.peers.iter().any(|it| it.public_key == peer.public_key);
			// Who has moved since it was said where it is, is where it was heard.
			if is_known && record.endpoints.get(&name) == Some(&endpoint) {
				peer.endpoint = None;
			}
			said.insert(name, endpoint);
		}
		let ways: BTreeMap<_, _> =
			peers.iter().flat_map(|it| &it.allowed).map(|it| ((it.ip, it.bits), ())).collect();
		tunnel.change(&Change {
			private_key: Some(pair.private.clone()),
			replace_peers: true,
			peers,
			..Change::default()
		})?;
		record.endpoints = said;
		self.write(key, record)?;
		namespace::inside(&self.settings.namespace(key), || {
			links::with(async |links| {
				let index = links.up(&name, Some(MTU)).await?;
				for (to, message) in links.routes(index).await? {
					if !ways.contains_key(&to) {
						links.no_route(message).await?;
					}
				}
				for way in ways.keys() {
					links.route(index, *way, None).await?;
				}
				Ok(())
			})
		})?;
		tunnel.name(&self.zone(network, around))
	}

	/// Start the tunnel; on another port if somebody has taken the one that the node chose.
	fn start(
		&self,
		tunnel: &dyn Tunnel,
		order: &NetworkOrder,
		arguments: &Arguments,
	) -> Result<(), NetworkError> {
		let tries = if self.leads_away(arguments.port)? { 0 } else { TRIES };
		for _ in 0..tries {
			match self.start_once(tunnel, arguments) {
				// Who was there before may be about to end.
				Err(NetworkError::TunnelPortTaken(_)) => thread::sleep(PAUSE),
				other => return other,
			}
		}
		let NetworkOrder { key, network, .. } = order;
		if network.port.is_some() {
			return Err(NetworkError::TunnelPortTaken(arguments.port));
		}
		log::warn!("network {key} gets another port, as {} is taken", arguments.port);
		let any = Arguments { port: 0, ..arguments.clone() };
		self.start_once(tunnel, &any)
	}

	/// Start the tunnel, unless what comes to its port would not come to it.
	fn start_once(&self, tunnel: &dyn Tunnel, arguments: &Arguments) -> Result<(), NetworkError> {
		tunnel.start(&self.settings.program, arguments)?;
		let port = tunnel.status()?.unwrap_or_default().listen_port;
		if self.leads_away(port)? {
			tunnel.stop()?;
			return Err(NetworkError::TunnelPortTaken(port));
		}
		Ok(())
	}

	fn zone(&self, network: &Network, around: &Around) -> Zone {
		let mut zone = Zone::default();
		let label = around.label.as_str().unwrap_or_default();
		for member in &around.members {
			let Some(name) = member.name.as_str() else { continue };
			let v6 = network.address_v6(member.ip).map(IpAddr::V6);
			let at = [Some(IpAddr::from(member.ip)), v6].into_iter().flatten();
			zone.names.entry(Zone::name(&[name, label])).or_default().extend(at);
		}
		if network.egress == Egress::Full {
			zone.upstream = Zone::servers(self.settings.resolvers());
		}
		zone
	}
}
