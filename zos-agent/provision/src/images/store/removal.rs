//! Removing what may be deep, and counting what that frees.

use super::ImageError;
use crate::host::usage;
use std::{fs, io, path::Path};

/// Remove a file or folder, if it is there. Says how many bytes of the disk it had.
pub(super) fn remove(path: &Path) -> Result<u64, ImageError> {
	let disk = |error: io::Error| ImageError::disk("remove", path, error);
	let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(0) };
	if !metadata.is_dir() {
		fs::remove_file(path).map_err(disk)?;
		return Ok(metadata.len());
	}
	let size = usage::of(path).map_err(|error| disk(io::Error::other(error)))?;
	fs::remove_dir_all(path).map_err(disk)?;
	Ok(size)
}
