//! CRC-32C that begins with a number of the store.
//!
//! Whoever stores a value may put anything into it, even bytes that look like records. They do not
//! know the number, so a search for records never takes such bytes for one.

use crate::identity::Identity;

/// Makes the checksums of one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
	seed: u32,
}

impl Checksum {
	pub(crate) fn of(identity: Identity) -> Self {
		Self { seed: crc32c::crc32c(&identity.0) }
	}

	/// Of these bytes.
	pub(crate) fn sum(self, bytes: &[u8]) -> u32 {
		crc32c::crc32c_append(self.seed, bytes)
	}

	/// Of these bytes, and those after them.
	pub(crate) fn sum2(self, first: &[u8], second: &[u8]) -> u32 {
		crc32c::crc32c_append(self.sum(first), second)
	}
}
