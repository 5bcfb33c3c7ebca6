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
use std::{
	fs::OpenOptions,
	os::unix::fs::OpenOptionsExt,
	thread,
	time::{Duration, Instant},
};

/// What the program that checks a file system says when all is well again.
const MENDED: i32 = 1;
/// How long whoever used it a moment ago may take to let go.
const LONGEST: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

impl Places {
	/// Grows it, while it is used if the kernel lets that be. Whatever of this was done before is
	/// done again, which is nothing.
	pub(super) fn grow(&self, device: Loop, before: Record, size: u64) -> Result<(), VolumeError> {
		loops::reserve(&self.open()?, size, &self.file)?;
		device.grow()?;
		let grown = Record { size, grows_alone: false };
		if before.grows_in_use()? {
			match command::run(command::quiet("resize2fs").arg(device.path())) {
				Ok(()) => return Ok(self.write(grown)?),
				Err(error) => log::warn!("{} does not grow in use: {error}", self.file.display()),
			}
		}
		match self.grow_unused(&device) {
			// Whoever uses it is stopped for it the next time.
			Err(VolumeError::InUse) if before.grows_in_use()? => {
				self.write(Record { grows_alone: true, ..before })?;
				Err(VolumeError::InUse)
			},
			Err(error) => Err(error),
			Ok(()) => Ok(self.write(grown)?),
		}
	}

	/// The kernel lets only some grow a file system that is mounted.
	fn grow_unused(&self, device: &Loop) -> Result<(), VolumeError> {
		match unmount(&self.mounted, UnmountFlags::empty()) {
			Err(Errno::BUSY) => return Err(VolumeError::InUse),
			other => other.doing("unmount", &self.mounted)?,
		}
		let grown = let_go(device).and_then(|()| {
			let mut check = command::quiet("e2fsck");
			check.args(["-f", "-p"]).arg(device.path());
			command::begin(&mut check)?.end(&[0, MENDED])?;
			command::run(command::quiet("resize2fs").arg(device.path()))?;
			Ok(())
		});
		self.mount()?;
		grown
	}
}

/// Waits until it is not mounted for a container either, which is seen only by asking for it alone.
fn let_go(device: &Loop) -> Result<(), VolumeError> {
	let deadline = Instant::now() + LONGEST;
	loop {
		let mut options = OpenOptions::new();
		match options.read(true).custom_flags(libc::O_EXCL).open(device.path()) {
			Ok(_) => return Ok(()),
			Err(_) if Instant::now() > deadline => return Err(VolumeError::InUse),
			Err(_) => thread::sleep(PAUSE),
		}
	}
}

impl Record {
	/// Whether it can grow while it is used: only some may do that, and not always.
	pub(super) fn grows_in_use(&self) -> Result<bool, HostError> {
		let own = capabilities(None).doing("look at the capabilities of", "the agent")?;
		Ok(!self.grows_alone && own.effective.contains(CapabilitySet::SYS_RESOURCE))
	}
}
