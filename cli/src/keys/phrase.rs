//! Keys from words.

use super::{Error, Pair, Scheme};
use codec::Encode;
use schnorrkel::{
	derive::{ChainCode, Derivation},
	ExpansionMode, MiniSecretKey,
};
use sha2::Sha512;
use zeroize::Zeroizing;

/// What everybody knows: the keys of chains for development are derived from it.
const DEVELOPMENT: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/// How often words are hashed, as the standard of mnemonics says.
const ROUNDS: u32 = 2_048;

/// A step of a derivation.
enum Junction {
	Hard([u8; 32]),
	Soft([u8; 32]),
}

/// Twelve new words.
pub fn generate() -> Zeroizing<String> {
	let entropy = Zeroizing::new(rand::random::<[u8; 16]>());
	// Sixteen bytes are twelve words, whatever they are.
	bip39::Mnemonic::from_entropy(&entropy[..])
		.map(|words| Zeroizing::new(words.to_string()))
		.unwrap_or_default()
}

/// The pair of some words, which have to be there: that of everybody's is nobody's own.
pub fn from_words(scheme: Scheme, phrase: &str) -> Result<Pair, Error> {
	match phrase.trim_start() {
		"" => Err(Error::NoWords),
		path if path.starts_with('/') => Err(Error::NoWords),
		_ => from_phrase(scheme, phrase),
	}
}

/// The pair of some words, with what may come after them: `twelve words //hard/soft`. Without
/// words, the pair is one for development.
pub fn from_phrase(scheme: Scheme, phrase: &str) -> Result<Pair, Error> {
	let phrase = phrase.trim();
	let (words, path) = phrase.split_at(phrase.find('/').unwrap_or(phrase.len()));
	let words = if words.trim().is_empty() { DEVELOPMENT } else { words.trim() };
	let words = bip39::Mnemonic::parse_in_normalized(bip39::Language::English, words)
		.map_err(Error::Phrase)?;
	let entropy = Zeroizing::new(words.to_entropy());
	let mut seed = Zeroizing::new([0; 64]);
	pbkdf2::pbkdf2_hmac::<Sha512>(&entropy, b"mnemonic", ROUNDS, &mut seed[..]);
	let mut mini = Zeroizing::new([0; 32]);
	mini.copy_from_slice(&seed[..32]);
	let bad = || Error::Derivation(path.into());
	let junctions = junctions(path).ok_or_else(bad)?;
	match scheme {
		Scheme::Sr25519 => sr25519(&mini, &junctions),
		Scheme::Ed25519 => ed25519(&mini, &junctions),
	}
	.ok_or_else(bad)
}

/// `//hard/soft`.
fn junctions(path: &str) -> Option<Vec<Junction>> {
	let mut rest = path;
	let mut found = Vec::new();
	while let Some(after) = rest.strip_prefix('/') {
		let (hard, after) = match after.strip_prefix('/') {
			Some(after) => (true, after),
			None => (false, after),
		};
		let end = after.find('/').unwrap_or(after.len());
		let (name, next) = after.split_at(end);
		if name.is_empty() {
			return None;
		}
		let code = chain_code(name);
		found.push(if hard { Junction::Hard(code) } else { Junction::Soft(code) });
		rest = next;
	}
	rest.is_empty().then_some(found)
}

/// Numbers are themselves, and other names their encoding, or its hash if that is long.
fn chain_code(name: &str) -> [u8; 32] {
	let encoded = match name.parse::<u64>() {
		Ok(number) => number.encode(),
		Err(_) => name.encode(),
	};
	if encoded.len() > 32 {
		return sp_crypto_hashing::blake2_256(&encoded);
	}
	let mut code = [0; 32];
	code[..encoded.len()].copy_from_slice(&encoded);
	code
}

fn sr25519(mini: &[u8; 32], junctions: &[Junction]) -> Option<Pair> {
	let mini = MiniSecretKey::from_bytes(mini).ok()?;
	let mut pair = mini.expand_to_keypair(ExpansionMode::Ed25519);
	for junction in junctions {
		pair = match junction {
			Junction::Hard(code) => {
				let (mini, _) =
					pair.secret.hard_derive_mini_secret_key(Some(ChainCode(*code)), b"");
				mini.expand_to_keypair(ExpansionMode::Ed25519)
			},
			Junction::Soft(code) => pair.derived_key_simple(ChainCode(*code), b"").0,
		};
	}
	Some(Pair::Sr25519(Box::new(pair)))
}

fn ed25519(mini: &[u8; 32], junctions: &[Junction]) -> Option<Pair> {
	let mut seed = Zeroizing::new(*mini);
	for junction in junctions {
		let Junction::Hard(code) = junction else { return None };
		let step = Zeroizing::new(("Ed25519HDKD", *seed, *code).encode());
		*seed = sp_crypto_hashing::blake2_256(&step);
	}
	Some(Pair::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&seed))))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn address(scheme: Scheme, phrase: &str) -> String {
		from_phrase(scheme, phrase).expect("it is a phrase").account().to_string()
	}

	#[test]
	fn the_keys_of_development_are_those_that_everybody_knows() {
		let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		assert_eq!(address(Scheme::Sr25519, "//Alice"), alice);
		let stash = "5GNJqTPyNqANBkUVMN1LPPrxXnFouWXoe2wNSmmEoLctxiZY";
		assert_eq!(address(Scheme::Sr25519, "//Alice//stash"), stash);
		let grandpa = "5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu";
		assert_eq!(address(Scheme::Ed25519, "//Alice"), grandpa);
	}

	#[test]
	fn what_is_not_a_phrase_or_a_derivation_is_said_to_be_none() {
		let phrase = |text| from_phrase(Scheme::Sr25519, text);
		assert!(matches!(phrase("bottom drive"), Err(Error::Phrase(_))));
		assert!(matches!(phrase("//Alice//"), Err(Error::Derivation(_))));
		let soft = from_phrase(Scheme::Ed25519, "//Alice/soft");
		assert!(matches!(soft, Err(Error::Derivation(_))));
	}

	#[test]
	fn who_says_no_words_has_no_key_of_everybody() {
		for none in ["", " ", "//Alice", " /soft"] {
			let taken = from_words(Scheme::Sr25519, none);
			assert!(matches!(taken, Err(Error::NoWords)), "{none:?}");
		}
		let said = from_words(Scheme::Sr25519, &format!("{DEVELOPMENT}//Alice"));
		assert_eq!(
			said.expect("it is a phrase").account().to_string(),
			address(Scheme::Sr25519, "//Alice")
		);
	}

	#[test]
	fn new_words_are_twelve_and_never_the_same() {
		let (one, other) = (generate(), generate());
		assert_eq!(one.split(' ').count(), 12);
		assert_ne!(one, other);
		assert!(from_phrase(Scheme::Sr25519, &one).is_ok());
	}
}
