//! Processes, told apart from others that get their number later.

use super::{Doing, HostError};
use rustix::{
	event::{poll, PollFd, PollFlags, Timespec},
	io::Errno,
	process::{pidfd_open, pidfd_send_signal, Pid, PidfdFlags, Signal},
};
use serde::{Deserialize, Serialize};
use std::{
	fs,
	os::fd::{AsRawFd, OwnedFd},
	path::PathBuf,
	time::Duration,
};

/// A process: its number and when it began, which no other process shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
	/// Its number.
	pub id: i32,
	/// When it began, in ticks of the clock since the machine did.
	pub began: u64,
}

impl Process {
	/// The process that has this number now.
	pub fn of(id: i32) -> Option<Self> {
		let (state, began) = stat(id)?;
		(!matches!(state, 'Z' | 'X')).then_some(Self { id, began })
	}

	/// The child of this process that has this number, whether or not it ended already.
	pub fn begun(id: i32) -> Option<Self> {
		stat(id).map(|(_, began)| Self { id, began })
	}

	/// Whether it still runs.
	pub fn is_alive(&self) -> bool {
		Self::of(self.id) == Some(*self)
	}

	/// A handle that goes on meaning this process, while it is there: dead or not.
	pub fn handle(&self) -> Option<OwnedFd> {
		let handle = pidfd_open(Pid::from_raw(self.id)?, PidfdFlags::empty()).ok()?;
		// Only now is it sure whose handle that is.
		(stat(self.id)?.1 == self.began).then_some(handle)
	}

	/// Sends it a signal. One that is gone needs none.
	pub fn signal(&self, signal: Signal) -> Result<(), HostError> {
		let Some(handle) = self.handle() else { return Ok(()) };
		match pidfd_send_signal(&handle, signal) {
			Err(Errno::SRCH) => Ok(()),
			other => other.doing("signal process", PathBuf::from(self.id.to_string())),
		}
	}

	/// Waits for its end, at most so long. Says whether it ended.
	pub fn wait(&self, longest: Duration) -> bool {
		let Some(handle) = self.handle() else { return true };
		let timeout = Timespec {
			tv_sec: longest.as_secs().try_into().unwrap_or(i64::MAX),
			tv_nsec: longest.subsec_nanos().into(),
		};
		let mut polled = [PollFd::new(&handle, PollFlags::IN)];
		matches!(poll(&mut polled, Some(&timeout)), Ok(ready) if ready > 0)
	}
}

/// How a process ended, as whoever waits for it is told, though it was the child of another. Only
/// newer kernels know, and only of handles that were there before it ended.
pub fn how_it_ended(handle: &OwnedFd) -> Option<i32> {
	/// What is told of a process: `struct pidfd_info` of the kernel, as it was at first.
	#[repr(C)]
	#[derive(Default)]
	struct Info {
		mask: u64,
		control_group: u64,
		numbers: [u32; 11],
		exit_code: i32,
	}
	const EXIT: u64 = 1 << 3;
	const GET_INFO: u32 = 3 << 30 | (size_of::<Info>() as u32) << 16 | 0xff << 8 | 11;
	// It is known once its parent was told.
	let mut polled = [PollFd::new(handle, PollFlags::HUP)];
	poll(&mut polled, Some(&Timespec { tv_sec: 1, tv_nsec: 0 })).ok()?;
	let mut info = Info { mask: EXIT, ..Info::default() };
	// SAFETY: the request takes a structure of this size, alive here.
	let answer =
		unsafe { libc::ioctl(handle.as_raw_fd(), GET_INFO as _, std::ptr::from_mut(&mut info)) };
	(answer == 0 && info.mask & EXIT != 0).then_some(info.exit_code)
}

/// The state of a process and when it began.
fn stat(id: i32) -> Option<(char, u64)> {
	let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
	// The name of the program may hold anything but ends at the last parenthesis.
	let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
	let state = fields.next()?.chars().next()?;
	let began = fields.nth(18)?.parse().ok()?;
	Some((state, began))
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::process::Command;

	#[test]
	fn a_process_is_alive_until_it_ends() {
		let mut child = Command::new("sleep").arg("60").spawn().unwrap();
		let process = Process::of(child.id() as i32).unwrap();
		assert!(process.is_alive());
		assert!(!process.wait(Duration::ZERO));
		process.signal(Signal::KILL).unwrap();
		assert!(process.wait(Duration::from_secs(10)));
		assert!(!process.is_alive());
		child.wait().unwrap();
		assert!(process.wait(Duration::ZERO), "what is gone has ended");
	}

	#[test]
	fn another_process_of_the_same_number_is_left_alone() {
		let mut child = Command::new("sleep").arg("60").spawn().unwrap();
		let real = Process::of(child.id() as i32).unwrap();
		let other = Process { began: real.began + 1, ..real };
		assert!(!other.is_alive());
		other.signal(Signal::KILL).unwrap();
		assert!(real.is_alive());
		real.signal(Signal::KILL).unwrap();
		child.wait().unwrap();
	}
}
