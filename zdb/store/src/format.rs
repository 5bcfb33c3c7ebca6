//! What is on the disk, byte by byte. `docs/zdb-format.md` says the same in words.

mod checksum;
mod header;
mod position;
mod record;
mod settings;
mod walk;

pub(crate) use checksum::Checksum;
pub(crate) use header::{Header, NoHeader, HEADER};
pub(crate) use position::Position;
pub(crate) use record::{record_length, Head, Kind, HEAD};
pub(crate) use settings::NamespaceRecord;
pub(crate) use walk::{Step, Walk, Want};

/// The version of the format.
pub(crate) const VERSION: u16 = 1;

/// The longest value: 64 MiB.
pub const MAX_VALUE: usize = 64 << 20;

/// A number in a slice that is long enough.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
	let mut raw = [0; 4];
	raw.copy_from_slice(&bytes[at..at + 4]);
	u32::from_le_bytes(raw)
}

/// A number in a slice that is long enough.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
	let mut raw = [0; 8];
	raw.copy_from_slice(&bytes[at..at + 8]);
	u64::from_le_bytes(raw)
}
