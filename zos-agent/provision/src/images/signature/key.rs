use ed25519_dalek::VerifyingKey as Ed25519;
use p256::{
	ecdsa::{signature::Verifier, Signature, VerifyingKey as P256},
	pkcs8::DecodePublicKey,
};

/// A public key, as cosign knows it.
pub(super) enum Key {
	P256(P256),
	Ed25519(Ed25519),
}

impl Key {
	/// The key in DER, with the kind that it is of.
	pub(super) fn parse(der: &[u8]) -> Option<Self> {
		let p256 = P256::from_public_key_der(der).ok().map(Self::P256);
		p256.or_else(|| Ed25519::from_public_key_der(der).ok().map(Self::Ed25519))
	}

	/// Whether who has the secret half has signed these bytes.
	pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
		match self {
			Self::P256(key) => Signature::from_der(signature)
				.is_ok_and(|signature| key.verify(message, &signature).is_ok()),
			// The strict rules leave no two answers about the same signature.
			Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
				.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use ed25519_dalek::{pkcs8::EncodePublicKey as _, Signer as _, SigningKey};

	#[test]
	fn both_kinds_of_keys_prove_what_they_signed_and_nothing_else() {
		let p256 = p256::ecdsa::SigningKey::from_slice(&[7; 32]).expect("a key");
		let signature: Signature = p256.sign(b"hello");
		let p256_der = p256::PublicKey::from(p256.verifying_key());
		let p256_der = p256_der.to_public_key_der().expect("in DER").into_vec();
		let ed25519 = SigningKey::from_bytes(&[8; 32]);
		let ed25519_der = ed25519.verifying_key().to_public_key_der().expect("in DER").into_vec();
		let pairs: [(Vec<u8>, Vec<u8>); 2] = [
			(p256_der, signature.to_der().as_bytes().to_vec()),
			(ed25519_der, ed25519.sign(b"hello").to_bytes().to_vec()),
		];
		for (at, (der, signature)) in pairs.iter().enumerate() {
			let key = Key::parse(der).expect("it is a key");
			assert!(key.has_signed(b"hello", signature));
			assert!(!key.has_signed(b"hellO", signature));
			assert!(!key.has_signed(b"hello", &pairs[1 - at].1));
			assert!(!key.has_signed(b"hello", &[]));
			assert!(Key::parse(&der[1..]).is_none());
			assert!(Key::parse(&[&der[..], b"x"].concat()).is_none());
		}
		assert!(Key::parse(b"").is_none());
	}
}
