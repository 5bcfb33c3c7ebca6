//! Files that are whole or not there, and locks.

use super::{Doing, HostError};
use serde::{de::DeserializeOwned, Serialize};
use std::{
	ffi::OsString,
	fs::{self, File, OpenOptions, Permissions},
	io::{self, Write},
	os::{
		fd::AsRawFd,
		unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
	},
	path::{Path, PathBuf},
};

/// Whether what is written must be there after a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
	/// It must.
	Forever,
	/// It is gone with the machine's memory anyway.
	UntilReboot,
}

/// Writes a file so that whoever reads sees all of it or what was there before.
pub fn write(path: &Path, bytes: &[u8], mode: u32, keep: Keep) -> Result<(), HostError> {
	let beside = beside(path);
	let mut file = OpenOptions::new()
		.write(true)
		.create(true)
		.truncate(true)
		.mode(mode)
		.open(&beside)
		.doing("write", &beside)?;
	file.write_all(bytes).doing("write", &beside)?;
	if keep == Keep::Forever {
		file.sync_all().doing("sync", &beside)?;
	}
	fs::rename(&beside, path).doing("rename to", path)?;
	match (keep, path.parent()) {
		(Keep::Forever, Some(folder)) => sync(folder),
		_ => Ok(()),
	}
}

fn beside(path: &Path) -> PathBuf {
	let mut name = OsString::from(".");
	name.push(path.file_name().unwrap_or_default());
	name.push(".new");
	path.with_file_name(name)
}

/// Makes what was renamed or removed in a folder last.
pub fn sync(folder: &Path) -> Result<(), HostError> {
	File::open(folder).and_then(|folder| folder.sync_all()).doing("sync", folder)
}

/// Writes a record.
pub fn write_record(
	path: &Path,
	record: &impl Serialize,
	mode: u32,
	keep: Keep,
) -> Result<(), HostError> {
	let bytes = serde_json::to_vec(record).map_err(io::Error::from).doing("write", path)?;
	write(path, &bytes, mode, keep)
}

/// Reads a record, if it is there.
pub fn read_record<T: DeserializeOwned>(
	path: &Path,
	what: &'static str,
) -> Result<Option<T>, HostError> {
	let bytes = match fs::read(path) {
		Ok(bytes) => bytes,
		Err(error) if is_gone(&error) => return Ok(None),
		Err(error) => return Err(error).doing("read", path),
	};
	serde_json::from_slice(&bytes).map(Some).map_err(|error| HostError::Malformed {
		path: path.to_owned(),
		what,
		why: error.to_string(),
	})
}

