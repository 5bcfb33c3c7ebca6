//! The agent of this machine: all its parts, as the configuration says.

use crate::{
	agent::{Agent, AgentError, Host, Settings},
	config::{ChainConfig, Config, ConfigError, ImagesConfig, WireguardConfig},
	hardware::{HardwareError, System},
	keys::{Keys, KeysError},
	ledger::{Changes, Ledger, LedgerError},
	metrics::{self, Metrics, More},
	secrets::Secrets,
	status::{self, View},
	zdbs,
};
use grid_primitives::{spec::Disk, Capacity};
use std::{
	fs, io,
	path::{Path, PathBuf},
	sync::Arc,
};
use zos_chain::{Connection, Counters, Endpoints, Keypair, Light, NodeChain};
use zos_core::{
	node::Machine,
	ports::{Chain, Fault, PortError},
	HostNames,
};
use zos_network::{LinuxNetworks, Wireguard};
use zos_provision::{
	containers::{self, OciContainers, ShimProgram},
	images::{ImageSettings, ImageStore, Registries},
	volumes::{self, LoopVolumes},
	zdbs::ZdbServers,
};

/// The name of the program that stays with each container.
const SHIM: &str = "zos-shim";
/// The name of the program of tunnels.
const TUNNEL: &str = "zos-wg";

