//! A disk that is a folder of the operating system.

use super::{Disk, DiskFile};
use rustix::{
	fs::{self, Advice, FallocateFlags, FlockOperation, Mode, OFlags},
	io::Errno,
};
use std::{
	fs::{File, OpenOptions},
	io,
	os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
	path::{Path, PathBuf},
	sync::{Arc, Mutex, PoisonError},
};

/// A folder of the operating system. Only its owner may look into it.
pub struct Folder {
	path: PathBuf,
	lock: Mutex<Option<File>>,
}

impl Folder {
	/// The folder at this path. It is made when the store is opened.
	pub fn new(path: impl Into<PathBuf>) -> Self {
		Self { path: path.into(), lock: Mutex::new(None) }
	}

	fn at(&self, name: &str) -> PathBuf {
		self.path.join(name)
	}
}

const LOCK: &str = "lock";

impl Disk for Folder {
	fn lock(&self) -> io::Result<()> {
		let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
		if held.is_some() {
			return Err(io::ErrorKind::WouldBlock.into());
		}
		std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path)?;
		let file = writable(&self.at(LOCK), true, false)?;
		fs::flock(&file, FlockOperation::NonBlockingLockExclusive)?;
		*held = Some(file);
		Ok(())
	}

	fn unlock(&self) {
		*self.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
	}

	fn list(&self) -> io::Result<Vec<String>> {
		let mut names = Vec::new();
		for entry in std::fs::read_dir(&self.path)? {
			// What has a name that is not text is none of ours.
			if let Ok(name) = entry?.file_name().into_string() {
				if name != LOCK {
					names.push(name);
				}
			}
		}
		Ok(names)
	}

	fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
		Ok(Arc::new(FolderFile(writable(&self.at(name), false, false)?)))
	}

	fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
		Ok(Arc::new(FolderFile(writable(&self.at(name), true, true)?)))
	}

	fn rename(&self, from: &str, to: &str) -> io::Result<()> {
		std::fs::rename(self.at(from), self.at(to))
	}

	fn remove(&self, name: &str) -> io::Result<()> {
		std::fs::remove_file(self.at(name))
	}

	fn sync_names(&self) -> io::Result<()> {
		let folder = fs::open(&self.path, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())?;
		Ok(fs::fsync(folder)?)
	}

	fn free_bytes(&self) -> io::Result<u64> {
		let space = fs::statvfs(&self.path)?;
		Ok(space.f_bavail.saturating_mul(space.f_frsize))
	}
}

fn writable(path: &Path, create: bool, truncate: bool) -> io::Result<File> {
	OpenOptions::new()
		.read(true)
		.write(true)
		.create(create)
		.truncate(truncate)
		.mode(0o600)
		.open(path)
}

struct FolderFile(File);

impl DiskFile for FolderFile {
	fn length(&self) -> io::Result<u64> {
		Ok(self.0.metadata()?.len())
	}

	fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
		self.0.read_at(buffer, offset)
	}

	fn read_to(&self, buffer: &mut Vec<u8>, length: usize, offset: u64) -> io::Result<usize> {
		// The capacity may be more than what was asked for, and all of it would be filled.
		buffer.reserve(length);
		let room = &mut buffer.spare_capacity_mut()[..length];
		let (read, _) = rustix::io::pread(&self.0, room, offset)?;
		let read = read.len();
		// The kernel has just written these bytes.
		#[allow(unsafe_code)]
		unsafe {
			buffer.set_len(buffer.len() + read)
		};
		Ok(read)
	}

	fn write_at(&self, parts: &[io::IoSlice<'_>], offset: u64) -> io::Result<usize> {
		Ok(rustix::io::pwritev(&self.0, parts, offset)?)
	}

	fn sync(&self) -> io::Result<()> {
		Ok(fs::fdatasync(&self.0)?)
	}

	fn truncate(&self, length: u64) -> io::Result<()> {
		self.0.set_len(length)
	}

	fn reserve(&self, from: u64, length: u64) -> io::Result<()> {
		match fs::fallocate(&self.0, FallocateFlags::KEEP_SIZE, from, length) {
			// Then it shows when it is written.
			Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
			outcome => Ok(outcome?),
		}
	}

	fn forget(&self, offset: u64) -> io::Result<()> {
		Ok(fs::fadvise(&self.0, offset, None, Advice::DontNeed)?)
	}
}
