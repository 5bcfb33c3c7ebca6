//! What only nodes may read: taken from the environment or from files, and sealed.
//!
//! The box of a secret is opened by its node only, and for contracts of one twin only: its number is
//! sealed before the secret, or else others could put the box into contracts of theirs. So that
//! applying twice changes nothing, the same secret of the same owner for the same node is sealed into
//! the same box: its one-time key comes from a key that only the owner can have, and from what is
//! sealed. Who does not have that key learns nothing of a secret but that it is the same as before.

use super::{
	build::Sealer,
	types::{Manifest, SecretSource},
	Error,
};
use crypto_box::{
	aead::rand_core::{CryptoRng, Error as NoRandom, RngCore},
	PublicKey,
};
use grid_primitives::{spec::Sealed, NodeId, TwinId};
use std::{collections::BTreeMap, path::Path};
use zeroize::Zeroizing;

/// The most bytes of a secret.
const MOST: usize = (Sealed::MOST - Sealed::OVERHEAD) as usize - size_of::<TwinId>();

/// The secrets of a manifest.
#[derive(Default)]
pub struct Secrets(BTreeMap<String, Zeroizing<Vec<u8>>>);

impl Secrets {
	/// Take them from where the manifest says they are.
	pub fn gather(manifest: &Manifest, folder: &Path) -> Result<Self, Error> {
		let mut all = Self::default();
		for (workload, container) in &manifest.containers {
			for (name, from) in &container.secrets {
				all.take(folder, workload, name, from)?;
			}
		}
		for (workload, database) in &manifest.databases {
			if let Some(from) = &database.password {
				all.take(folder, workload, "password", from)?;
			}
		}
		Ok(all)
	}

	/// Whether there are none.
	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	fn take(
		&mut self,
		folder: &Path,
		workload: &str,
		name: &str,
		from: &SecretSource,
	) -> Result<(), Error> {
		let unusable = |why: String| Error::Secret {
			name: name.into(),
			workload: workload.into(),
			from: place_of(from),
			why,
		};
		let secret = match from {
			SecretSource::Env(variable) => std::env::var(variable)
				.map(String::into_bytes)
				.map_err(|error| unusable(error.to_string())),
			SecretSource::File(path) => {
				std::fs::read(folder.join(path)).map_err(|error| unusable(error.to_string()))
			},
		};
		let secret = Zeroizing::new(secret?);
		if secret.is_empty() || secret.len() > MOST {
			return Err(unusable(format!(
				"it has {} bytes, and may have 1 to {MOST}",
				secret.len()
			)));
		}
		self.0.insert(place_of(from), secret);
		Ok(())
	}

	fn get(&self, from: &SecretSource) -> Option<&Zeroizing<Vec<u8>>> {
		self.0.get(&place_of(from))
	}
}

fn place_of(from: &SecretSource) -> String {
	match from {
		SecretSource::Env(variable) => format!("the variable {variable}"),
		SecretSource::File(path) => format!("the file {}", path.display()),
	}
}

/// Seals secrets to the keys of nodes.
pub struct Seals {
	/// They.
	pub secrets: Secrets,
	/// A key that only the owner can have.
	pub key: Zeroizing<[u8; 32]>,
	/// Whose contract may have them. Without a twin there is none.
	pub twin: Option<TwinId>,
	/// To what they are sealed.
	pub nodes: BTreeMap<NodeId, [u8; 32]>,
}

impl Sealer for Seals {
	fn seal(
		&self,
		node: NodeId,
		workload: &str,
		name: &str,
		from: &SecretSource,
	) -> Result<Sealed, Error> {
		let unusable = |why: &str| Error::Secret {
			name: name.into(),
			workload: workload.into(),
			from: place_of(from),
			why: why.into(),
		};
		let secret = self.secrets.get(from).ok_or_else(|| unusable("it was not read"))?;
		let to = self.nodes.get(&node).ok_or_else(|| unusable("its node has no key"))?;
		let no_twin = || unusable("its owner has no twin: make one with `grid twin create`");
		let twin = self.twin.ok_or_else(no_twin)?;
		let plain = Zeroizing::new([&twin.to_le_bytes()[..], &secret[..]].concat());
		let mut random = Once::new(&self.key, to, &[workload, name].join("\n"), &plain);
		let sealed = PublicKey::from(*to)
			.seal(&mut random, &plain)
			.map_err(|_| unusable("it cannot be sealed"))?;
		sealed.try_into().map(Sealed).map_err(|_| unusable("it is too long"))
	}
}

