//! Disks of a size that the file system enforces.
//!
//! A volume is a file with all its space reserved, an ext4 file system in it, and a loop device
//! through which that is mounted. Whatever is written beyond its size fails with ENOSPC, and what is
//! not yet written never lacks space, whatever others do.
//!
//! **Nobody reads what another wrote.** A volume is removed by removing its file. The space of a
//! file comes from the machine's own file system, which promises that what was never written
//! through this very file reads as zeros: reserved blocks are marked as unwritten on the disk, and
//! the mark of a block goes away only together with its old content. No tenant ever gets a block
//! itself, only files. So nothing needs to be overwritten, and nothing can be forgotten.
//!
//! What there is of a volume, and where: its folder has the record, written last when it is made,
//! the file, and the folder where it is mounted. The loop device goes away by itself once it is not
//! mounted. After the machine has started, only the file and the record are there, and `make`
//! mounts it again.
//!
//! - [`Settings`]: where volumes are kept;
//! - [`LoopVolumes`]: the port, one verb a file: `make`, `remove`, `list`.

mod error;
mod grow;
mod list;
mod make;
mod places;
mod remove;
mod sweep;

pub use error::VolumeError;

use crate::host::{command, files, Doing};
use grid_primitives::spec::{Disk, Volume};
use places::Places;
use std::{
	fs,
	path::{Path, PathBuf},
};
use zos_core::{
	ports::{PortError, VolumeFound, Volumes},
	Key,
};

/// Whoever makes file systems and checks them. The one that lets them grow comes with them.
const PROGRAMS: [&str; 2] = ["mkfs.ext4", "e2fsck"];

/// Where volumes are kept.
#[derive(Clone, Debug, Default)]
pub struct Settings {
	/// On solid-state disks, if there are any.
	pub ssd: Option<PathBuf>,
	/// On hard disks, if there are any.
	pub hdd: Option<PathBuf>,
}

/// The volumes of an agent, each in a file.
#[derive(Debug)]
pub struct LoopVolumes {
	settings: Settings,
}

impl LoopVolumes {
	/// Makes ready for volumes. Those that are there are found by `list`.
	pub fn open(mut settings: Settings) -> Result<Self, VolumeError> {
		for program in PROGRAMS {
			command::run(command::quiet(program).arg("-V"))?;
		}
		for folder in [&mut settings.ssd, &mut settings.hdd].into_iter().flatten() {
			files::make_folder(folder, 0o700)?;
			*folder = fs::canonicalize(&*folder).doing("look at", &*folder)?;
		}
		Ok(Self { settings })
	}

	/// The folders where volumes are kept.
	pub fn folders(&self) -> impl Iterator<Item = (Disk, &Path)> {
		let both = [(Disk::Ssd, &self.settings.ssd), (Disk::Hdd, &self.settings.hdd)];
		both.into_iter().filter_map(|(disk, folder)| Some((disk, folder.as_deref()?)))
	}

	/// The places of a volume that may be there, on each kind of disk.
	fn places<'a>(&'a self, key: &Key) -> impl Iterator<Item = (Disk, Places)> + 'a {
		let key = key.clone();
		self.folders().map(move |(disk, folder)| (disk, Places::of(&key, folder)))
	}
}

impl Volumes for LoopVolumes {
	fn list(&self) -> Result<Vec<VolumeFound>, PortError> {
		Ok(self.do_list()?)
	}

	fn make(&self, key: &Key, volume: &Volume) -> Result<PathBuf, PortError> {
		Ok(self.do_make(key, volume)?)
	}

	fn reserve(&self, key: &Key, volume: &Volume) -> Result<(), PortError> {
		Ok(self.do_reserve(key, volume)?)
	}

	fn remove(&self, key: &Key) -> Result<(), PortError> {
		Ok(self.do_remove(key)?)
	}

	fn sweep(&self) -> Result<usize, PortError> {
		Ok(self.do_sweep()?)
	}
}
