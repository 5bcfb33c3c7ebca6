//! Passwords of namespaces, as they are kept.
//!
//! A hash is enough to check a password that is said. Checking an answer to a challenge takes the
//! password itself: it is kept sealed, under a key that is not on the disk of the data, and only
//! where the operator gave such a key.

use chacha20poly1305::{
	aead::{Aead, KeyInit, Payload},
	XChaCha20Poly1305, XNonce,
};
use hmac::Hmac;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use std::{fs, io, path::Path};
use subtle::ConstantTimeEq;
use thiserror::Error;

const FORMAT: u8 = 1;
const SALT: usize = 16;
const HASH: usize = 32;
const NONCE: usize = 24;
const HEAD: usize = 1 + 4 + SALT + HASH;
/// Hashing holds up everyone, as one thread serves all: half a millisecond is what that may take.
const ROUNDS: u32 = 1000;
/// More rounds than this were never written by us.
const MAX_ROUNDS: u32 = 1 << 20;

/// Why the key for passwords cannot be used.
#[derive(Debug, Error)]
pub enum PasswordKeyError {
	/// Its file cannot be read.
	#[error("cannot read the password key {path}: {source}; make one with 'head -c 32 /dev/urandom > FILE', readable by the server alone")]
	Read {
		/// The file.
		path: String,
		/// Why.
		source: io::Error,
	},
	/// It is not a key.
	#[error("the password key {path} has {length} bytes instead of 32; make one with 'head -c 32 /dev/urandom > FILE'")]
	Length {
		/// The file.
		path: String,
		/// Its length.
		length: usize,
	},
}

/// What passwords are sealed with.
#[derive(Clone)]
pub struct PasswordKey(XChaCha20Poly1305);

impl PasswordKey {
	/// The key in the file at `path`: 32 bytes.
	pub fn read(path: &Path) -> Result<Self, PasswordKeyError> {
		let name = || path.display().to_string();
		let bytes =
			fs::read(path).map_err(|source| PasswordKeyError::Read { path: name(), source })?;
		let key = <[u8; 32]>::try_from(bytes.as_slice())
			.map_err(|_| PasswordKeyError::Length { path: name(), length: bytes.len() })?;
		Ok(Self::new(key))
	}

	/// A key from its bytes.
	pub fn new(key: [u8; 32]) -> Self {
		Self(XChaCha20Poly1305::new(&key.into()))
	}
}

/// What is kept of the password of the namespace `name`.
pub(super) fn keep(name: &[u8], password: &[u8], key: Option<&PasswordKey>) -> Option<Vec<u8>> {
	let salt: [u8; SALT] = rand::random();
	let mut kept = vec![FORMAT];
	kept.extend(ROUNDS.to_le_bytes());
	kept.extend(salt);
	kept.extend(hash(password, &salt, ROUNDS)?);
	if let Some(PasswordKey(cipher)) = key {
		let nonce: [u8; NONCE] = rand::random();
		let sealed = Payload { msg: password, aad: name };
		kept.extend(nonce);
		kept.extend(cipher.encrypt(XNonce::from_slice(&nonce), sealed).ok()?);
	}
	Some(kept)
}

/// Whether `password` is the one of which `kept` is kept.
pub(super) fn is_password(kept: &[u8], password: &[u8]) -> bool {
	let check = || {
		let rounds = u32::from_le_bytes(kept.get(1..5)?.try_into().ok()?);
		if kept[0] != FORMAT || rounds > MAX_ROUNDS {
			return None;
		}
		let expected = kept.get(5 + SALT..HEAD)?;
		Some(bool::from(hash(password, kept.get(5..5 + SALT)?, rounds)?.ct_eq(expected)))
	};
	check().unwrap_or(false)
}

/// The password of the namespace `name` itself. None where it was not sealed with this key.
pub(super) fn open(name: &[u8], kept: &[u8], PasswordKey(cipher): &PasswordKey) -> Option<Vec<u8>> {
	let nonce = kept.get(HEAD..HEAD + NONCE)?;
	let sealed = Payload { msg: kept.get(HEAD + NONCE..)?, aad: name };
	cipher.decrypt(XNonce::from_slice(nonce), sealed).ok()
}