/// Seals nothing: for those who only want to know where things go.
pub struct Blank;

impl Sealer for Blank {
	fn seal(&self, _: NodeId, _: &str, _: &str, _: &SecretSource) -> Result<Sealed, Error> {
		Ok(Sealed([0; Sealed::OVERHEAD as usize + 1].to_vec().try_into().unwrap_or_default()))
	}
}

/// The bytes of the one-time key of a box: as good as random to who does not have the key.
struct Once {
	seed: Zeroizing<[u8; 32]>,
	drawn: u32,
}

impl Once {
	/// What it is for has no NUL, so that it cannot be taken for the beginning of what is sealed:
	/// all of that counts, since no two texts may ever be sealed with the same one-time key.
	fn new(key: &[u8; 32], to: &[u8; 32], purpose: &str, plain: &[u8]) -> Self {
		let parts = [b"grid/box", &key[..], &to[..], purpose.as_bytes(), b"\0", plain];
		let all = Zeroizing::new(parts.concat());
		Self { seed: Zeroizing::new(sp_crypto_hashing::blake2_256(&all)), drawn: 0 }
	}
}

impl RngCore for Once {
	fn next_u32(&mut self) -> u32 {
		let mut bytes = [0; 4];
		self.fill_bytes(&mut bytes);
		u32::from_le_bytes(bytes)
	}

	fn next_u64(&mut self) -> u64 {
		let mut bytes = [0; 8];
		self.fill_bytes(&mut bytes);
		u64::from_le_bytes(bytes)
	}

	fn fill_bytes(&mut self, to: &mut [u8]) {
		for chunk in to.chunks_mut(32) {
			let block = [&self.seed[..], &self.drawn.to_le_bytes()].concat();
			let block = Zeroizing::new(sp_crypto_hashing::blake2_256(&Zeroizing::new(block)));
			self.drawn += 1;
			chunk.iter_mut().zip(block.iter()).for_each(|(to, from)| *to = *from);
		}
	}

	fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), NoRandom> {
		self.fill_bytes(to);
		Ok(())
	}
}

impl CryptoRng for Once {}

#[cfg(test)]
mod tests {
	use super::*;
	use crypto_box::SecretKey;

	fn seals(key: u8, node: &SecretKey, secret: &[u8]) -> Vec<u8> {
		seals_for(5, key, node, secret)
	}

	fn seals_for(twin: TwinId, key: u8, node: &SecretKey, secret: &[u8]) -> Vec<u8> {
		let from = SecretSource::Env("A".into());
		let mut secrets = Secrets::default();
		secrets.0.insert(place_of(&from), Zeroizing::new(secret.to_vec()));
		let nodes = [(1, node.public_key().to_bytes())].into();
		let key = Zeroizing::new([key; 32]);
		let seals = Seals { secrets, key, twin: Some(twin), nodes };
		seals.seal(1, "web", "A", &from).expect("it can be sealed").0.into_inner()
	}

	#[test]
	fn the_node_opens_it_and_the_same_secret_is_the_same_box() {
		let node = SecretKey::from([7; 32]);
		let sealed = seals(1, &node, b"secret");
		assert_eq!(node.unseal(&sealed).expect("it is its box"), b"\x05\0\0\0secret");
		assert_eq!(seals(1, &node, b"secret"), sealed);
	}

	#[test]
	fn another_owner_twin_secret_or_node_makes_another_box() {
		let (node, other) = (SecretKey::from([7; 32]), SecretKey::from([8; 32]));
		let sealed = seals(1, &node, b"secret");
		assert_ne!(seals(2, &node, b"secret"), sealed);
		assert_ne!(seals_for(6, 1, &node, b"secret")[..32], sealed[..32]);
		assert_ne!(seals(1, &node, b"Secret")[..32], sealed[..32]);
		assert_ne!(seals(1, &other, b"secret")[..32], sealed[..32]);
		assert!(other.unseal(&sealed).is_err());
	}
}
