//! What a segment's file begins with.

use super::{u32_at, VERSION};
use crate::identity::Identity;

/// The length of a header.
pub(crate) const HEADER: u32 = 64;

const MAGIC: &[u8; 8] = b"ZDB-SEG\n";

/// What a segment's file begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
	pub(crate) identity: Identity,
	/// The number of the segment, or of the first that was compacted into this one.
	pub(crate) first: u32,
	/// The number of the last.
	pub(crate) last: u32,
	/// How often it was compacted. 0: records are where their positions say.
	pub(crate) generation: u32,
	/// Where the records of the segment before this one end, as its positions count.
	pub(crate) previous_end: u32,
}

/// Why bytes are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHeader {
	Damaged,
	Version(u16),
}

impl Header {
	pub(crate) fn encode(&self) -> [u8; HEADER as usize] {
		let mut bytes = [0; HEADER as usize];
		bytes[..8].copy_from_slice(MAGIC);
		bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
		bytes[12..16].copy_from_slice(&self.first.to_le_bytes());
		bytes[16..20].copy_from_slice(&self.last.to_le_bytes());
		bytes[20..24].copy_from_slice(&self.generation.to_le_bytes());
		bytes[24..28].copy_from_slice(&self.previous_end.to_le_bytes());
		bytes[32..48].copy_from_slice(&self.identity.0);
		let sum = crc32c::crc32c(&bytes[..60]);
		bytes[60..].copy_from_slice(&sum.to_le_bytes());
		bytes
	}

	pub(crate) fn decode(bytes: &[u8]) -> Result<Self, NoHeader> {
		if bytes.len() < HEADER as usize || &bytes[..8] != MAGIC {
			return Err(NoHeader::Damaged);
		}
		if crc32c::crc32c(&bytes[..60]) != u32_at(bytes, 60) {
			return Err(NoHeader::Damaged);
		}
		let version = u16::from_le_bytes([bytes[8], bytes[9]]);
		if version != VERSION {
			return Err(NoHeader::Version(version));
		}
		let mut identity = [0; 16];
		identity.copy_from_slice(&bytes[32..48]);
		Ok(Self {
			identity: Identity(identity),
			first: u32_at(bytes, 12),
			last: u32_at(bytes, 16),
			generation: u32_at(bytes, 20),
			previous_end: u32_at(bytes, 24),
		})
	}
}
