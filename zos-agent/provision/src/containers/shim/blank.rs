//! Empty file systems, made once for each size: making one takes as long as half of starting a
//! container, and what is written for it is little and always the same.

use crate::host::{command, files, Doing, HostError};
use rustix::{
	fs::{seek, SeekFrom},
	io::Errno,
};
use std::{
	fs::{self, File, OpenOptions},
	os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
	path::{Path, PathBuf},
};

/// How many are kept, at most.
const MOST: usize = 16;
/// How many bytes of memory one may take that is kept.
const LONGEST: u64 = 2 << 20;
const MOUTHFUL: usize = 64 * 1024;

/// Writes an empty file system of so many bytes to a file of so many bytes that has only zeros. The
/// folder, in memory, has those that are kept.
pub(super) fn write_to(file: &File, bytes: u64, folder: &Path) -> Result<(), HostError> {
	let kept = folder.join(bytes.to_string());
	let blank = match File::open(&kept) {
		Ok(blank) => blank,
		Err(_) => make(bytes, folder, &kept)?,
	};
	copy(&blank, file).doing("copy an empty file system to", folder)
}

/// Several may make the same at once, each under its own name.
fn make(bytes: u64, folder: &Path, kept: &Path) -> Result<File, HostError> {
	files::make_folder(folder, 0o700)?;
	let path = folder.join(format!("{bytes}-{}", std::process::id()));
	let blank = Unfinished(path);
	let path = &blank.0;
	let mut options = OpenOptions::new();
	let file = options.read(true).write(true).create(true).truncate(true).mode(0o600).open(path);
	let file = file.doing("make", path)?;
	file.set_len(bytes).doing("make", path)?;
	let mut program = command::quiet("mkfs.ext4");
	// Its journal would only keep what is gone after a crash anyway.
	program
		.args(["-q", "-F", "-m", "0", "-O", "^has_journal,^resize_inode"])
		.args(["-E", "lazy_itable_init=1,nodiscard"])
		.arg(path);
	command::run(&mut program)?;
	let taken = file.metadata().doing("look at", path)?.blocks() * 512;
	if taken <= LONGEST && files::names(folder)?.len() <= MOST {
		fs::rename(path, kept).doing("keep", path)?;
	}
	Ok(file)
}

/// What is not kept has no name once it is open.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
	fn drop(&mut self) {
		let _ = fs::remove_file(&self.0);
	}
}

/// Copies all but the holes.
fn copy(from: &File, to: &File) -> std::io::Result<()> {
	let mut buffer = vec![0; MOUTHFUL];
	let mut position = 0;
	loop {
		position = match seek(from, SeekFrom::Data(position)) {
			Err(Errno::NXIO) => return Ok(()),
			other => other?,
		};
		let end = seek(from, SeekFrom::Hole(position))?;
		while position < end {
			let length = (end - position).min(MOUTHFUL as u64) as usize;
			from.read_exact_at(&mut buffer[..length], position)?;
			to.write_all_at(&buffer[..length], position)?;
			position += length as u64;
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::process::Command;

	#[test]
	fn a_copy_is_a_file_system_and_is_made_once() {
		let folder = tempfile::tempdir().unwrap();
		let blanks = folder.path().join("blanks");
		let bytes = 64 << 20;
		let mut made = None;
		for name in ["one", "two"] {
			let path = folder.path().join(name);
			let file = File::create_new(&path).unwrap();
			file.set_len(bytes).unwrap();
			write_to(&file, bytes, &blanks).unwrap();
			let checked = Command::new("e2fsck").args(["-f", "-n"]).arg(&path).output().unwrap();
			assert!(checked.status.success(), "{checked:?}");
			let inode = fs::metadata(blanks.join(bytes.to_string())).unwrap().ino();
			assert_eq!(*made.get_or_insert(inode), inode);
		}
		assert_eq!(files::names(&blanks).unwrap(), [bytes.to_string()]);
	}

	#[test]
	fn only_some_are_kept() {
		let folder = tempfile::tempdir().unwrap();
		for number in 1..=MOST as u64 + 5 {
			let file = tempfile::tempfile().unwrap();
			file.set_len(number << 20).unwrap();
			write_to(&file, number << 20, folder.path()).unwrap();
		}
		assert_eq!(files::names(folder.path()).unwrap().len(), MOST);
	}
}
