//! Finding volumes: from what is on the machine, never from what was done.

use super::{places::Places, LoopVolumes, VolumeError};
use crate::host::{files, loops, mounts};
use grid_primitives::spec::Disk;
use std::{collections::BTreeSet, path::Path};
use zos_core::{ports::VolumeFound, Key};

impl LoopVolumes {
	pub(super) fn do_list(&self) -> Result<Vec<VolumeFound>, VolumeError> {
		let mut found = Vec::new();
		for (disk, folder) in self.folders() {
			for key in keys(folder)? {
				found.push(look(&key, disk, folder)?);
			}
		}
		Ok(found)
	}
}

/// The volumes of which there is anything: a folder, a mount, or a device of a file that is gone.
fn keys(folder: &Path) -> Result<BTreeSet<Key>, VolumeError> {
	let names = files::names(folder)?.into_iter().map(|name| folder.join(name));
	let mounted = mounts::list()?.into_iter().map(|mount| mount.at);
	let attached = loops::list()?.into_iter().map(|device| device.file);
	let all = names.chain(mounted).chain(attached);
	Ok(all.filter_map(|path| Places::key(&path, folder)).collect())
}

fn look(key: &Key, disk: Disk, folder: &Path) -> Result<VolumeFound, VolumeError> {
	let places = Places::of(key, folder);
	let record = places.read()?;
	let ready = match record {
		Some(_) => places.device()?.map(|_| places.mounted),
		None => None,
	};
	let size = record.map_or(0, |record| record.size);
	let grows_in_use = record.map_or(Ok(true), |record| record.grows_in_use())?;
	Ok(VolumeFound { key: key.clone(), size, grows_in_use, disk, ready })
}
