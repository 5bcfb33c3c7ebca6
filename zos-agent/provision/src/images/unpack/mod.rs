//! Unpacking a layer into a folder, as overlayfs understands it.
//!
//! - What a layer removes of the layers below is a character device 0/0 in overlayfs; a folder that
//!   hides those below has an attribute.
//! - Nothing is ever resolved by this machine's rules: each step is relative to an open folder, and
//!   never follows a link (`openat2` with `RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS`).
//! - Devices are left out, not refused: images that were made of a whole system have a `/dev`, which
//!   no container ever sees. To make one would be a door, if something else leaves it open.
//! - A folder that is in no entry, but has things in it, belongs to root with mode 0755.

mod attributes;
mod entry;
mod folder;
mod tree;
mod whiteout;

use super::{
	archive::{Allowance, Archive, ArchiveError, Unpacking},
	digest::Hashing,
	formats::Packing,
	stop::Stop,
	Digest, Limits,
};
use std::{
	fs::File,
	io::{BufReader, Read},
	path::Path,
};
use tree::Tree;
pub(super) use whiteout::OPAQUE;

/// The largest window of a zstd frame, as a power of two: 32 MiB of memory.
const ZSTD_WINDOW: u32 = 25;

/// What is left for the layers of an image to take.
pub(super) struct Room {
	bytes: Allowance,
	entries: Allowance,
}

impl Room {
	/// As much as an image may have.
	pub(super) fn of(limits: &Limits) -> Self {
		Self {
			bytes: Allowance::new("bytes", limits.unpacked),
			entries: Allowance::new("files and folders", limits.entries),
		}
	}
}

/// Unpack a verified blob into a folder that is there and empty. Says what the layer is called by
/// what it contains.
pub(super) fn unpack(
	blob: File,
	packing: Packing,
	folder: &Path,
	limits: &Limits,
	room: &Room,
	stop: &Stop,
	has_room: &dyn Fn() -> std::io::Result<bool>,
) -> Result<Digest, ArchiveError> {
	let disk = |source| ArchiveError::Disk { verb: "read", path: "a fetched layer".into(), source };
	let fetched = blob.metadata().map_err(disk)?.len();
	let by_ratio = fetched.saturating_mul(limits.ratio).max(limits.ratio_counts_from);
	let bounded = Unpacking {
		inner: open(blob, packing).map_err(disk)?,
		image: &room.bytes,
		layer: Allowance::new("bytes (it was fetched as far fewer)", by_ratio),
		stop,
		has_room,
		unlooked: 0,
	};
	let mut hashing = Hashing::new(BufReader::with_capacity(128 << 10, bounded));
	let mut archive = Archive::new(&mut hashing, limits.extensions);
	let mut tree = Tree::open(folder, &room.entries)?;
	while let Some(entry) = archive.next_entry()? {
		tree.put(entry, &mut archive, limits)?;
	}
	archive.finish()?;
	tree.sync()?;
	Ok(hashing.digest())
}

fn open(blob: File, packing: Packing) -> std::io::Result<Box<dyn Read>> {
	let blob = BufReader::with_capacity(128 << 10, blob);
	Ok(match packing {
		Packing::Plain => Box::new(blob),
		Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(blob)),
		Packing::Zstd => {
			let mut decoder = zstd::stream::read::Decoder::with_buffer(blob)?;
			decoder.window_log_max(ZSTD_WINDOW)?;
			Box::new(decoder)
		},
	})
}
