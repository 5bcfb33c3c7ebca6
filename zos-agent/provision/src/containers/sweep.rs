//! Removing what is of no container.

use super::{places::key_of, ContainerError, OciContainers};
use crate::host::{cgroups, files, loops, loops::Loop, mounts};
use std::{
	collections::BTreeSet,
	path::Path,
	thread,
	time::{Duration, Instant},
};

/// What all containers share, in the run folder: empty file systems.
const SHARED: [&str; 1] = ["blanks"];
/// The role of the control group of all shims.
const SHIMS: &str = "shims";
/// How long the last shim may take to end.
const LONGEST: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

impl OciContainers {
	pub(super) fn do_sweep(&self) -> Result<usize, ContainerError> {
		let mut swept = 0;
		for group in cgroups::find(self.settings.names.prefix())? {
			if self.settings.names.is_stray(&group) {
				log::warn!("the control group {group} is of nothing: it is removed");
				cgroups::remove(&group)?;
				swept += 1;
			}
		}
		// Whoever is made meanwhile has its folders before it has devices.
		let attached = loops::list()?;
		let mut known = BTreeSet::new();
		for folder in [&self.settings.state, &self.settings.run] {
			for name in files::names(folder)? {
				if key_of(&name).is_some() || SHARED.contains(&name.as_str()) {
					known.insert(folder.join(name));
				} else {
					swept += sweep(&folder.join(name))?;
				}
			}
			for device in attached.iter().filter(|it| it.file.starts_with(folder)) {
				if !known.iter().any(|it| device.file.starts_with(it)) {
					log::warn!("{} is of no container: it is detached", device.device.display());
					Loop::detach(device)?;
					swept += 1;
				}
			}
		}
		if known.iter().all(|it| SHARED.iter().any(|shared| it.ends_with(shared))) {
			self.forget_shims()?;
		}
		Ok(swept)
	}

	/// Nobody is left to be in the group of shims.
	fn forget_shims(&self) -> Result<(), ContainerError> {
		let group = self.settings.names.of_role(SHIMS);
		let deadline = Instant::now() + LONGEST;
		while !cgroups::remove_empty(&group)? && Instant::now() < deadline {
			thread::sleep(PAUSE);
		}
		Ok(())
	}
}

/// Removes something with all that is mounted beneath.
fn sweep(path: &Path) -> Result<usize, ContainerError> {
	log::warn!("{} is of no container: it is removed", path.display());
	for mount in mounts::beneath(path)? {
		mounts::detach(&mount.at)?;
	}
	files::remove(path)?;
	Ok(1)
}