/// Why an agent cannot be put together, or cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum AssembleError {
	/// The configuration is of no use.
	#[error(transparent)]
	Config(#[from] ConfigError),
	/// There are no keys.
	#[error(transparent)]
	Keys(#[from] KeysError),
	/// The ledger is of no use.
	#[error(transparent)]
	Ledger(#[from] LedgerError),
	/// The machine cannot be measured.
	#[error(transparent)]
	Hardware(#[from] HardwareError),
	/// The chain cannot be heard.
	#[error("the chain cannot be heard")]
	Chain(#[from] zos_chain::Error),
	/// The machine cannot be made ready.
	#[error("this machine cannot be made ready for {what}")]
	Machine {
		/// What for.
		what: &'static str,
		/// Why not.
		#[source]
		source: PortError,
	},
	/// A file or folder cannot be used.
	#[error("{} cannot be used", path.display())]
	Io {
		/// Which.
		path: PathBuf,
		/// Why not.
		#[source]
		source: io::Error,
	},
	/// Who vouches for a registry cannot be read.
	#[error("{}, with who vouches for {registry}, cannot be read: correct `authorities` in [images]", path.display())]
	Authority {
		/// Which registry.
		registry: String,
		/// The file.
		path: PathBuf,
		/// Why not.
		#[source]
		source: io::Error,
	},
	/// Only root makes machines something else.
	#[error("the agent makes this machine what the chain wants: start it as root")]
	NotRoot,
	/// The key is none.
	#[error("the key of the node is none: restore keys.toml, or begin anew as another node")]
	BadKey,
	/// The agent cannot go on.
	#[error(transparent)]
	Agent(#[from] AgentError),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> AssembleError + '_ {
	move |source| AssembleError::Io { path: path.into(), source }
}

fn machine<E: Fault>(what: &'static str) -> impl FnOnce(E) -> AssembleError {
	move |error| AssembleError::Machine { what, source: error.into() }
}

/// The key by which the chain knows a node, and its account as wallets write it.
pub fn account(seed: [u8; 32]) -> Result<(Keypair, String), AssembleError> {
	let pair = Keypair::from_secret_key(seed).map_err(|_| AssembleError::BadKey)?;
	let account = pair.public_key().to_account_id().to_string();
	Ok((pair, account))
}

/// Hear the chain: the one that a ledger is of, and nothing that is older than what was seen. What a
/// light client has verified is written down in a folder.
pub fn connect(
	config: &ChainConfig,
	folder: Option<&Path>,
	ledger: &Ledger,
) -> Result<Connection, AssembleError> {
	let (seen, own) = (ledger.head()?, ledger.genesis()?);
	if let Some(path) = &config.spec {
		let specification = fs::read_to_string(path).map_err(at(path))?;
		let remembered = folder.map(|it| it.join("light-client.json"));
		return Ok(Connection::light(Light { specification, remembered, genesis: own }, seen));
	}
	let genesis = config.genesis.as_ref().and_then(|text| {
		let mut hash = [0; 32];
		hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
	});
	if own.is_some() && genesis.is_some() && own != genesis {
		return Err(LedgerError::OtherChain.into());
	}
	let (urls, genesis) = (config.endpoints.clone(), genesis.or(own));
	Ok(Connection::endpoints(Endpoints { urls, genesis }, seen)?)
}

/// A program that is beside the agent, unless it is elsewhere.
fn program(elsewhere: Option<&PathBuf>, name: &str) -> Result<PathBuf, AssembleError> {
	if let Some(path) = elsewhere {
		return Ok(path.clone());
	}
	let own = std::env::current_exe().map_err(at(Path::new(name)))?;
	Ok(own.with_file_name(name))
}

/// The registries that are not like the others.
fn registries(config: &ImagesConfig) -> Result<Registries, AssembleError> {
	let authorities = config.authorities.iter().map(|(registry, path)| {
		let certificates = fs::read(path).map_err(|source| AssembleError::Authority {
			registry: registry.clone(),
			path: path.clone(),
			source,
		})?;
		Ok((registry.clone(), certificates))
	});
	Ok(Registries {
		plain: config.plain_registries.clone(),
		private: config.private_registries.clone(),
		served_by: config.served_by.clone(),
		authorities: authorities.collect::<Result<_, AssembleError>>()?,
	})
}

/// The machine, by its ports.
fn host(
	config: &Config,
	names: HostNames,
	disk: Disk,
	[measured, offered]: [Capacity; 2],
) -> Result<Host, AssembleError> {
	let state = &config.state;
	let mut images = ImageSettings::new(state.join("images"));
	images.registries = registries(&config.images)?;
	images.layouts.clone_from(&config.images.layouts);

	let own = state.join("volumes");
	let other = config.hdd.as_ref().map(|it| it.join("volumes"));
	let volumes = match disk {
		Disk::Ssd => volumes::Settings { ssd: Some(own), hdd: other },
		Disk::Hdd => volumes::Settings { ssd: None, hdd: other.or(Some(own)) },
	};
	let volumes = LoopVolumes::open(volumes).map_err(machine("volumes"))?;

	let servers = zdbs::settings(config, names.clone(), disk, measured, offered);
	let servers = servers.map_err(at(Path::new("the folder of the agent's program")))?;
	let shim = program(config.containers.shim.as_ref(), SHIM)?;
	let shim = ShimProgram { program: shim, arguments: Vec::new() };
	let run = config.containers.run.join(names.prefix().trim_end_matches('-'));
	let tunnel = program(config.networks.tunnel.as_ref(), TUNNEL)?;
	let known = config.containers.run.join(names.of_role("networks"));
	let mut networks = zos_network::Settings::new(names.clone(), state, &known, tunnel);
	networks.wireguard = match config.networks.wireguard {
		WireguardConfig::Best => Wireguard::Best,
		WireguardConfig::Kernel => Wireguard::Kernel,
		WireguardConfig::Program => Wireguard::Program,
	};
	networks.address = config.networks.address;
	networks.resolvers.clone_from(&config.containers.resolvers);
	let mut settings = containers::Settings::new(names, state, &run, shim);
	settings.runtime.clone_from(&config.containers.runtime);
	settings.resolvers.clone_from(&config.containers.resolvers);

	Ok(Host {
		images: Arc::new(ImageStore::open(images).map_err(machine("images"))?),
		containers: Arc::new(OciContainers::open(settings).map_err(machine("containers"))?),
		volumes: Arc::new(volumes),
		zdbs: Arc::new(ZdbServers::open(servers).map_err(machine("zdbs"))?),
		networks: Arc::new(LinuxNetworks::open(networks).map_err(machine("networks"))?),
	})
}

/// What hearing the chain has taken, for metrics.
fn taken(counters: Counters) -> More {
	Arc::new(move || {
		let taken = counters.taken();
		vec![
			(
				"chain_received_bytes_total",
				"Bytes received of the chain",
				true,
				taken.bytes_received,
			),
			("chain_sent_bytes_total", "Bytes sent to the chain", true, taken.bytes_sent),
			("chain_blocks_total", "Finalized blocks that were followed", true, taken.blocks),
			(
				"chain_connections_total",
				"How often the chain was followed anew",
				true,
				taken.connections,
			),
			("chain_peers", "Who is listened to", false, taken.peers),
		]
	})
}

/// Run the agent of this machine, until it cannot.
pub async fn run(config: Config) -> Result<(), AssembleError> {
	if !rustix::process::geteuid().is_root() {
		return Err(AssembleError::NotRoot);
	}
	let keys = Keys::read(&config.state)?;
	let ledger = Arc::new(Ledger::open(&config.state)?);
	let (pair, account) = account(*keys.account)?;
	ledger.belong_to(pair.public_key().0)?;
	log::info!("this is {account}");

	let system = System::default();
	let measured = system.measure(&config, ledger.measured()?)?;
	ledger.write(&Changes { measured: Some(measured), ..Changes::default() })?;
	let disk = system.disk(&config)?;
	let machine = Machine {
		capacity: config.cap(zdbs::leave(&config, disk, measured.capacity)),
		location: config.location(),
		encryption_key: keys.public_encryption(),
	};

	let connection = Arc::new(connect(&config.chain, Some(&config.state), &ledger)?);
	let counters = connection.counters();
	let chain = NodeChain::new(connection, pair);
	let names = HostNames::of(&chain.account());
	let host = host(&config, names, disk, [measured.capacity, machine.capacity])?;
	let view = Arc::new(View::of(account));
	let metrics = Arc::new(Metrics::default());
	let agent = Agent {
		chain: Arc::new(chain),
		host: host.clone(),
		ledger,
		secrets: Arc::new(Secrets::new(keys.encryption)),
		machine,
		boot: system.boot()?,
		farm: config.farm,
		settings: Settings::of(&config),
		view: view.clone(),
		metrics: metrics.clone(),
	};
	let counted = async {
		match config.metrics {
			Some(at) => metrics::serve(at, metrics, taken(counters)).await,
			None => std::future::pending().await,
		}
	};
	tokio::select! {
		result = agent.run() => Ok(result?),
		result = status::serve(&config.state, view, host.containers) => {
			result.map_err(at(&config.state))
		},
		// Whoever wants metrics has to know that there are none, but programs go on.
		result = counted => result.map_err(at(Path::new("the address of metrics"))),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn a_folder_is_of_one_chain() {
		let ledger = Ledger::in_memory();
		let told = |byte: u8| ChainConfig {
			endpoints: vec!["ws://127.0.0.1:9".into()],
			genesis: Some(hex::encode([byte; 32])),
			spec: None,
		};
		connect(&told(1), None, &ledger).expect("it is new");
		let heard = Changes { genesis: Some([1; 32]), ..Changes::default() };
		ledger.write(&heard).expect("it is in memory");
		connect(&told(1), None, &ledger).expect("it is the same");
		let error = connect(&told(2), None, &ledger).err().expect("it is another").to_string();
		assert!(error.contains("another chain") && error.contains("empty folder"), "{error}");
		let untold = ChainConfig { genesis: None, ..told(2) };
		let connection = connect(&untold, None, &ledger).expect("it may be the same");
		assert_eq!(connection.genesis(), Some([1; 32]));
	}

	#[test]
	fn registries_are_as_the_configuration_says() {
		let folder = tempfile::tempdir().expect("there is room");
		let path = folder.path().join("authority.pem");
		let mut config = ImagesConfig {
			plain_registries: vec!["plain.example".into()],
			private_registries: vec!["private.example".into()],
			served_by: [("known.example".into(), "serving.example".into())].into(),
			authorities: [("serving.example".into(), path.clone())].into(),
			layouts: None,
		};
		let error = registries(&config).expect_err("there is no such file").to_string();
		assert!(error.contains("serving.example") && error.contains("authorities"), "{error}");
		fs::write(&path, "a certificate").expect("there is room");
		let read = registries(&config).expect("it is there");
		assert_eq!(read.authorities["serving.example"], b"a certificate");
		assert_eq!(read.served_by, config.served_by);
		assert_eq!((read.plain, read.private.len()), (config.plain_registries.clone(), 1));
		config.authorities.clear();
		assert!(registries(&config).expect("nothing is read").authorities.is_empty());
	}
}
