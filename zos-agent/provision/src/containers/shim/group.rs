//! The control group of all shims. To move a process there takes the kernel as long as to mount its
//! root, so somebody else does it meanwhile. It also has the kernel ready for the runtime, which is
//! about to do the same for the container.

use super::Failure;
use crate::host::{cgroups, HostError};
use rustix::{
	pipe::{pipe_with, PipeFlags},
	process::{getpid, Pid},
};
use std::{
	fs::File,
	io::{self, Read, Write},
};

/// A process that is being moved.
pub(super) struct Moving(File);

/// Goes on as a child of this process. This process moves it to the group and has nothing more to
/// do: for it, nothing is returned.
pub(super) fn go_on_as_child(group: &str) -> Result<Option<Moving>, Failure> {
	let failed = |error: io::Error| Failure::Host(format!("cannot become a shim: {error}"));
	let (hears, tells) = pipe_with(PipeFlags::CLOEXEC).map_err(|error| failed(error.into()))?;
	// SAFETY: this program has one thread.
	let child = match unsafe { libc::fork() } {
		0 => return Ok(Some(Moving(hears.into()))),
		other => Pid::from_raw(other).filter(|_| other > 0),
	};
	let child = child.ok_or_else(|| failed(io::Error::last_os_error()))?;
	// What is reported is said by the child alone.
	super::say_no_more();
	if cgroups::enter(group, child).is_ok() {
		// A child that has failed meanwhile does not listen.
		let _ = File::from(tells).write_all(b"moved");
	}
	Ok(None)
}

impl Moving {
	/// Waits until it is in the group.
	pub(super) fn end(mut self, group: &str) -> Result<(), HostError> {
		let mut said = Vec::new();
		match self.0.read_to_end(&mut said) {
			Ok(length) if length > 0 => Ok(()),
			// Whoever was to move it has not, and tells nobody why: it finds out by itself.
			_ => cgroups::enter(group, getpid()),
		}
	}
}
