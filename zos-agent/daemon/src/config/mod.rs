//! What the people who have the machine say: one TOML file.

mod quantities;
#[cfg(test)]
mod tests;

use grid_primitives::{
	spec::{Disk, Text},
	Capacity, FarmId,
};
use quantities::{Bytes, Cores, Degrees};
use serde::Deserialize;
use std::{
	collections::BTreeMap,
	io,
	net::{IpAddr, SocketAddr},
	path::{Path, PathBuf},
	time::Duration,
};
use zos_core::{node::Location, Backoff};

/// Where the file is, unless somebody says otherwise.
pub const DEFAULT_PATH: &str = "/etc/zos-agent.toml";

/// All that can be said. What is misspelt is refused; what is left out has a default.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
	/// The folder of all that the agent keeps.
	#[serde(default = "Config::default_state")]
	pub state: PathBuf,
	/// The farm to join, if several have invited the node.
	pub farm: Option<FarmId>,
	/// How the chain is heard.
	pub chain: ChainConfig,
	/// Where the machine is.
	pub location: LocationConfig,
	/// The most that the grid gets of the machine.
	#[serde(default)]
	pub capacity: CapacityConfig,
	/// The kind of disk that this folder is on: virtual machines often do not know theirs.
	pub disk: Option<Disk>,
	/// A folder on hard disks, for what is wanted there.
	pub hdd: Option<PathBuf>,
	/// The seconds between two heartbeats. The chain may ask for more.
	#[serde(default = "Config::default_heartbeat")]
	pub heartbeat_seconds: u64,
	/// How the machine is made what the chain wants.
	#[serde(default)]
	pub reconcile: ReconcileConfig,
	/// How programs are run.
	#[serde(default)]
	pub containers: ContainersConfig,
	/// How private networks reach each other.
	#[serde(default)]
	pub networks: NetworksConfig,
	/// Where images come from.
	#[serde(default)]
	pub images: ImagesConfig,
	/// The servers of zdbs.
	#[serde(default)]
	pub zdb: ZdbConfig,
	/// Where metrics are served: an address of this machine alone.
	pub metrics: Option<SocketAddr>,
}

/// How the chain is heard. A light client believes no one; endpoints are believed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainConfig {
	/// The raw specification of the chain, with boot nodes: the agent is a light client.
	pub spec: Option<PathBuf>,
	/// The addresses of nodes of the chain, instead of that.
	#[serde(default)]
	pub endpoints: Vec<String>,
	/// The hash of the first block, as 64 hexadecimal digits: endpoints of other chains are
	/// refused.
	pub genesis: Option<String>,
}

impl ChainConfig {
	/// Whether this can be the address of an endpoint.
	pub fn is_endpoint(text: &str) -> bool {
		let host = ["ws://", "wss://"].iter().find_map(|it| text.strip_prefix(it));
		host.is_some_and(|it| !it.is_empty() && !it.contains(char::is_whitespace))
	}
}

/// Where the machine is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocationConfig {
	/// Two capital letters.
	pub country: String,
	/// The city.
	#[serde(default)]
	pub city: String,
	/// To the north.
	pub latitude: Degrees,
	/// To the east.
	pub longitude: Degrees,
}

/// The most that the grid gets of the machine: all that there is, where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CapacityConfig {
	/// Cores.
	pub cores: Option<Cores>,
	/// Memory.
	pub memory: Option<Bytes>,
	/// Solid-state disks.
	pub ssd: Option<Bytes>,
	/// Hard disks.
	pub hdd: Option<Bytes>,
}

/// How the machine is made what the chain wants.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReconcileConfig {
	/// The seconds after which the agent looks at the machine though the chain says nothing new.
	pub look_seconds: u64,
	/// How much is done to the machine at the same time.
	pub parallel: usize,
	/// How many images are fetched at the same time.
	pub pulls: usize,
	/// The seconds after which something that failed is tried again: then twice as many, and so on.
	pub retry_seconds: u64,
	/// The most of these.
	pub longest_retry_seconds: u64,
}

/// How programs are run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContainersConfig {
	/// The OCI runtime.
	pub runtime: PathBuf,
	/// The program that stays with each container: beside the agent, unless it is elsewhere.
	pub shim: Option<PathBuf>,
	/// Where what is never to be on a disk is kept, in memory.
	pub run: PathBuf,
	/// Who resolves names for containers.
	pub resolvers: Vec<IpAddr>,
}

/// How private networks reach each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworksConfig {
	/// Where other nodes reach this one, if that is not the address by which it reaches the internet.
	pub address: Option<IpAddr>,
	/// The program of tunnels: beside the agent, unless it is elsewhere.
	pub tunnel: Option<PathBuf>,
}

/// Where images come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImagesConfig {
	/// Registries that are spoken to without encryption, as `host` or `host:port`. Those on this
	/// machine always are.
	pub plain_registries: Vec<String>,
	/// Registries in private networks, to which nodes do not go otherwise.
	pub private_registries: Vec<String>,
	/// Registries that are served by another host than the one by whose name they are known.
	pub served_by: BTreeMap<String, String>,
	/// Files with the certificates, in PEM, of those who vouch for registries for which nobody else
	/// does.
	pub authorities: BTreeMap<String, PathBuf>,
	/// A folder of OCI layouts, in which images are looked for before any registry.
	pub layouts: Option<PathBuf>,
}

/// The servers of zdbs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ZdbConfig {
	/// The server's program: beside the agent, unless it is elsewhere.
	pub program: Option<PathBuf>,
	/// The memory of each server: as many keys as fit into half of it can be kept on its disk.
	pub memory: Option<Bytes>,
}

