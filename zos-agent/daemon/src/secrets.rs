//! Secrets that only this node can read.

use crypto_box::SecretKey;
use grid_primitives::{
	report::FailureCode,
	spec::{Container, Sealed},
};
use zeroize::Zeroizing;
use zos_core::ports::{Fault, OpenSecret, PortError};

/// What opens the secrets of this node.
pub struct Secrets(SecretKey);

/// A secret cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret cannot be opened: seal it to the encryption key of this node")]
pub struct NotReadable;

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

	/// What is in a sealed box.
	pub fn open(&self, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, NotReadable> {
		self.0.unseal(&sealed.0).map(Zeroizing::new).map_err(|_| NotReadable)
	}

	/// The secrets of a container.
	pub fn of<'a>(&self, container: &'a Container) -> Result<Vec<OpenSecret<'a>>, PortError> {
		let open = |secret: &'a grid_primitives::spec::Secret| {
			let plain = self.open(&secret.sealed)?;
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
			let sealed = to.public_key().seal(&mut OsRng, b"hunter2").expect("it is short");
			assert_eq!(sealed.len(), Sealed::OVERHEAD as usize + 7);
			Sealed(sealed.try_into().expect("it is short"))
		};
		let (mine, theirs) = (seal(&key), seal(&other));
		let secrets = Secrets::new(key);
		assert_eq!(secrets.open(&mine).expect("it is ours").as_slice(), b"hunter2");
		assert_eq!(secrets.open(&theirs), Err(NotReadable));
		let mut bent = mine.0.into_inner();
		bent[50] ^= 1;
		assert_eq!(secrets.open(&Sealed(bent.try_into().expect("it fits"))), Err(NotReadable));
		assert_eq!(secrets.open(&Sealed::default()), Err(NotReadable));
	}
}
