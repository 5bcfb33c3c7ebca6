//! Secrets that only this node can read.
//!
//! Whoever sees the chain sees the boxes, and may put them into a contract of his own. So what is in
//! a box begins with the number of the twin that sealed it, and only contracts of that twin get it.

use crypto_box::SecretKey;
use grid_primitives::{
	report::FailureCode,
	spec::{Container, Sealed},
	TwinId,
};
use zeroize::Zeroizing;
use zos_core::ports::{Fault, OpenSecret, PortError};

/// What opens the secrets of this node.
pub struct Secrets(SecretKey);

/// A secret is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReadable {
	/// It cannot be opened.
	#[error("a secret cannot be opened: seal it to the encryption key of this node")]
	OtherKey,
	/// It can, but it is not said to be for this contract.
	#[error(
		"a secret was sealed for another twin: before the secret, seal the number of twin {0}, as \
		four bytes with the lowest first"
	)]
	OtherTwin(TwinId),
}

impl Fault for NotReadable {
	fn code(&self) -> FailureCode {
		FailureCode::SecretNotReadable
	}

	fn is_retryable(&self) -> bool {
		false
	}
}

impl Secrets {
	/// With the key of the node.
	pub fn new(key: SecretKey) -> Self {
		Self(key)
	}

	/// What a twin has put into a sealed box.
	pub fn open(&self, sealed: &Sealed, twin: TwinId) -> Result<Zeroizing<Vec<u8>>, NotReadable> {
		let plain = self.0.unseal(&sealed.0).map(Zeroizing::new);
		let plain = plain.map_err(|_| NotReadable::OtherKey)?;
		let secret = plain.strip_prefix(&twin.to_le_bytes());
		secret.map(|it| Zeroizing::new(it.to_vec())).ok_or(NotReadable::OtherTwin(twin))
	}

	/// The secrets of a container of a twin.
	pub fn of<'a>(
		&self,
		container: &'a Container,
		twin: TwinId,
	) -> Result<Vec<OpenSecret<'a>>, PortError> {
		let open = |secret: &'a grid_primitives::spec::Secret| {
			let plain = self.open(&secret.sealed, twin)?;
			Ok(OpenSecret { delivery: &secret.delivery, plain })
		};
		container.secrets.iter().map(open).collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crypto_box::aead::OsRng;

	#[test]
	fn opens_what_is_sealed_to_it_and_nothing_else() {
		let (key, other) = (SecretKey::generate(&mut OsRng), SecretKey::generate(&mut OsRng));
		let seal = |to: &SecretKey| {
			let plain = b"\x05\0\0\0hunter2";
			let sealed = to.public_key().seal(&mut OsRng, plain).expect("it is short");
			assert_eq!(sealed.len(), Sealed::OVERHEAD as usize + 4 + 7);
			Sealed(sealed.try_into().expect("it is short"))
		};
		let (mine, theirs) = (seal(&key), seal(&other));
		let secrets = Secrets::new(key);
		assert_eq!(secrets.open(&mine, 5).expect("it is ours").as_slice(), b"hunter2");
		assert_eq!(secrets.open(&mine, 6), Err(NotReadable::OtherTwin(6)));
		assert_eq!(secrets.open(&theirs, 5), Err(NotReadable::OtherKey));
		let mut bent = mine.0.into_inner();
		bent[50] ^= 1;
		let bent = Sealed(bent.try_into().expect("it fits"));
		assert_eq!(secrets.open(&bent, 5), Err(NotReadable::OtherKey));
		assert_eq!(secrets.open(&Sealed::default(), 5), Err(NotReadable::OtherKey));
	}
}
