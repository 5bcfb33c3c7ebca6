//! Key files as polkadot.js writes them: scrypt makes a key of the passphrase, and
//! xsalsa20-poly1305 seals the pair with it.

use super::{Account, Error, Pair, Scheme};
use base64::{engine::general_purpose::STANDARD, Engine};
use crypto_secretbox::{aead::Aead, Key, KeyInit, Nonce, XSalsa20Poly1305};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What comes before the secret half, and between the halves.
const HEADER: [u8; 16] = [48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
const DIVIDER: [u8; 5] = [161, 35, 3, 33, 0];

/// How hard it is to try passphrases: 2^15 is what wallets of all ages read.
const WORK: u8 = 15;
const BLOCKS: u32 = 8;
const LANES: u32 = 1;

/// The most work that a file may ask for: half a gibibyte of memory.
const MOST_WORK: u8 = 19;

/// A key file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyFile {
	/// What is sealed, in base64.
	pub encoded: String,
	/// How it is sealed.
	pub encoding: Encoding,
	/// Whose it is.
	pub address: Account,
	/// What wallets say of it.
	#[serde(default)]
	pub meta: serde_json::Map<String, serde_json::Value>,
}

/// How a key is sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Encoding {
	/// What is inside.
	pub content: Vec<String>,
	/// How it is sealed.
	#[serde(rename = "type")]
	pub kind: Vec<String>,
	/// Of the format.
	pub version: String,
}

/// Seal a pair.
pub fn seal(pair: &Pair, name: &str, passphrase: &str) -> Result<KeyFile, Error> {
	let salt: [u8; 32] = rand::random();
	let nonce: [u8; 24] = rand::random();
	let mut plain = Zeroizing::new(Vec::with_capacity(128));
	plain.extend_from_slice(&HEADER);
	plain.extend_from_slice(&pair.secret()[..]);
	plain.extend_from_slice(&DIVIDER);
	plain.extend_from_slice(&pair.account().0);
	let sealed = secretbox(passphrase, &salt, WORK, BLOCKS, LANES)?
		.encrypt(Nonce::from_slice(&nonce), &plain[..])
		.map_err(|_| Error::Malformed("it cannot be sealed"))?;
	let mut all = salt.to_vec();
	all.extend_from_slice(&(1_u32 << WORK).to_le_bytes());
	all.extend_from_slice(&LANES.to_le_bytes());
	all.extend_from_slice(&BLOCKS.to_le_bytes());
	all.extend_from_slice(&nonce);
	all.extend_from_slice(&sealed);
	let strings = |texts: [&str; 2]| texts.map(String::from).to_vec();
	let meta = [("name".to_string(), name.into())].into_iter().collect();
	Ok(KeyFile {
		encoded: STANDARD.encode(all),
		encoding: Encoding {
			content: strings(["pkcs8", pair.scheme().name()]),
			kind: strings(["scrypt", "xsalsa20-poly1305"]),
			version: "3".into(),
		},
		address: pair.account(),
		meta,
	})
}

/// Open a sealed pair.
pub fn open(file: &KeyFile, passphrase: &str) -> Result<Pair, Error> {
	let kind: Vec<_> = file.encoding.kind.iter().map(String::as_str).collect();
	if kind != ["scrypt", "xsalsa20-poly1305"] || file.encoding.version != "3" {
		return Err(Error::Malformed("only version 3 with scrypt and xsalsa20-poly1305 is known"));
	}
	let scheme = match file.encoding.content.iter().map(String::as_str).collect::<Vec<_>>()[..] {
		["pkcs8", "sr25519"] => Scheme::Sr25519,
		["pkcs8", "ed25519"] => Scheme::Ed25519,
		_ => return Err(Error::Malformed("only keys of sr25519 and ed25519 are known")),
	};
	let all = STANDARD.decode(&file.encoded).map_err(|_| Error::Malformed("it is not base64"))?;
	let short = Error::Malformed("it is too short");
	let Some((salt, rest)) = all.split_first_chunk::<32>() else { return Err(short) };
	let Some((numbers, rest)) = rest.split_first_chunk::<12>() else { return Err(short) };
	let Some((nonce, sealed)) = rest.split_first_chunk::<24>() else { return Err(short) };
	let [a, b, c, d, e, f, g, h, i, j, k, l] = *numbers;
	let [work, lanes, blocks] = [[a, b, c, d], [e, f, g, h], [i, j, k, l]].map(u32::from_le_bytes);
	// A file of strangers must not take all memory.
	let bearable = work.is_power_of_two()
		&& work.ilog2() <= u32::from(MOST_WORK)
		&& lanes == LANES
		&& blocks == BLOCKS;
	if !bearable {
		return Err(Error::Malformed("it asks for an unusual amount of work"));
	}
	let plain = secretbox(passphrase, salt, work.ilog2() as u8, blocks, lanes)?
		.decrypt(Nonce::from_slice(nonce), sealed)
		.map_err(|_| Error::WrongPassphrase)?;
	let pair = unpack(scheme, &Zeroizing::new(plain))?;
	if pair.account() != file.address {
		return Err(Error::Malformed("its address is that of another key"));
	}
	Ok(pair)
}

fn unpack(scheme: Scheme, plain: &[u8]) -> Result<Pair, Error> {
	let malformed = || Error::Malformed("what is sealed is no key");
	let rest = plain.strip_prefix(&HEADER).ok_or_else(malformed)?;
	let (secret, rest) = rest.split_first_chunk::<64>().ok_or_else(malformed)?;
	let public = rest.strip_prefix(&DIVIDER).ok_or_else(malformed)?;
	let pair = Pair::from_secret(scheme, secret).ok_or_else(malformed)?;
	if pair.account().0 != *public {
		return Err(malformed());
	}
	Ok(pair)
}

fn secretbox(
	passphrase: &str,
	salt: &[u8],
	work: u8,
	blocks: u32,
	lanes: u32,
) -> Result<XSalsa20Poly1305, Error> {
	let params = scrypt::Params::new(work, blocks, lanes, 64)
		.map_err(|_| Error::Malformed("its numbers for scrypt are none"))?;
	let mut key = Zeroizing::new([0; 64]);
	scrypt::scrypt(passphrase.as_bytes(), salt, &params, &mut key[..])
		.map_err(|_| Error::Malformed("its numbers for scrypt are none"))?;
	Ok(XSalsa20Poly1305::new(Key::from_slice(&key[..32])))
}

#[cfg(test)]
mod tests {
	use super::super::from_phrase;
	use super::*;

	#[test]
	fn what_was_sealed_is_opened_with_the_passphrase_and_no_other() {
		for scheme in [Scheme::Sr25519, Scheme::Ed25519] {
			let pair = from_phrase(scheme, "//Alice").expect("it is a phrase");
			let file = seal(&pair, "alice", "correct horse").expect("it can be sealed");
			let opened = open(&file, "correct horse").expect("it is the passphrase");
			assert_eq!(opened.account(), pair.account());
			assert!(matches!(open(&file, "wrong horse"), Err(Error::WrongPassphrase)));
		}
	}

	#[test]
	fn a_file_that_would_take_all_memory_is_refused() {
		let pair = from_phrase(Scheme::Sr25519, "//Alice").expect("it is a phrase");
		let mut file = seal(&pair, "alice", "").expect("it can be sealed");
		let mut all = STANDARD.decode(&file.encoded).expect("it was just encoded");
		all[32..36].copy_from_slice(&(1_u32 << 30).to_le_bytes());
		file.encoded = STANDARD.encode(all);
		assert!(matches!(open(&file, ""), Err(Error::Malformed(_))));
	}
}
