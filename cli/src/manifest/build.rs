//! What each node is to run: with its part of each network, and fixed addresses.

use super::{
	devices::{self, Joining},
	types::{Manifest, Mode, Restart, SecretSource, Travel, Way},
	units::{disk, numbered, Kind as From, Source},
	Current, Error, Unit,
};
use grid_primitives::{
	spec::{
		AccessPeer, Attachment, Container, Delivery, Egress, Forward, Image, Kind, List, LogTarget,
		Mount, Name, Network, Protocol, RestartPolicy, Sealed, Secret, Spec, Subnet, Text,
		Variable, Volume, Workload, Zdb, ZdbMode,
	},
	NodeId,
};
use std::collections::{BTreeMap, BTreeSet};

/// How many bits a node's part of a network has more than all of it: there are as many parts as a
/// contract may have nodes.
const PART_BITS: u8 = 5;

/// Who seals secrets.
pub trait Sealer {
	/// Seal a secret to the key of a node. The same secret of the same owner gives the same.
	fn seal(
		&self,
		node: NodeId,
		workload: &str,
		name: &str,
		from: &SecretSource,
	) -> Result<Sealed, Error>;
}

/// Where everything is.
pub(super) struct Map {
	/// The part of each network on each node.
	parts: BTreeMap<(NodeId, String), Subnet>,
	/// The address of each workload in each network.
	addresses: BTreeMap<(String, String), [u8; 4]>,
	/// The devices that join a network, and where.
	devices: Vec<Joining>,
	/// What the first of each container or database is called.
	firsts: BTreeMap<String, String>,
}

/// The names in `${ip:…}` of a text.
pub(super) fn mentioned(text: &str) -> Vec<String> {
	let mut found = Vec::new();
	let mut rest = text;
	while let Some((_, after)) = rest.split_once("${ip:") {
		let Some((name, after)) = after.split_once('}') else { break };
		found.push(name.to_string());
		rest = after;
	}
	found
}

impl Map {
	/// Give each node its part of each network, and each workload an address. Who has one keeps it.
	pub(super) fn new(manifest: &Manifest, placed: &[(&Unit, NodeId)], current: &Current) -> Self {
		let (parts, addresses, mut firsts) = <(_, _, BTreeMap<_, _>)>::default();
		let all = placed.iter().flat_map(|(unit, _)| &unit.workloads);
		for (name, source) in all.filter(|(_, source)| source.kind != From::Volume) {
			firsts.entry(source.name.clone()).or_insert_with(|| name.clone());
		}
		let mut map = Self { parts, addresses, devices: Vec::new(), firsts };
		for (name, network) in &manifest.networks {
			let range = network.range.0;
			let nodes: BTreeSet<NodeId> = placed
				.iter()
				.filter(|(unit, _)| unit.networks.contains(name))
				.map(|(_, node)| *node)
				.collect();
			map.part(name, range, &nodes, current);
			map.address(manifest, name, placed, current);
			let (parts, taken) = (map.parts_of(name), map.taken_in(name));
			map.devices.extend(devices::join(name, network, placed, &parts, taken, current));
		}
		map
	}

	/// The parts of a network by node.
	fn parts_of(&self, network: &str) -> BTreeMap<NodeId, Subnet> {
		let its = self.parts.iter().filter(|((_, name), _)| name == network);
		its.map(|((node, _), part)| (*node, *part)).collect()
	}

	/// The addresses of a network that workloads have.
	fn taken_in(&self, network: &str) -> BTreeSet<[u8; 4]> {
		let its = self.addresses.iter().filter(|((_, name), _)| name == network);
		its.map(|(_, ip)| *ip).collect()
	}

