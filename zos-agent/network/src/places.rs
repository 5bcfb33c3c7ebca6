//! How the things of networks are called, and where they are.

use crate::host::links::Mac;
use rand::Rng;
use std::{
	net::{IpAddr, Ipv4Addr},
	path::{Path, PathBuf},
};
use zos_core::{HostNames, Key};

/// What follows the prefix in the names of namespaces of workloads, which are in networks.
const ATTACHED: &str = "at-";
/// The letters of short names: 32 of them.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// How many of them a short name has.
const SHORT: usize = 6;
/// The first addresses of the ways between the machine and its networks. Nobody on the internet has
/// them: they are for measuring networks.
const LINKS: u32 = u32::from_be_bytes([198, 18, 0, 0]);
/// How many ways there are.
pub(crate) const MOST_LINKS: u32 = 1 << 16;

/// What an agent decides once about all its networks.
#[derive(Clone, Debug)]
pub struct Settings {
	/// How things are called on the machine.
	pub names: HostNames,
	/// Where keys are kept, on a disk.
	pub state: PathBuf,
	/// Where what does not outlive the machine's memory is kept.
	pub run: PathBuf,
	/// Where namespaces are, for `ip netns` to find them.
	pub namespaces: PathBuf,
	/// Where tunnels are spoken to, for `wg` to find them.
	pub controls: PathBuf,
	/// The program of tunnels.
	pub program: PathBuf,
	/// Where other nodes reach this one. Without, the address by which it reaches the internet, if
	/// that is a public one.
	pub address: Option<IpAddr>,
	/// Who resolves the names of the internet for networks that may go there. Without, those that
	/// the machine asks.
	pub resolvers: Vec<IpAddr>,
}

impl Settings {
	/// What suits most machines, for an agent with this folder on a disk, and one in memory that is
	/// for networks alone.
	pub fn new(names: HostNames, state: &Path, run: &Path, program: PathBuf) -> Self {
		Self {
			names,
			state: state.join("networks"),
			run: run.into(),
			namespaces: "/run/netns".into(),
			controls: "/run/wireguard".into(),
			program,
			address: None,
			resolvers: Vec::new(),
		}
	}

	/// Who resolves the names of the internet.
	pub(crate) fn resolvers(&self) -> Vec<IpAddr> {
		if !self.resolvers.is_empty() {
			return self.resolvers.clone();
		}
		let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
		let servers = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
		servers.filter_map(|it| it.trim().parse().ok()).collect()
	}

	/// What tells this agent in short names.
	fn agent(&self) -> &str {
		self.names.prefix().trim_start_matches("zos-").trim_end_matches('-')
	}

	/// A name of 15 letters, which is as long as interfaces may be called: a letter for what it is,
	/// the agent, and the network.
	fn short(&self, letter: char, key: &Key) -> String {
		let hash = sp_crypto_hashing::blake2_256(key.to_string().as_bytes());
		let rest = hash.iter().take(SHORT).map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
		format!("{letter}{}{}", self.agent(), rest.collect::<String>())
	}

	/// The interface of a network's tunnel.
	pub(crate) fn tunnel(&self, key: &Key) -> String {
		self.short('w', key)
	}

	/// The interface through which a network is reached from the machine.
	pub(crate) fn uplink(&self, key: &Key) -> String {
		self.short('z', key)
	}

	/// What all of these begin with.
	pub(crate) fn uplinks(&self) -> String {
		format!("z{}", self.agent())
	}

	/// The name of the machine's table.
	pub(crate) fn table(&self) -> String {
		self.names.prefix().trim_end_matches('-').into()
	}

	/// The control group of all tunnels.
	pub(crate) fn group(&self) -> String {
		format!("{}tunnels", self.names.prefix())
	}

	pub(crate) fn control(&self, key: &Key) -> PathBuf {
		self.controls.join(format!("{}.sock", self.tunnel(key)))
	}

	/// The namespace of a network.
	pub(crate) fn namespace(&self, network: &Key) -> PathBuf {
		self.namespaces.join(self.names.of_workload(network))
	}

	/// The network to which a namespace of that name belongs.
	pub(crate) fn network_of(&self, name: &str) -> Option<Key> {
		self.names.workload(name)
	}

	/// The namespace of a workload that is in networks.
	pub(crate) fn attached(&self, workload: &Key) -> PathBuf {
		let Key { contract, .. } = workload;
		let prefix = self.names.prefix();
		self.namespaces.join(format!("{prefix}{ATTACHED}{contract}-{}", workload.name()))
	}

	/// The folder of what is kept of a network.
	pub(crate) fn kept(&self, network: &Key) -> PathBuf {
		self.state.join(file_name(network))
	}

	/// What is known of a network that is there.
	pub(crate) fn record(&self, network: &Key) -> PathBuf {
		self.run.join("made").join(format!("{}.json", file_name(network)))
	}

	/// What is known of a workload that is attached.
	pub(crate) fn attachment(&self, workload: &Key) -> PathBuf {
		self.run.join("attached").join(format!("{}.json", file_name(workload)))
	}
}

/// How a file or folder of a workload is called.
pub(crate) fn file_name(key: &Key) -> String {
	format!("{}-{}", key.contract, key.name())
}

/// The workload of which a file or folder is.
pub(crate) fn key_of(name: &str) -> Option<Key> {
	let name = name.strip_suffix(".json").unwrap_or(name);
	let (contract, rest) = name.split_once('-')?;
	Key::new(contract.parse().ok()?, rest).ok()
}

/// The hardware address of whoever has an address: the same wherever it is worked out.
pub(crate) fn mac(ip: [u8; 4]) -> Mac {
	let [a, b, c, d] = ip;
	// Not one that a maker of hardware gave.
	[0x02, 0x67, a, b, c, d]
}

/// The port of a bridge at which an address is.
pub(crate) fn port(ip: [u8; 4]) -> String {
	format!("v{}", hex::encode(ip))
}

/// The two ends of the way between the machine and a network.
pub(crate) fn link(number: u32) -> (Ipv4Addr, Ipv4Addr) {
	let first = LINKS + 2 * (number % MOST_LINKS);
	(Ipv4Addr::from(first), Ipv4Addr::from(first + 1))
}

/// Where one begins to look for a free way: agents on one machine begin elsewhere.
pub(crate) fn any_link() -> u32 {
	rand::rng().random_range(0..MOST_LINKS)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_fit_and_are_those_of_the_agent() {
		let names = HostNames::of(&[0x1a; 32]);
		let folder = Path::new("/x");
		let settings = Settings::new(names, folder, folder, "zos-wg".into());
		let key = Key::new(4_294_967_295, "a-very-long-name-of-a-network").unwrap();
		let uplink = settings.uplink(&key);
		assert_eq!(uplink.len(), 15, "{uplink}");
		assert!(uplink.starts_with("z1a1a1a1a") && uplink.starts_with(&settings.uplinks()));
		assert_ne!(
			settings.uplink(&Key::new(1, "a").unwrap()),
			settings.uplink(&Key::new(2, "a").unwrap())
		);
		assert_eq!(key_of(&file_name(&key)), Some(key.clone()));
		let attached = settings.attached(&key);
		let name = attached.file_name().unwrap().to_str().unwrap();
		assert_eq!(settings.network_of(name), None, "workloads are not networks");
	}

	#[test]
	fn ways_do_not_overlap() {
		assert_eq!(link(0).0.to_string(), "198.18.0.0");
		assert_eq!(link(MOST_LINKS - 1).1.to_string(), "198.19.255.255");
	}
}
