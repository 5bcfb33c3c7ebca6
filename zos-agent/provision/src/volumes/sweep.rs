//! Removing what is of no volume.

use super::{places::Places, LoopVolumes, VolumeError};
use crate::host::{files, loops, loops::Loop, mounts};

impl LoopVolumes {
	pub(super) fn do_sweep(&self) -> Result<usize, VolumeError> {
		let mut swept = 0;
		for (_, folder) in self.folders() {
			let is_stray = |path: &std::path::Path| {
				path.starts_with(folder) && path != folder && Places::key(path, folder).is_none()
			};
			for mount in mounts::beneath(folder)?.iter().filter(|it| is_stray(&it.at)) {
				log::warn!("{} is mounted for no volume: it is unmounted", mount.at.display());
				mounts::detach(&mount.at)?;
				swept += 1;
			}
			for device in loops::list()?.iter().filter(|it| is_stray(&it.file)) {
				log::warn!("{} is of no volume: it is detached", device.device.display());
				Loop::detach(device)?;
				swept += 1;
			}
			for path in files::names(folder)?.into_iter().map(|name| folder.join(name)) {
				if is_stray(&path) {
					log::warn!("{} is of no volume: it is removed", path.display());
					files::remove(&path)?;
					swept += 1;
				}
			}
		}
		Ok(swept)
	}
}
