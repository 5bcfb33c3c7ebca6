//! Where what there is of a volume is.

use crate::host::{
	files, loops,
	loops::{Attached, Loop},
	mounts, HostError,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use zos_core::Key;

/// What a volume is: written once it can be mounted, and changed once it has grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
	/// Its bytes.
	pub(super) size: u64,
	/// Whether the kernel has refused to let it grow while it was used.
	#[serde(default, skip_serializing_if = "std::ops::Not::not")]
	pub(super) grows_alone: bool,
}

/// Where what there is of a volume is.
#[derive(Clone, Debug)]
pub(super) struct Places {
	pub(super) folder: PathBuf,
	/// What is mounted.
	pub(super) file: PathBuf,
	/// Where it is mounted.
	pub(super) mounted: PathBuf,
	pub(super) record: PathBuf,
}

impl Places {
	pub(super) fn of(key: &Key, folder: &Path) -> Self {
		let folder = folder.join(format!("{}-{}", key.contract, key.name()));
		Self {
			file: folder.join("disk"),
			mounted: folder.join("mounted"),
			record: folder.join("volume.json"),
			folder,
		}
	}

	/// The volume to which what is at this path belongs.
	pub(super) fn key(path: &Path, folder: &Path) -> Option<Key> {
		let name = path.strip_prefix(folder).ok()?.components().next()?;
		let name = name.as_os_str().to_str()?;
		let (contract, rest) = name.split_once('-')?;
		let key = Key::new(contract.parse().ok()?, rest).ok()?;
		(Self::of(&key, folder).folder == folder.join(name)).then_some(key)
	}

	/// What it is, once it could be mounted.
	pub(super) fn read(&self) -> Result<Option<Record>, HostError> {
		files::read_record(&self.record, "what a volume is")
	}

	pub(super) fn write(&self, record: Record) -> Result<(), HostError> {
		files::write_record(&self.record, &record, 0o600, files::Keep::Forever)
	}

	/// The loop devices of its file, also of one that was removed.
	pub(super) fn devices(&self) -> Result<Vec<Attached>, HostError> {
		let mut devices = loops::list()?;
		devices.retain(|device| device.file == self.file);
		Ok(devices)
	}

	/// The device through which it is mounted, if it is.
	pub(super) fn device(&self) -> Result<Option<Loop>, HostError> {
		let here = |mount: &mounts::Mount| mount.at == self.mounted && mount.kind == "ext4";
		let Some(mount) = mounts::list()?.into_iter().rfind(here) else { return Ok(None) };
		let ours = |device: &Attached| !device.removed && device.device == mount.source;
		let ours = self.devices()?.iter().any(ours);
		ours.then(|| Loop::open(&mount.source)).transpose()
	}
}