	/// The devices that join a network at a node.
	fn devices_on<'a>(
		&'a self,
		node: NodeId,
		network: &'a str,
	) -> impl Iterator<Item = &'a AccessPeer> {
		let its = move |it: &&Joining| it.node == node && it.network == network;
		self.devices.iter().filter(its).map(|it| &it.device)
	}

	fn part(&mut self, name: &str, range: Subnet, nodes: &BTreeSet<NodeId>, current: &Current) {
		let prefix = range.prefix + PART_BITS;
		let mut taken: BTreeSet<[u8; 4]> = BTreeSet::new();
		for node in nodes {
			let had = current.part_of(*node, name);
			let fits = |had: &Subnet| had.prefix == prefix && range.covers(had);
			if let Some(had) = had.filter(fits).filter(|had| !taken.contains(&had.ip)) {
				taken.insert(had.ip);
				self.parts.insert((*node, name.into()), had);
			}
		}
		let size = 1_u32 << (32 - u32::from(prefix));
		let first = u32::from_be_bytes(range.ip);
		let mut free = (0..1 << PART_BITS)
			.map(|index| (first + index * size).to_be_bytes())
			.filter(|ip| !taken.contains(ip))
			.collect::<Vec<_>>()
			.into_iter();
		for node in nodes {
			if self.parts.contains_key(&(*node, name.into())) {
				continue;
			}
			// There are as many parts as nodes of a contract.
			if let Some(ip) = free.next() {
				self.parts.insert((*node, name.into()), Subnet { ip, prefix });
			}
		}
	}

	fn address(
		&mut self,
		manifest: &Manifest,
		network: &str,
		placed: &[(&Unit, NodeId)],
		current: &Current,
	) {
		let mut taken: BTreeSet<[u8; 4]> = BTreeSet::new();
		let mut without = Vec::new();
		for (unit, node) in placed {
			let Some(part) = self.parts.get(&(*node, network.into())) else { continue };
			for (workload, source) in &unit.workloads {
				if !attached(manifest, source).contains(&network) {
					continue;
				}
				let had = current.address_of(*node, workload, network);
				match had.filter(|had| part.can_give(*had) && !taken.contains(had)) {
					Some(had) => {
						taken.insert(had);
						self.addresses.insert((workload.clone(), network.into()), had);
					},
					None => without.push((workload.clone(), *part)),
				}
			}
		}
		for (workload, part) in without {
			let first = u32::from_be_bytes(part.ip);
			let last = u32::from_be_bytes(part.broadcast());
			let free = (first..=last)
				.map(u32::to_be_bytes)
				.find(|ip| part.can_give(*ip) && !taken.contains(ip));
			// Without one, the spec that is made will be refused, with the reason.
			let ip = free.unwrap_or(part.ip);
			taken.insert(ip);
			self.addresses.insert((workload, network.into()), ip);
		}
	}

	fn ip(&self, workload: &str, network: &str) -> [u8; 4] {
		self.addresses.get(&(workload.into(), network.into())).copied().unwrap_or_default()
	}
}

/// The networks of a workload.
fn attached<'a>(manifest: &'a Manifest, source: &Source) -> Vec<&'a str> {
	let networks = match source.kind {
		From::Container => manifest.containers.get(&source.name).map(|it| &it.networks),
		From::Database => manifest.databases.get(&source.name).map(|it| &it.networks),
		From::Volume => None,
	};
	networks.into_iter().flatten().map(|it| it.value.as_str()).collect()
}

/// Makes the specs of nodes.
pub(super) struct Builder<'a> {
	pub(super) manifest: &'a Manifest,
	pub(super) map: Map,
	pub(super) sealer: &'a dyn Sealer,
	/// What makes addresses of version 6 one's own.
	pub(super) ula_seed: [u8; 32],
}

