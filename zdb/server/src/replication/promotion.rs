//! A promotion outlives the server, whatever its settings say: who took writes does not follow.

use std::{
	fs::{self, File},
	io,
	path::Path,
};

const FILE: &str = "promoted";

/// Note in the folder of the data that it is nobody's copy any more.
pub fn keep(folder: &Path) -> io::Result<()> {
	File::create(folder.join(FILE))?.sync_all()?;
	File::open(folder)?.sync_all()
}

/// Whether that was noted.
pub fn is_kept(folder: &Path) -> bool {
	folder.join(FILE).exists()
}

/// The settings say the same by now: should they ever name a master, it is meant.
pub fn forget(folder: &Path) -> io::Result<()> {
	match fs::remove_file(folder.join(FILE)) {
		Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
		_ => Ok(()),
	}
}
