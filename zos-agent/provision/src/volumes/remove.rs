//! Removing volumes.

use super::{places::Places, LoopVolumes, VolumeError};
use crate::host::{files, loops::Loop, mounts};
use std::{
	thread,
	time::{Duration, Instant},
};
use zos_core::Key;

/// How long whoever used it a moment ago may take to let go.
const LONGEST: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

impl LoopVolumes {
	pub(super) fn do_remove(&self, key: &Key) -> Result<(), VolumeError> {
		self.places(key).try_for_each(|(_, places)| places.remove())
	}
}

impl Places {
	fn remove(&self) -> Result<(), VolumeError> {
		for mount in mounts::beneath(&self.folder)? {
			mounts::detach(&mount.at)?;
		}
		// First the record: what has none is made anew, never mounted as it is.
		files::remove_file(&self.record)?;
		files::remove_folder(&self.folder)?;
		let deadline = Instant::now() + LONGEST;
		// Who attached one by hand did not say that it is to go by itself.
		for device in self.devices()? {
			Loop::detach(&device)?;
		}
		while !self.devices()?.is_empty() {
			if Instant::now() > deadline {
				return Err(VolumeError::InUse);
			}
			thread::sleep(PAUSE);
		}
		Ok(())
	}
}
