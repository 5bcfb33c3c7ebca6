//! Removing what may be deep, and counting what that frees.

use super::ImageError;
use rustix::{
	fs::{openat, statat, AtFlags, Dir, FileType, Mode, OFlags, CWD},
	io::Errno,
};
use std::{ffi::CStr, fs, io, os::fd::AsFd, path::Path};

/// Remove a file or folder, if it is there. Says how many bytes of the disk it had.
pub(super) fn remove(path: &Path) -> Result<u64, ImageError> {
	let disk = |error: io::Error| ImageError::disk("remove", path, error);
	let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(0) };
	if !metadata.is_dir() {
		fs::remove_file(path).map_err(disk)?;
		return Ok(metadata.len());
	}
	let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
	let size = openat(CWD, path, flags, Mode::empty()).and_then(|folder| size(folder.as_fd()));
	let size = size.map_err(|errno| disk(errno.into()))?;
	fs::remove_dir_all(path).map_err(disk)?;
	Ok(size)
}

/// By open folders, as paths of what is in layers may be longer than the kernel takes.
fn size(folder: impl AsFd) -> Result<u64, Errno> {
	let mut sum = 0u64;
	let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
	for entry in Dir::read_from(&folder)? {
		let entry = entry?;
		let name: &CStr = entry.file_name();
		if matches!(name.to_bytes(), b"." | b"..") {
			continue;
		}
		let stat = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
		// Files with several names count once in all.
		sum += (stat.st_blocks as u64 * 512) / (stat.st_nlink as u64).max(1);
		if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
			sum += size(openat(&folder, name, flags, Mode::empty())?)?;
		}
	}
	Ok(sum)
}
