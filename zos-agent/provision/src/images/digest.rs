//! What things are known by.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{fmt, io, str::FromStr};

/// A sha256, written as `sha256:` and 64 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
	/// Of these bytes.
	pub fn of(bytes: &[u8]) -> Self {
		Self(Sha256::digest(bytes).into())
	}

	/// The 64 digits alone: a name for a file.
	pub fn hex(&self) -> String {
		self.0.iter().map(|byte| format!("{byte:02x}")).collect()
	}

	/// The first digits, for people.
	pub(super) fn short(&self) -> String {
		self.hex().chars().take(12).collect()
	}

	/// What has such a name.
	pub(super) fn from_hex(text: &str) -> Option<Self> {
		let digits = text.as_bytes();
		if digits.len() != 64 || !digits.iter().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f')) {
			return None;
		}
		let mut bytes = [0; 32];
		for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
			*byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
		}
		Some(Self(bytes))
	}
}

impl fmt::Display for Digest {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		write!(f, "sha256:{}", self.hex())
	}
}

impl fmt::Debug for Digest {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

/// A text is not a digest that this agent can prove.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not sha256: and 64 of the digits 0-9 and a-f")]
pub struct NotADigest(String);

impl FromStr for Digest {
	type Err = NotADigest;

	fn from_str(text: &str) -> Result<Self, NotADigest> {
		let parsed = text.strip_prefix("sha256:").and_then(Self::from_hex);
		parsed.ok_or_else(|| NotADigest(text.chars().take(80).collect()))
	}
}

impl TryFrom<String> for Digest {
	type Error = NotADigest;

	fn try_from(text: String) -> Result<Self, NotADigest> {
		text.parse()
	}
}

impl From<Digest> for String {
	fn from(digest: Digest) -> Self {
		digest.to_string()
	}
}

/// Passes on what is read, and knows the digest of what has passed.
pub(super) struct Hashing<R> {
	inner: R,
	hash: Sha256,
}

impl<R> Hashing<R> {
	pub(super) fn new(inner: R) -> Self {
		Self { inner, hash: Sha256::new() }
	}

	pub(super) fn digest(self) -> Digest {
		Digest(self.hash.finalize().into())
	}
}

impl<R: io::Read> io::Read for Hashing<R> {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		let read = self.inner.read(buffer)?;
		self.hash.update(&buffer[..read]);
		Ok(read)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::io::Read;

	#[test]
	fn a_digest_is_what_it_is_written_as() {
		let text = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
		assert_eq!(Digest::of(b"hello").to_string(), text);
		assert_eq!(text.parse::<Digest>().ok(), Some(Digest::of(b"hello")));
		for bad in ["", "sha256:", "sha512:2cf2", &text[7..], &text.to_uppercase(), &text[..70]] {
			assert!(bad.parse::<Digest>().is_err(), "{bad}");
		}
	}

	#[test]
	fn what_is_read_is_hashed() {
		let mut hashing = Hashing::new(&b"hello"[..]);
		let mut all = Vec::new();
		hashing.read_to_end(&mut all).expect("from memory");
		assert_eq!((all.as_slice(), hashing.digest()), (&b"hello"[..], Digest::of(b"hello")));
	}
}
