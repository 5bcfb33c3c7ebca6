//! Devices of users in private networks.

use super::nothing;
use crate::{chain::records::Part, output::say, session::Session, Failure};
use base64::{engine::general_purpose::STANDARD, Engine};
use crypto_box::SecretKey;
use grid_primitives::{
	device::Device,
	spec::{AccessPeer, Network as Settings},
	ContractId, NodeId,
};
use serde_json::json;
use std::{
	fs::OpenOptions,
	io::Write,
	os::unix::fs::OpenOptionsExt,
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Private networks, and devices that join them
#[derive(clap::Subcommand)]
pub(super) enum Network {
	/// Make the key of a device: the public half is for the manifest
	Key {
		/// The file for the private half: the device's own configuration, or one to copy from
		file: PathBuf,
	},
	/// The devices of a contract's networks, and where they join
	Devices {
		/// Which contract
		contract: ContractId,
	},
	/// The configuration with which a device joins a network, as `wg-quick` reads it
	Access {
		/// Which contract
		contract: ContractId,
		/// The device, as the manifest calls it
		device: String,
		/// The network, if the device joins several
		#[arg(long)]
		network: Option<String>,
		/// The file with the private half of its key; without it, there is a place for it
		#[arg(long, value_name = "FILE")]
		key_file: Option<PathBuf>,
		/// Write it to a file that only its owner can read
		#[arg(long, value_name = "FILE")]
		to: Option<PathBuf>,
	},
}

/// A device in a network on a node.
struct Joined<'a> {
	node: NodeId,
	part: &'a Part,
	name: &'a str,
	network: &'a Settings,
	device: &'a AccessPeer,
}

fn joined(parts: &[Part]) -> impl Iterator<Item = Joined<'_>> {
	parts.iter().flat_map(|part| {
		let networks = part.spec.iter().flat_map(|spec| spec.0.networks());
		networks.flat_map(move |(name, network)| {
			let name = name.as_str().unwrap_or_default();
			let joined = move |device| Joined { node: part.node, part, name, network, device };
			network.access.iter().map(joined)
		})
	})
}

impl Network {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		match self {
			Self::Key { file } => key(session, &file),
			Self::Devices { contract } => {
				let found = session.state().await?.contract(contract).await?;
				let found = found.ok_or_else(|| nothing(format!("contract {contract}")))?;
				let records: Vec<_> = joined(&found.nodes)
					.map(|it| {
						json!({
							"device": it.device.name.as_str(),
							"network": it.name,
							"node": it.node,
							"ip": std::net::Ipv4Addr::from(it.device.ip),
							"key": STANDARD.encode(it.device.public_key),
						})
					})
					.collect();
				session.output().write(&records, || {
					let fields = ["device", "network", "node", "ip", "key"];
					let mut table = crate::output::Table::new(&fields);
					for it in &records {
						table.row(fields.map(|field| super::status::plain(&it[field])));
					}
					table.to_string()
				})
			},
			Self::Access { contract, device, network, key_file, to } => {
				let text =
					access(session, contract, &device, network.as_deref(), key_file.as_deref());
				let text = text.await?;
				match to {
					Some(file) => {
						let what = format!("write how {device} joins to {}", file.display());
						if session.options.does_here(&what)? {
							private_file(&file, text.as_bytes())?;
						}
						Ok(())
					},
					None => say(text.trim_end()),
				}
			},
		}
	}
}

/// What a device is to be configured with.
async fn access(
	session: &Session,
	contract: ContractId,
	device: &str,
	network: Option<&str>,
	key_file: Option<&Path>,
) -> Result<Zeroizing<String>, Failure> {
	let private = key_file.map(read_key).transpose()?;
	let state = session.state().await?;
	let found = state.contract(contract).await?;
	let found = found.ok_or_else(|| nothing(format!("contract {contract}")))?;
	let its = |it: &Joined| {
		it.device.name.as_str() == Some(device) && network.is_none_or(|name| name == it.name)
	};
	let mut all = joined(&found.nodes).filter(its);
	let missing = || nothing(format!("device {device} in the networks of contract {contract}"));
	let it = all.next().ok_or_else(missing)?;
	if let Some(other) = all.next() {
		return Err(Failure::Input(format!(
			"{device} joins several networks: say --network {} or --network {}",
			it.name, other.name
		)));
	}
	if private.as_ref().is_some_and(|private| public(private) != it.device.public_key) {
		return Err(Failure::Input(format!(
			"the key is not that of {device}, of which the public half is {}",
			STANDARD.encode(it.device.public_key)
		)));
	}
	let keys = state.network_keys(it.part.node, contract).await?;
	let node = keys.iter().find(|key| key.network.as_str() == Some(it.name)).ok_or_else(|| {
		Failure::NotRunning(format!(
			"node {} has not said yet how its part of {} is reached: `grid deployment wait \
			 {contract}`",
			it.node, it.name
		))
	})?;
	let label = found.label.as_str().unwrap_or_default();
	let config = Device { network: it.network, device: it.device, node, label };
	let text = config.wg_quick(private.as_deref()).map_err(|hidden| {
		Failure::NotRunning(format!("device {device} cannot reach node {}: {hidden}", it.node))
	})?;
	Ok(Zeroizing::new(text))
}

/// The public half of a private key.
fn public(private: &[u8; 32]) -> [u8; 32] {
	SecretKey::from(*private).public_key().to_bytes()
}

fn key(session: &Session, file: &Path) -> Result<(), Failure> {
	if !session.options.does_here(&format!("write a new key to {}", file.display()))? {
		return Ok(());
	}
	let mut private = Zeroizing::new(rand::random::<[u8; 32]>());
	// What WireGuard wants of a private key: a number of the curve that is not small.
	private[0] &= 248;
	private[31] = private[31] & 127 | 64;
	private_file(file, Zeroizing::new(STANDARD.encode(*private) + "\n").as_bytes())?;
	let public = STANDARD.encode(public(&private));
	session.output().write(&json!({ "key": public }), || public.clone())
}

fn read_key(file: &Path) -> Result<Zeroizing<[u8; 32]>, Failure> {
	let text = std::fs::read_to_string(file).map(Zeroizing::new).map_err(Failure::file(file))?;
	let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new).ok();
	let key = bytes.and_then(|bytes| bytes.as_slice().try_into().ok()).map(Zeroizing::new);
	key.ok_or_else(|| {
		Failure::Input(format!(
			"{} is no private key as `grid network key` writes it",
			file.display()
		))
	})
}

/// Write what only its owner may read. Nothing is written over.
fn private_file(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
	let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
	open.and_then(|mut file| file.write_all(bytes)).map_err(Failure::file(file))
}
