//! Making volumes, mounting them again, and letting them grow.

use super::{
	places::{Places, Record},
	LoopVolumes, VolumeError,
};
use crate::host::{command, files, loops, loops::Loop, mounts, Doing, HostError};
use grid_primitives::spec::Volume;
use rustix::mount::{mount, MountFlags};
use std::{
	fs::{self, File, OpenOptions},
	os::unix::fs::OpenOptionsExt,
	path::PathBuf,
};
use zos_core::Key;

/// The file system's block. It takes whole ones.
const BLOCK: u64 = 4_096;

impl LoopVolumes {
	pub(super) fn do_make(&self, key: &Key, volume: &Volume) -> Result<PathBuf, VolumeError> {
		for (disk, places) in self.places(key) {
			if disk != volume.disk && places.folder.exists() {
				return Err(VolumeError::OtherDisk(disk));
			}
		}
		let (_, places) = self
			.places(key)
			.find(|(disk, _)| *disk == volume.disk)
			.ok_or(VolumeError::NoDisk(volume.disk))?;
		let size = volume.size / BLOCK * BLOCK;
		let before = match places.read()? {
			Some(before) => before,
			None => {
				places.begin(size)?;
				Record { size, grows_alone: false }
			},
		};
		let device = match places.device()? {
			Some(device) => device,
			None => places.mount()?,
		};
		if before.size < size {
			places.grow(device, before, size)?;
		}
		Ok(places.mounted)
	}

	/// Whoever uses the volume sees nothing of a file that is longer than the file system in it.
	pub(super) fn do_reserve(&self, key: &Key, volume: &Volume) -> Result<(), VolumeError> {
		let (_, places) = self
			.places(key)
			.find(|(disk, _)| *disk == volume.disk)
			.ok_or(VolumeError::NoDisk(volume.disk))?;
		let size = volume.size / BLOCK * BLOCK;
		Ok(loops::reserve(&places.open()?, size, &places.file)?)
	}
}

impl Places {
	/// Makes the file and what is in it. As nobody got it yet, what was begun before is dropped.
	fn begin(&self, size: u64) -> Result<(), HostError> {
		files::make_folder(&self.folder, 0o700)?;
		files::remove_file(&self.file)?;
		let file = OpenOptions::new()
			.write(true)
			.create_new(true)
			.mode(0o600)
			.open(&self.file)
			.doing("make", &self.file)?;
		loops::reserve(&file, size, &self.file).inspect_err(|_| {
			// The space is wanted by others.
			let _ = fs::remove_dir_all(&self.folder);
		})?;
		let mut program = command::quiet("mkfs.ext4");
		program
			.args(["-q", "-F", "-m", "0", "-b", &BLOCK.to_string()])
			.args(["-E", "lazy_itable_init=1,nodiscard,root_owner=0:0"])
			.arg(&self.file);
		command::run(&mut program)?;
		file.sync_all().doing("sync", &self.file)?;
		self.write(Record { size, grows_alone: false })
	}

	pub(super) fn mount(&self) -> Result<Loop, HostError> {
		files::make_folder(&self.mounted, 0o700)?;
		// What is mounted here of another device is not the volume.
		mounts::detach(&self.mounted)?;
		let device = self.attach()?;
		let flags = MountFlags::NOSUID | MountFlags::NODEV;
		mount(device.path(), &self.mounted, c"ext4", flags, c"errors=remount-ro")
			.doing("mount", &self.mounted)?;
		// Databases want a folder with nothing in it.
		let lost = self.mounted.join("lost+found");
		match fs::remove_dir(&lost) {
			Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
				log::warn!("{} stays: {error}", lost.display());
			},
			_ => {},
		}
		Ok(device)
	}

	/// Two devices of one file would each believe to be alone with it.
	fn attach(&self) -> Result<Loop, HostError> {
		if let Some(there) = self.devices()?.iter().find(|device| !device.removed) {
			let device = Loop::open(&there.device)?;
			// It may have gone away before it was opened, and be another's now.
			if self.devices()?.contains(there) {
				return Ok(device);
			}
		}
		Loop::attach(&self.open()?)
	}

	pub(super) fn open(&self) -> Result<File, HostError> {
		OpenOptions::new().read(true).write(true).open(&self.file).doing("open", &self.file)
	}
}
