//! How one tells whether a workload is still the one that is wanted.

use crate::Around;
use codec::Encode;
use grid_primitives::spec::{Container, Kind, Network, Spec};
use std::{fmt, str::FromStr};

/// A hash over all that makes a workload what it is. What runs under another must be remade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

/// The text is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 64 hexadecimal digits")]
pub struct NoFingerprint;

impl Fingerprint {
	/// Of a container: its own bytes, and where it is in its networks.
	///
	/// A volume is not part of it: a container sees it grow without being started again. Of a
	/// network only the addresses are, not the peers, which come and go.
	pub fn of_container(container: &Container, spec: &Spec) -> Self {
		let mut addresses = Vec::new();
		for attachment in container.networks.iter() {
			let network = spec.networks().find(|(name, _)| **name == attachment.network);
			addresses.push(network.map(|(_, it)| (it.range, it.ula, it.subnet)));
		}
		Self::hash(&(b"container", container, addresses))
	}

	/// Of anything else: its own bytes.
	pub fn of(kind: &Kind) -> Self {
		Self::hash(kind)
	}

	/// Of a network: its own bytes, and what surrounds it.
	pub fn of_network(network: &Network, around: &Around) -> Self {
		Self::hash(&(b"network", network, around))
	}

	fn hash(what: &impl Encode) -> Self {
		Self(sp_crypto_hashing::blake2_256(&what.encode()))
	}
}

impl fmt::Display for Fingerprint {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		f.write_str(&hex::encode(self.0))
	}
}

impl FromStr for Fingerprint {
	type Err = NoFingerprint;

	fn from_str(text: &str) -> Result<Self, NoFingerprint> {
		let mut bytes = [0; 32];
		hex::decode_to_slice(text, &mut bytes).map_err(|_| NoFingerprint)?;
		Ok(Self(bytes))
	}
}