/// A password that was said by who decides it, as it is kept in memory only: checking another one
/// against it takes so little that nobody can hold up others by guessing.
pub(super) struct Known {
	salt: [u8; SALT],
	hash: [u8; HASH],
}

impl Known {
	pub(super) fn new(password: &[u8]) -> Self {
		let salt = rand::random();
		Self { salt, hash: Self::hash(&salt, password) }
	}

	/// Whether `said` is it.
	pub(super) fn is(&self, said: &[u8]) -> bool {
		Self::hash(&self.salt, said).ct_eq(&self.hash).into()
	}

	fn hash(salt: &[u8; SALT], password: &[u8]) -> [u8; HASH] {
		Sha256::new().chain_update(salt).chain_update(password).finalize().into()
	}
}

/// A challenge: nobody answers two alike.
pub(super) fn challenge() -> String {
	hex::encode(rand::random::<[u8; 8]>())
}

/// Whether `answer` shows that the client knows `password`.
pub(super) fn is_answer(nonce: &str, password: &[u8], answer: &[u8]) -> bool {
	let mut hash = Sha1::new();
	hash.update(nonce.as_bytes());
	hash.update(b":");
	hash.update(password);
	hex::encode(hash.finalize()).as_bytes().ct_eq(&answer.to_ascii_lowercase()).into()
}

/// Whether two passwords are the same, without telling how much of them is.
pub(super) fn is_same(one: &[u8], other: &[u8]) -> bool {
	Sha256::digest(one).ct_eq(&Sha256::digest(other)).into()
}

fn hash(password: &[u8], salt: &[u8], rounds: u32) -> Option<[u8; HASH]> {
	let mut out = [0; HASH];
	pbkdf2::pbkdf2::<Hmac<Sha256>>(password, salt, rounds, &mut out).ok()?;
	Some(out)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn key(byte: u8) -> PasswordKey {
		PasswordKey::new([byte; 32])
	}

	#[test]
	fn the_password_is_known_again_and_not_kept() {
		for key in [None, Some(key(1))] {
			let kept = keep(b"photos", b"open sesame", key.as_ref()).unwrap();
			assert!(is_password(&kept, b"open sesame"));
			assert!(!is_password(&kept, b"open sesam") && !is_password(&kept, b""));
			assert!(!kept.windows(4).any(|window| window == b"open"));
		}
	}

	#[test]
	fn a_known_password_is_known_again() {
		let known = Known::new(b"open sesame");
		assert!(known.is(b"open sesame"));
		assert!(!known.is(b"open sesam") && !known.is(b""));
	}

	#[test]
	fn only_the_key_opens_it_and_for_this_namespace_only() {
		let kept = keep(b"photos", b"open sesame", Some(&key(1))).unwrap();
		assert_eq!(open(b"photos", &kept, &key(1)).as_deref(), Some(b"open sesame".as_slice()));
		assert_eq!(open(b"photos", &kept, &key(2)), None);
		assert_eq!(open(b"videos", &kept, &key(1)), None);
		let unsealed = keep(b"photos", b"open sesame", None).unwrap();
		assert_eq!(open(b"photos", &unsealed, &key(1)), None);
	}

	#[test]
	fn what_is_kept_may_be_anything() {
		for kept in [&b""[..], b"\x01", &[0xff; 400], &[1; HEAD - 1]] {
			assert!(!is_password(kept, b"open sesame"));
			assert_eq!(open(b"photos", kept, &key(1)), None);
		}
	}

	#[test]
	fn a_challenge_is_answered_as_0_db_has_it() {
		// printf '%s' "0011223344556677:secret" | sha1sum
		let right = "6b651b82c4aa25df217a62d9ccc5239f0e3b394a";
		let wrong = "6b651b82c4aa25df217a62d9ccc5239f0e3b394b";
		assert!(is_answer("0011223344556677", b"secret", right.as_bytes()));
		assert!(is_answer("0011223344556677", b"secret", right.to_uppercase().as_bytes()));
		assert!(!is_answer("0011223344556677", b"secret", wrong.as_bytes()));
		assert!(!is_answer("0011223344556677", b"secret", b""));
	}
}
