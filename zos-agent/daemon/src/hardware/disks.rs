//! Disks, by the folders that are on them.

use grid_primitives::spec::Disk;
use rustix::fs::{major, minor, statvfs};
use std::{
	fs, io,
	os::unix::fs::MetadataExt,
	path::{Path, PathBuf},
};
use zos_provision::host::usage;

/// Why a disk cannot be measured.
#[derive(Debug, thiserror::Error)]
#[error("the disk of {} cannot be measured: see whether the folder is there", path.display())]
pub struct DiskError {
	path: PathBuf,
	#[source]
	source: io::Error,
}

/// The bytes of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Space {
	/// All of them.
	pub(super) whole: u64,
	/// Those that nobody else uses.
	pub(super) usable: u64,
}

fn at(path: &Path) -> impl Fn(io::Error) -> DiskError + '_ {
	move |source| DiskError { path: path.into(), source }
}

impl Space {
	/// Of the file system that a folder is on. What is in the folder is the agent's own.
	pub(super) fn of(folder: &Path) -> Result<Self, DiskError> {
		let space = statvfs(folder).map_err(|error| at(folder)(error.into()))?;
		let (whole, free) = (space.f_blocks * space.f_frsize, space.f_bavail * space.f_frsize);
		let own = usage::of(folder).map_err(|error| at(folder)(io::Error::other(error)))?;
		Ok(Self { whole, usable: free.saturating_add(own).min(whole) })
	}
}

fn device(path: &Path) -> io::Result<u64> {
	Ok(fs::metadata(path)?.dev())
}

/// The kind of the disk that a folder is on, if the system knows.
pub(super) fn kind(sys: &Path, folder: &Path) -> Result<Option<Disk>, DiskError> {
	let device = device(folder).map_err(at(folder))?;
	let (major, minor) = (major(device), minor(device));
	let block = sys.join(format!("dev/block/{major}:{minor}"));
	let Ok(block) = fs::canonicalize(block) else { return Ok(None) };
	// A partition is in the folder of its disk, which has the queue.
	let queues = block.ancestors().take(2).map(|it| it.join("queue/rotational"));
	let rotational = queues.into_iter().find_map(|it| fs::read_to_string(it).ok());
	Ok(match rotational.as_deref().map(str::trim) {
		Some("0") => Some(Disk::Ssd),
		Some("1") => Some(Disk::Hdd),
		_ => None,
	})
}
