//! Pairs of keys that sign.

use super::Error;
use ed25519_dalek::Signer as _;
use schnorrkel::signing_context;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use subxt::{config::substrate::MultiSignature, utils::AccountId32};
use zeroize::Zeroizing;

/// The kinds of keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
	/// What wallets make.
	#[default]
	Sr25519,
	/// What other programs know too.
	Ed25519,
}

impl Scheme {
	/// Its name, as key files have it.
	pub fn name(self) -> &'static str {
		match self {
			Self::Sr25519 => "sr25519",
			Self::Ed25519 => "ed25519",
		}
	}
}

/// An account, shown as an address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(pub [u8; 32]);

impl fmt::Display for Account {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		// With prefix 42, as all addresses of the grid.
		AccountId32(self.0).fmt(f)
	}
}

impl fmt::Debug for Account {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl FromStr for Account {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self, Error> {
		let bad = || Error::BadAddress(text.into());
		if let Some(digits) = text.strip_prefix("0x") {
			let bytes = hex::decode(digits).map_err(|_| bad())?;
			return bytes.try_into().map(Self).map_err(|_| bad());
		}
		AccountId32::from_str(text).map(|account| Self(account.0)).map_err(|_| bad())
	}
}

impl Serialize for Account {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		to.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for Account {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		let text = String::deserialize(from)?;
		text.parse().map_err(serde::de::Error::custom)
	}
}

/// A pair of keys.
#[derive(Clone)]
pub enum Pair {
	/// Of sr25519.
	Sr25519(Box<schnorrkel::Keypair>),
	/// Of ed25519.
	Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl Pair {
	/// Which kind it is.
	pub fn scheme(&self) -> Scheme {
		match self {
			Self::Sr25519(_) => Scheme::Sr25519,
			Self::Ed25519(_) => Scheme::Ed25519,
		}
	}

	/// The account that it signs for.
	pub fn account(&self) -> Account {
		match self {
			Self::Sr25519(pair) => Account(pair.public.to_bytes()),
			Self::Ed25519(pair) => Account(pair.verifying_key().to_bytes()),
		}
	}

	/// Sign some bytes.
	pub fn sign(&self, bytes: &[u8]) -> MultiSignature {
		match self {
			Self::Sr25519(pair) => {
				let signature = pair.sign(signing_context(b"substrate").bytes(bytes));
				MultiSignature::Sr25519(signature.to_bytes())
			},
			Self::Ed25519(pair) => MultiSignature::Ed25519(pair.sign(bytes).to_bytes()),
		}
	}

	/// A key that only the owner of this pair can have, for one purpose: always the same.
	pub fn derived(&self, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
		let secret = self.secret();
		let mut all = Zeroizing::new(purpose.to_vec());
		// After a soft derivation, what follows is a nonce that is another each time.
		all.extend_from_slice(&secret[..32]);
		Zeroizing::new(sp_crypto_hashing::blake2_256(&all))
	}

	/// The secret half, as key files have it.
	pub(super) fn secret(&self) -> Zeroizing<[u8; 64]> {
		Zeroizing::new(match self {
			Self::Sr25519(pair) => pair.secret.to_ed25519_bytes(),
			Self::Ed25519(pair) => pair.to_keypair_bytes(),
		})
	}

	/// The pair of a secret half, as key files have it.
	pub(super) fn from_secret(scheme: Scheme, secret: &[u8; 64]) -> Option<Self> {
		Some(match scheme {
			Scheme::Sr25519 => {
				let secret = schnorrkel::SecretKey::from_ed25519_bytes(secret).ok()?;
				Self::Sr25519(Box::new(secret.to_keypair()))
			},
			Scheme::Ed25519 => {
				Self::Ed25519(Box::new(ed25519_dalek::SigningKey::from_keypair_bytes(secret).ok()?))
			},
		})
	}
}

/// What is secret is not shown.
impl fmt::Debug for Pair {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		write!(f, "Pair({}, {})", self.scheme().name(), self.account())
	}
}

#[cfg(test)]
mod tests {
	use super::super::from_phrase;
	use super::*;

	#[test]
	fn what_is_derived_for_a_purpose_is_always_the_same() {
		let phrases = [
			(Scheme::Sr25519, "//Alice"),
			(Scheme::Sr25519, "//Alice/soft"),
			(Scheme::Ed25519, "//Alice"),
		];
		for (scheme, phrase) in phrases {
			let derived = |purpose: &[u8]| {
				let pair = from_phrase(scheme, phrase).expect("it is a phrase");
				pair.derived(purpose)
			};
			assert_eq!(derived(b"one"), derived(b"one"), "{phrase}");
			assert_ne!(derived(b"one"), derived(b"other"), "{phrase}");
		}
	}
}
