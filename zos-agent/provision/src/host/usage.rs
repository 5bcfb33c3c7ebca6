//! What is used of a disk.

use super::{Doing, HostError};
use rustix::{
	fs::{fstat, openat, statat, AtFlags, Dir, FileType, Mode, OFlags, CWD},
	io::Errno,
	path::Arg,
};
use std::{
	ffi::CStr,
	os::fd::{AsFd, OwnedFd},
	path::Path,
};

/// The bytes that what is in a folder takes of the disk that the folder is on. What disappears
/// meanwhile takes none.
pub fn of(folder: &Path) -> Result<u64, HostError> {
	let used = || {
		let opened = open(CWD, folder, OFlags::empty())?;
		let disk = fstat(&opened)?.st_dev;
		used(opened, disk)
	};
	used().doing("count what is in", folder)
}

fn open(at: impl AsFd, path: impl Arg, flags: OFlags) -> Result<OwnedFd, Errno> {
	openat(at, path, flags | OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

/// By open folders, as paths of what is in layers may be longer than the kernel takes.
fn used(folder: OwnedFd, disk: u64) -> Result<u64, Errno> {
	let mut sum = 0_u64;
	let mut entries = Dir::new(folder)?;
	while let Some(entry) = entries.read() {
		let entry = entry?;
		let name: &CStr = entry.file_name();
		if matches!(name.to_bytes(), b"." | b"..") {
			continue;
		}
		let stat = match statat(entries.fd()?, name, AtFlags::SYMLINK_NOFOLLOW) {
			Ok(stat) if stat.st_dev == disk => stat,
			Ok(_) | Err(Errno::NOENT) => continue,
			Err(error) => return Err(error),
		};
		let is_folder = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
		// Files with several names count once in all.
		let names = if is_folder { 1 } else { (stat.st_nlink as u64).max(1) };
		sum = sum.saturating_add(stat.st_blocks as u64 * 512 / names);
		if is_folder {
			match open(entries.fd()?, name, OFlags::NOFOLLOW) {
				Ok(inner) => sum = sum.saturating_add(used(inner, disk)?),
				Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {},
				Err(error) => return Err(error),
			}
		}
	}
	Ok(sum)
}
