//! Letting volumes grow.

use super::{
	places::{Places, Record},
	VolumeError,
};
use crate::host::{command, loops, loops::Loop, Doing, HostError};
use rustix::{
	io::Errno,
	mount::{unmount, UnmountFlags},
	thread::{capabilities, CapabilitySet},
};
use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt, process::Command};

impl Places {
	/// Grows it, while it is used if the agent may do that. Whatever of this was done before is
	/// done again, which is nothing.
	pub(super) fn grow(&self, device: Loop, size: u64) -> Result<(), VolumeError> {
		loops::reserve(&self.open()?, size, &self.file)?;
		device.grow()?;
		if may_grow_what_is_used()? {
			command::run(Command::new("resize2fs").arg(device.path()))?;
		} else {
			self.grow_unused(&device)?;
		}
		Ok(self.write(Record { size })?)
	}

	/// The kernel lets only some grow a file system that is mounted.
	fn grow_unused(&self, device: &Loop) -> Result<(), VolumeError> {
		match unmount(&self.mounted, UnmountFlags::empty()) {
			Err(Errno::BUSY) => return Err(VolumeError::InUse),
			other => other.doing("unmount", &self.mounted)?,
		}
		// It may still be mounted for a container, which is seen only by asking for it alone.
		let mut options = OpenOptions::new();
		let alone = options.read(true).custom_flags(libc::O_EXCL).open(device.path());
		let alone = alone.map(drop).map_err(|_| VolumeError::InUse);
		let grown = alone.and_then(|()| {
			command::run(Command::new("e2fsck").args(["-f", "-p"]).arg(device.path()))?;
			command::run(Command::new("resize2fs").arg(device.path()))?;
			Ok(())
		});
		self.mount()?;
		grown
	}
}

fn may_grow_what_is_used() -> Result<bool, HostError> {
	let own = capabilities(None).doing("look at the capabilities of", "the agent")?;
	Ok(own.effective.contains(CapabilitySet::SYS_RESOURCE))
}
