//! Which store it is.

use std::io;

/// What tells one store from all others: sixteen random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity(pub [u8; 16]);

impl Identity {
	pub(crate) fn random() -> io::Result<Self> {
		let mut bytes = [0; 16];
		let mut filled = 0;
		while filled < bytes.len() {
			let flags = rustix::rand::GetRandomFlags::empty();
			filled += rustix::rand::getrandom(&mut bytes[filled..], flags)?;
		}
		Ok(Self(bytes))
	}
}