impl Builder<'_> {
	/// What a node is to run.
	pub(super) fn spec(&self, node: NodeId, units: &[&Unit]) -> Result<Spec, Error> {
		let mut workloads = Vec::new();
		let networks: BTreeSet<&String> = units.iter().flat_map(|unit| &unit.networks).collect();
		for name in networks {
			workloads.push(self.network(node, name, units)?);
		}
		let mut sources: Vec<_> = units.iter().flat_map(|unit| &unit.workloads).collect();
		sources.sort_by(|(name, one), (other, two)| (one.kind, name).cmp(&(two.kind, other)));
		for (name, source) in sources {
			let kind = match source.kind {
				From::Volume => self.volume(source),
				From::Database => self.database(node, name, source)?,
				From::Container => self.container(node, name, source)?,
			};
			workloads.extend(
				kind.map(|kind| Ok::<_, Error>(Workload { name: text(name)?, kind }))
					.transpose()?,
			);
		}
		Ok(Spec::V1(list(workloads, "workloads of a node")?))
	}

	fn network(&self, node: NodeId, name: &str, units: &[&Unit]) -> Result<Workload, Error> {
		let network = self.manifest.networks.get(name).ok_or_else(|| misfit("a network"))?;
		let subnet = self.map.parts.get(&(node, name.to_string())).copied();
		let subnet = subnet.ok_or_else(|| misfit("parts of a network"))?;
		let mut forwards = Vec::new();
		for (workload, source) in units.iter().flat_map(|unit| &unit.workloads) {
			let container = self.manifest.containers.get(&source.name);
			let Some(container) = container.filter(|_| source.kind == From::Container) else {
				continue;
			};
			let first = container.networks.first().map(|it| it.value.as_str());
			for port in &container.ports {
				if port.network.as_deref().or(first) != Some(name) {
					continue;
				}
				forwards.push(Forward {
					protocol: match port.protocol {
						Travel::Tcp => Protocol::Tcp,
						Travel::Udp => Protocol::Udp,
					},
					port: port.port,
					to: text(workload)?,
					to_port: port.to.unwrap_or(port.port),
				});
			}
		}
		forwards.sort_by_key(|it| (it.protocol, it.port));
		let seed = [&self.ula_seed[..], name.as_bytes()].concat();
		let [a, b, c, d, e, ..] = sp_crypto_hashing::blake2_256(&seed);
		let network = Network {
			range: network.range.0,
			ula: network.ipv6.then_some([a, b, c, d, e]),
			subnet,
			port: None,
			egress: match network.egress {
				Way::None => Egress::None,
				Way::Full => Egress::Full,
			},
			public_v4: network.public_v4,
			public_v6: network.public_v6,
			forwards: list(forwards, "ports of a network on a node")?,
			access: list(
				self.map.devices_on(node, name).cloned().collect(),
				"devices of a network",
			)?,
		};
		Ok(Workload { name: text(name)?, kind: Kind::Network(network) })
	}

	fn volume(&self, source: &Source) -> Option<Kind> {
		let volume = self.manifest.volumes.get(&source.name)?;
		Some(Kind::Volume(Volume { size: volume.size.0, disk: disk(volume.disk) }))
	}

	fn attachments(&self, workload: &str, source: &Source) -> Result<Vec<Attachment>, Error> {
		attached(self.manifest, source)
			.into_iter()
			.map(|network| {
				Ok(Attachment { network: text(network)?, ip: self.map.ip(workload, network) })
			})
			.collect()
	}

	fn database(&self, node: NodeId, name: &str, source: &Source) -> Result<Option<Kind>, Error> {
		let Some(database) = self.manifest.databases.get(&source.name) else { return Ok(None) };
		let password = database
			.password
			.as_ref()
			.map(|from| self.sealer.seal(node, name, "password", from))
			.transpose()?;
		Ok(Some(Kind::Zdb(Zdb {
			size: database.size.0,
			disk: disk(database.disk),
			mode: match database.mode {
				Mode::User => ZdbMode::User,
				Mode::Sequential => ZdbMode::Sequential,
			},
			public: database.public,
			password,
			networks: list(self.attachments(name, source)?, "networks of a database")?,
		})))
	}

	fn container(&self, node: NodeId, name: &str, source: &Source) -> Result<Option<Kind>, Error> {
		let Some(it) = self.manifest.containers.get(&source.name) else { return Ok(None) };
		let fill = |said: &str| self.fill(source, said);
		let texts = |all: &[String], fill: &dyn Fn(&str) -> String| {
			all.iter().map(|it| text(&fill(it))).collect::<Result<Vec<_>, _>>()
		};
		let env = it.env.iter().map(|(variable, value)| {
			Ok(Variable { name: text(variable)?, value: text(&fill(&value.value))? })
		});
		let secrets = it.secrets.iter().map(|(key, from)| {
			let delivery = match key.starts_with('/') {
				true => Delivery::File(text(key)?),
				false => Delivery::Variable(text(key)?),
			};
			Ok(Secret { delivery, sealed: self.sealer.seal(node, name, key, from)? })
		});
		let mounts = it.mounts.iter().map(|mount| {
			Ok(Mount {
				volume: text(&numbered(&mount.volume.value, source.number))?,
				path: text(&mount.path)?,
				read_only: mount.read_only,
			})
		});
		let container = Container {
			image: Image { reference: text(&it.image.reference)?, digest: it.image.digest },
			signer: it
				.signer
				.as_ref()
				.map(|key| list(key.0.clone(), "bytes of a key"))
				.transpose()?,
			cpu: it.cpu.0,
			memory: it.memory.0,
			root: it.root.0,
			command: list(texts(&it.command, &str::to_string)?, "parts of a command")?,
			args: list(texts(&it.args, &fill)?, "arguments")?,
			env: list(env.collect::<Result<_, Error>>()?, "variables")?,
			secrets: list(secrets.collect::<Result<_, Error>>()?, "secrets")?,
			mounts: list(mounts.collect::<Result<_, Error>>()?, "mounts")?,
			networks: list(self.attachments(name, source)?, "networks of a container")?,
			restart: match it.restart {
				Restart::Always => RestartPolicy::Always,
				Restart::OnFailure => RestartPolicy::OnFailure(10),
				Restart::Never => RestartPolicy::Never,
			},
			log: match it.log {
				Some(log) => LogTarget::Node(u32::try_from(log.0).unwrap_or(u32::MAX)),
				None => LogTarget::Discard,
			},
		};
		Ok(Some(Kind::Container(container)))
	}

	/// A text with the addresses that it mentions: of the first of several.
	fn fill(&self, from: &Source, said: &str) -> String {
		let mine = attached(self.manifest, from);
		let mut text = said.to_string();
		for name in mentioned(said) {
			let ip = self.map.firsts.get(&name).and_then(|workload| {
				let at = |network: &&str| (workload.clone(), network.to_string());
				mine.iter().find_map(|network| self.map.addresses.get(&at(network)))
			});
			if let Some(ip) = ip {
				let ip = std::net::Ipv4Addr::from(*ip).to_string();
				text = text.replace(&format!("${{ip:{name}}}"), &ip);
			}
		}
		text
	}
}

fn misfit(what: &str) -> Error {
	Error::Fault { node: "?".into(), fault: format!("there are not enough {what}") }
}

fn text<const MOST: u32>(said: &str) -> Result<Text<MOST>, Error> {
	said.try_into().map_err(|_| Error::Fault {
		node: "?".into(),
		fault: format!("{:?} is longer than the {MOST} bytes it may have", shortened(said)),
	})
}

fn shortened(said: &str) -> String {
	said.chars().take(24).chain(['…']).collect()
}

fn list<T, const MOST: u32>(all: Vec<T>, what: &str) -> Result<List<T, MOST>, Error> {
	let number = all.len();
	all.try_into().map_err(|_| Error::Fault {
		node: "?".into(),
		fault: format!("there are {number} {what}, and may be {MOST}"),
	})
}

/// The name of a manifest, as the chain has it.
pub(super) fn label(manifest: &Manifest) -> Result<Name, Error> {
	text(&manifest.name)
}