impl ImagesConfig {
	/// Whether each registry is written as it is at the beginning of a reference.
	fn names_hosts(&self) -> bool {
		let named = self.plain_registries.iter().chain(&self.private_registries);
		let named = named.chain(self.served_by.keys()).chain(self.served_by.values());
		let is_host = |it: &String| {
			let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
			!it.is_empty() && it.bytes().all(allowed)
		};
		named.chain(self.authorities.keys()).all(is_host)
	}
}

impl Default for ReconcileConfig {
	fn default() -> Self {
		Self {
			look_seconds: 5,
			parallel: 4,
			pulls: 3,
			retry_seconds: 2,
			longest_retry_seconds: 300,
		}
	}
}

impl Default for ContainersConfig {
	fn default() -> Self {
		Self {
			runtime: "runc".into(),
			shim: None,
			run: "/run/zos-agent".into(),
			resolvers: Vec::new(),
		}
	}
}

/// Why the file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
	/// It cannot be read.
	#[error("{} cannot be read: write it, or name another with --config", path.display())]
	Unreadable {
		/// The file.
		path: PathBuf,
		/// Why.
		#[source]
		source: io::Error,
	},
	/// It is not what it should be.
	#[error("{} is not a configuration of the agent", path.display())]
	Malformed {
		/// The file.
		path: PathBuf,
		/// Where, and what is expected there.
		#[source]
		source: Box<toml::de::Error>,
	},
	/// Something in it makes no sense.
	#[error("{}: {what}", path.display())]
	Senseless {
		/// The file.
		path: PathBuf,
		/// What, and what to write instead.
		what: &'static str,
	},
}

impl Config {
	/// The folder of the agent, unless somebody says otherwise.
	pub fn default_state() -> PathBuf {
		"/var/lib/zos-agent".into()
	}

	fn default_heartbeat() -> u64 {
		60
	}

	/// Read a file.
	pub fn read(path: &Path) -> Result<Self, ConfigError> {
		let text = std::fs::read_to_string(path)
			.map_err(|source| ConfigError::Unreadable { path: path.into(), source })?;
		let config: Self = toml::from_str(&text).map_err(|source| ConfigError::Malformed {
			path: path.into(),
			source: Box::new(source),
		})?;
		match config.nonsense() {
			Some(what) => Err(ConfigError::Senseless { path: path.into(), what }),
			None => Ok(config),
		}
	}

	/// What makes no sense, if anything.
	fn nonsense(&self) -> Option<&'static str> {
		let LocationConfig { country, city, latitude, longitude } = &self.location;
		let ChainConfig { spec, endpoints, genesis } = &self.chain;
		let is_hash = |it: &String| hex::decode_to_slice(it, &mut [0; 32]).is_ok();
		let checks = [
			(
				spec.is_some() != endpoints.is_empty(),
				"[chain] has either `spec`, to be a light client, or `endpoints`",
			),
			(
				!endpoints.iter().all(|it| ChainConfig::is_endpoint(it)),
				"[chain] endpoints are written as ws://HOST:PORT or wss://HOST",
			),
			(
				genesis.as_ref().is_some_and(|it| !is_hash(it)),
				"[chain] genesis is 64 hexadecimal digits",
			),
			(
				country.len() != 2 || !country.bytes().all(|it| it.is_ascii_uppercase()),
				"[location] country is two capital letters, as in BE",
			),
			(
				city.len() > 64 || city.chars().any(char::is_control),
				"[location] city is at most 64 bytes of plain text",
			),
			(latitude.0.unsigned_abs() > 90_000_000, "[location] latitude is -90 to 90"),
			(longitude.0.unsigned_abs() > 180_000_000, "[location] longitude is -180 to 180"),
			(
				self.metrics.is_some_and(|it| !it.ip().is_loopback()),
				"metrics are served on this machine alone, as in 127.0.0.1:9615",
			),
			(
				self.reconcile.parallel == 0 || self.reconcile.pulls == 0,
				"[reconcile] parallel and pulls are at least 1",
			),
			(
				self.reconcile.look_seconds == 0 || self.reconcile.retry_seconds == 0,
				"[reconcile] look_seconds and retry_seconds are at least 1",
			),
			(self.heartbeat_seconds == 0, "heartbeat_seconds is at least 1"),
			(
				!self.images.names_hosts(),
				"[images] registries are hosts, with their port if they have one, as in \
				registry.example:5000",
			),
		];
		checks.into_iter().find(|(is_wrong, _)| *is_wrong).map(|(_, what)| what)
	}

	/// Where the machine is, as the chain is told.
	pub fn location(&self) -> Location {
		let LocationConfig { country, city, latitude, longitude } = &self.location;
		let mut letters = [0; 2];
		letters.iter_mut().zip(country.bytes()).for_each(|(to, from)| *to = from);
		Location {
			country: letters,
			city: Text::try_from(city.as_str()).unwrap_or_default(),
			latitude: latitude.0,
			longitude: longitude.0,
		}
	}

	/// What the grid gets of a machine that has so much.
	pub fn cap(&self, has: Capacity) -> Capacity {
		let CapacityConfig { cores, memory, ssd, hdd } = self.capacity;
		let least = |has: u64, most: Option<u64>| most.map_or(has, |most| has.min(most));
		Capacity {
			cru: least(has.cru, cores.map(|it| it.0)),
			mru: least(has.mru, memory.map(|it| it.0)),
			sru: least(has.sru, ssd.map(|it| it.0)),
			hru: least(has.hru, hdd.map(|it| it.0)),
		}
	}

	/// When something that failed is tried again.
	pub fn backoff(&self) -> Backoff {
		Backoff {
			first: Duration::from_secs(self.reconcile.retry_seconds),
			most: Duration::from_secs(self.reconcile.longest_retry_seconds),
		}
	}
}
