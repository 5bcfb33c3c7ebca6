//! Ranges of user and group ids: what is user 0 in a container is nobody on the machine.

use super::{Doing, HostError};
use rustix::{
	io::Errno,
	process::{waitpid, Pid, WaitOptions},
};
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File},
	io,
	os::fd::{AsFd, BorrowedFd, OwnedFd},
};

/// How many ids a container has.
pub const COUNT: u32 = 1 << 16;
/// The first id that a container may get: below are those of the machine.
const FIRST: u32 = 1 << 20;
/// How many containers can have ids of their own.
const SLOTS: u32 = 60_000;

/// The ids of a container: its user 0 is this user of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identities(u32);

impl Identities {
	/// Ids that none of the others has. Begins to look where the name says, so that agents that
	/// know nothing of each other hardly ever meet.
	pub fn choose(name: &str, taken: &[Self]) -> Option<Self> {
		let mut start = 0x811c_9dc5_u32;
		for byte in name.bytes() {
			start = (start ^ u32::from(byte)).wrapping_mul(0x0100_0193);
		}
		(0..SLOTS)
			.map(|step| Self(FIRST + (start % SLOTS + step) % SLOTS * COUNT))
			.find(|ids| !taken.contains(ids))
	}

	/// The id on the machine of an id in the container.
	pub fn on_host(self, id: u32) -> u32 {
		self.0 + id.min(COUNT - 1)
	}

	/// A user namespace with these ids and nobody in it.
	pub fn namespace(self) -> Result<Namespace, HostError> {
		let child = Sleeper::new()?;
		let of_child = |file: &str| format!("/proc/{}/{file}", child.0.as_raw_nonzero());
		for map in ["uid_map", "gid_map"] {
			let path = of_child(map);
			fs::write(&path, format!("0 {} {COUNT}", self.0)).doing("write", &path)?;
		}
		let path = of_child("ns/user");
		let handle = File::open(&path).map(OwnedFd::from).doing("open", &path)?;
		child.end();
		Ok(Namespace { handle, maker: Some(child) })
	}
}

/// A user namespace with nobody in it.
#[derive(Debug)]
pub struct Namespace {
	handle: OwnedFd,
	/// It has ended, or is about to.
	maker: Option<Sleeper>,
}

impl Namespace {
	/// Waits for the end of the process that it was made with. That takes a moment, in which other
	/// things can be done before.
	pub fn bury_maker(&mut self) {
		self.maker = None;
	}
}

impl AsFd for Namespace {
	fn as_fd(&self) -> BorrowedFd<'_> {
		self.handle.as_fd()
	}
}

/// A process in a user namespace of its own, that does nothing until it is dropped.
#[derive(Debug)]
struct Sleeper(Pid);

impl Sleeper {
	fn new() -> Result<Self, HostError> {
		let flags = libc::CLONE_NEWUSER | libc::SIGCHLD;
		// SAFETY: without CLONE_VM this is fork. The child only calls `pause` and `_exit`, which
		// are safe after a fork even where other threads held locks.
		let id = unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) };
		if id == 0 {
			// SAFETY: as above. It ends with its parent.
			unsafe {
				libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
				libc::pause();
				libc::_exit(0);
			}
		}
		let id = i32::try_from(id).ok().and_then(Pid::from_raw);
		id.map(Self).ok_or_else(io::Error::last_os_error).doing("make", "a user namespace")
	}

	/// Says whether it ends.
	fn end(&self) -> bool {
		// It is our child and not yet waited for, so the number is still its own.
		rustix::process::kill_process(self.0, rustix::process::Signal::KILL).is_ok()
	}
}

impl Drop for Sleeper {
	fn drop(&mut self) {
		if self.end() {
			while let Err(Errno::INTR) = waitpid(Some(self.0), WaitOptions::empty()) {}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn nobody_shares_ids() {
		let mut taken = Vec::new();
		for _ in 0..100 {
			let ids = Identities::choose("the same name", &taken).unwrap();
			assert!(!taken.contains(&ids));
			assert!(ids.on_host(0) >= FIRST);
			assert_eq!(ids.on_host(COUNT - 1) - ids.on_host(0), COUNT - 1);
			taken.push(ids);
		}
	}
}
