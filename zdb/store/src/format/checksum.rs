//! CRC-32C that begins with a number of the store.
//!
//! Whoever stores a value may put anything into it, even bytes that look like records. They do not
//! know the number, so a search for records never takes such bytes for one.

use crate::identity::Identity;
use crc_fast::{CrcAlgorithm, Digest};

/// From this length on it is quicker to fold many bytes at a time than to ask the processor for the
/// sum of each eight, which for less is quicker.
const LONG: usize = 512;

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
		if bytes.len() < LONG {
			return crc32c::crc32c_append(self.seed, bytes);
		}
		let mut digest =
			Digest::new_with_init_state(CrcAlgorithm::Crc32Iscsi, u64::from(!self.seed));
		digest.update(bytes);
		digest.finalize() as u32
	}

	/// Of these bytes, and those after them.
	pub(crate) fn sum2(self, first: &[u8], second: &[u8]) -> u32 {
		crc32c::crc32c_append(self.sum(first), second)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_sum_is_the_same_however_long() {
		let bytes: Vec<u8> = (0..70_000u32).map(|at| (at * 7 + at / 256) as u8).collect();
		for seed in [0, 1, 0xDEAD_BEEF, u32::MAX] {
			for length in [0, 1, 40, LONG - 1, LONG, LONG + 1, 4096, 65_536, bytes.len()] {
				let (sum, other) = (Checksum { seed }.sum(&bytes[..length]), &bytes[..length]);
				assert_eq!(sum, crc32c::crc32c_append(seed, other), "{seed} {length}");
			}
		}
	}
}
