//! The key of a network: made once, and kept where only this machine's agent reads it.

use super::LinuxNetworks;
use crate::{error::Doing, NetworkError};
use boringtun::x25519::{PublicKey, StaticSecret};
use std::fs;
use zeroize::Zeroizing;
use zos_core::Key;
use zos_provision::host::files::{self, Keep};

const FILE: &str = "key";
const PORT: &str = "port";

/// A key pair of WireGuard.
pub(super) struct Pair {
	pub(super) private: Zeroizing<[u8; 32]>,
	pub(super) public: [u8; 32],
}

impl Pair {
	fn of(private: Zeroizing<[u8; 32]>) -> Self {
		let public = PublicKey::from(&StaticSecret::from(*private)).to_bytes();
		Self { private, public }
	}
}

impl LinuxNetworks {
	/// The key of a network, if it has one.
	pub(super) fn find_key(&self, key: &Key) -> Result<Option<Pair>, NetworkError> {
		let path = self.settings.kept(key).join(FILE);
		let text = match fs::read_to_string(&path) {
			Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
			other => Zeroizing::new(other.doing("read the key of a network")?),
		};
		let mut private = Zeroizing::new([0; 32]);
		hex::decode_to_slice(text.trim(), &mut *private)
			.map_err(|_| NetworkError::NotAKey(path))?;
		Ok(Some(Pair::of(private)))
	}

	/// The key of a network.
	pub(super) fn key(&self, key: &Key) -> Result<Pair, NetworkError> {
		if let Some(pair) = self.find_key(key)? {
			return Ok(pair);
		}
		let folder = self.settings.kept(key);
		files::make_folder(&folder, 0o700)?;
		let private = Zeroizing::new(rand::random::<[u8; 32]>());
		let text = Zeroizing::new(hex::encode(*private));
		files::write(&folder.join(FILE), text.as_bytes(), 0o600, Keep::Forever)?;
		Ok(Pair::of(private))
	}

	/// The port that the node has chosen for a network, if it did.
	pub(super) fn chosen_port(&self, key: &Key) -> Option<u16> {
		fs::read_to_string(self.settings.kept(key).join(PORT)).ok()?.trim().parse().ok()
	}

	/// Choose it again when the machine starts anew, so that peers find it where it was.
	pub(super) fn choose_port(&self, key: &Key, port: u16) -> Result<(), NetworkError> {
		if self.chosen_port(key) != Some(port) {
			let path = self.settings.kept(key).join(PORT);
			files::write(&path, port.to_string().as_bytes(), 0o600, Keep::Forever)?;
		}
		Ok(())
	}
}