fn is_gone(error: &io::Error) -> bool {
	matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Makes a folder and those above it, of this mode.
pub fn make_folder(path: &Path, mode: u32) -> Result<(), HostError> {
	fs::DirBuilder::new().recursive(true).mode(mode).create(path).doing("make", path)?;
	fs::set_permissions(path, Permissions::from_mode(mode)).doing("set the mode of", path)
}

/// Removes a folder and all in it, if it is there. Never follows links, never leaves what another
/// file system holds: that is an error.
pub fn remove_folder(path: &Path) -> Result<(), HostError> {
	match fs::remove_dir_all(path) {
		Err(error) if !is_gone(&error) => Err(error).doing("remove", path),
		_ => Ok(()),
	}
}

/// Removes a file, if it is there.
pub fn remove_file(path: &Path) -> Result<(), HostError> {
	match fs::remove_file(path) {
		Err(error) if !is_gone(&error) => Err(error).doing("remove", path),
		_ => Ok(()),
	}
}

/// Removes a file, or a folder and all in it, if it is there.
pub fn remove(path: &Path) -> Result<(), HostError> {
	match fs::symlink_metadata(path) {
		Ok(found) if found.is_dir() => remove_folder(path),
		Ok(_) => remove_file(path),
		Err(error) if is_gone(&error) => Ok(()),
		Err(error) => Err(error).doing("look at", path),
	}
}

/// The names in a folder, in order; none if it is not there.
pub fn names(folder: &Path) -> Result<Vec<String>, HostError> {
	let entries = match fs::read_dir(folder) {
		Ok(entries) => entries,
		Err(error) if is_gone(&error) => return Ok(Vec::new()),
		Err(error) => return Err(error).doing("list", folder),
	};
	let mut names = Vec::new();
	for entry in entries {
		let name = entry.doing("list", folder)?.file_name();
		names.extend(name.into_string());
	}
	names.sort();
	Ok(names)
}

/// Whether nothing is in a folder, however much there may be.
pub fn is_empty(folder: &Path) -> Result<bool, HostError> {
	Ok(fs::read_dir(folder).doing("list", folder)?.next().is_none())
}

/// A lock that whoever is given the file goes on holding.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
	/// Takes the lock, unless another process has it.
	pub fn take(path: &Path) -> Result<Option<Self>, HostError> {
		loop {
			let file = OpenOptions::new()
				.read(true)
				.write(true)
				.create(true)
				.truncate(false)
				.mode(0o600)
				.open(path)
				.doing("open", path)?;
			match ask(&file, libc::F_OFD_SETLK) {
				Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
				other => other.doing("lock", path)?,
			};
			// Whoever had it may have removed it: then this is a lock that nobody else sees.
			let mine = file.metadata().doing("look at", path)?;
			match fs::metadata(path) {
				Ok(there) if there.ino() == mine.ino() => return Ok(Some(Self(file))),
				_ => continue,
			}
		}
	}

	/// Whether some process has it. Whoever takes it at the same time notices nothing.
	pub fn is_held(path: &Path) -> Result<bool, HostError> {
		let file = match File::open(path) {
			Ok(file) => file,
			Err(error) if is_gone(&error) => return Ok(false),
			Err(error) => return Err(error).doing("open", path),
		};
		let found = ask(&file, libc::F_OFD_GETLK).doing("look at the lock of", path)?;
		Ok(i32::from(found.l_type) != libc::F_UNLCK)
	}

	/// The file that is locked.
	pub fn file(&self) -> &File {
		&self.0
	}
}

/// Takes a lock on a file as it is open here, or asks who has one.
fn ask(file: &File, request: i32) -> io::Result<libc::flock> {
	// SAFETY: all zeros is a lock of this kind: on all of the file, by no process in particular.
	let mut lock: libc::flock = unsafe { std::mem::zeroed() };
	lock.l_type = libc::F_WRLCK as _;
	lock.l_whence = libc::SEEK_SET as _;
	// SAFETY: both requests take a structure of this kind, alive here.
	let answer = unsafe { libc::fcntl(file.as_raw_fd(), request, &mut lock) };
	if answer < 0 {
		return Err(io::Error::last_os_error());
	}
	Ok(lock)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_lock_is_had_once() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("lock");
		assert!(!Lock::is_held(&path).unwrap());
		let lock = Lock::take(&path).unwrap().expect("nobody has it");
		assert!(Lock::is_held(&path).unwrap());
		assert!(Lock::take(&path).unwrap().is_none());
		drop(lock);
		assert!(!Lock::is_held(&path).unwrap());
	}

	#[test]
	fn a_record_is_replaced_whole_and_leaves_nothing_beside_it() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("record.json");
		assert_eq!(read_record::<u32>(&path, "a number").unwrap(), None);
		write_record(&path, &1, 0o600, Keep::Forever).unwrap();
		write_record(&path, &2, 0o600, Keep::UntilReboot).unwrap();
		assert_eq!(read_record::<u32>(&path, "a number").unwrap(), Some(2));
		assert_eq!(names(folder.path()).unwrap(), ["record.json"]);
	}

	#[test]
	fn a_record_of_something_else_is_said_to_be_so() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("record.json");
		fs::write(&path, "{").unwrap();
		let error = read_record::<u32>(&path, "a number").unwrap_err();
		assert!(matches!(error, HostError::Malformed { what: "a number", .. }));
	}
}
