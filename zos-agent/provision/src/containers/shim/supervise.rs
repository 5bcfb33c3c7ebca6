//! Staying with a container until it is not started again.

use super::{
	launch::Launcher,
	myself,
	restart::{next, Next},
	signals, Failure, ENDED, PIPES, STATE,
};
use crate::{
	containers::{
		log::Log,
		records::{now, Ending, Phase, State},
	},
	host::{
		cgroups,
		files::{self, Keep},
		processes::{how_it_ended, Process},
		Doing, HostError,
	},
};
use rustix::{
	event::{poll, PollFd, PollFlags, Timespec},
	io::Errno,
	process::{wait, Pid, Signal, WaitOptions},
};
use std::{
	fs::{File, OpenOptions},
	io::{self, Read},
	os::{
		fd::{AsFd, OwnedFd},
		unix::fs::OpenOptionsExt,
	},
	path::Path,
	time::{Duration, Instant},
};
use zos_core::ports::LogStream;

const STREAMS: [LogStream; 2] = [LogStream::Out, LogStream::Error];
/// The most bytes that are read at once.
const MOUTHFUL: usize = 64 * 1024;

/// What stays with a container.
pub(super) struct Shim {
	launcher: Launcher,
	state: State,
	/// Of the program, while it runs.
	handle: Option<OwnedFd>,
	pipes: [File; 2],
	log: Option<Log>,
}

/// What woke the shim.
enum Woken {
	/// The container printed something, or nothing happened for as long as one was to wait.
	Nothing,
	/// The program ended.
	Ended,
	/// The container is to end.
	Stop,
}

impl Shim {
	pub(super) fn new(launcher: Launcher) -> Result<Self, Failure> {
		let log = launcher.setup.log;
		let log = log.map(|most| Log::open(&launcher.setup.kept.join("log"), most)).transpose()?;
		// Open for both, so that neither end is ever without the other: a program that prints
		// while nobody reads waits, and does not fail.
		let open = |path: &str| {
			let mut options = OpenOptions::new();
			options.read(true).write(true).custom_flags(libc::O_NONBLOCK);
			options.open(path).doing("open", path)
		};
		let pipes = [open(PIPES[0])?, open(PIPES[1])?];
		let state =
			State { shim: myself()?, phase: Phase::Starting, restarts: 0, in_a_row: 0, last: None };
		Ok(Self { launcher, state, handle: None, pipes, log })
	}

	/// Starts the container, or goes on where another shim was killed.
	pub(super) fn begin(&mut self) -> Result<(), Failure> {
		let before: Option<State> =
			files::read_record(Path::new(STATE), "the state of a container")?;
		match before {
			Some(before) if before.phase != Phase::Starting => {
				self.state = State { shim: self.state.shim, ..before };
				if let Phase::Running { process, .. } = self.state.phase {
					self.handle = process.handle();
				}
				self.launcher.enter_group()?;
				self.save()?;
			},
			_ => {
				self.save()?;
				let process = self.launcher.launch()?;
				self.runs(process)?;
			},
		}
		Ok(())
	}

	fn runs(&mut self, process: Process) -> Result<(), HostError> {
		self.handle = process.handle();
		self.state.phase = Phase::Running { process, since: now() };
		self.save()
	}

	fn save(&self) -> Result<(), HostError> {
		files::write_record(Path::new(STATE), &self.state, 0o600, Keep::UntilReboot)
	}

	/// Stays until the container is not started again.
	pub(super) fn stay(&mut self) -> Result<(), Failure> {
		self.launcher.settle();
		loop {
			let leave = match self.state.phase {
				Phase::Running { process, since } => match self.wait(None)? {
					Woken::Nothing => false,
					Woken::Ended => self.ended(process, since)?,
					Woken::Stop => {
						self.stop(process)?;
						true
					},
				},
				Phase::Waiting { until } => {
					let left = Duration::from_millis(until.saturating_sub(now()));
					match self.wait(Some(left))? {
						Woken::Stop => true,
						_ if left.is_zero() => self.start_again()?,
						_ => false,
					}
				},
				Phase::Starting => true,
			};
			if leave {
				return Ok(self.launcher.clear()?);
			}
		}
	}

	/// Waits until something happens, and keeps what the container prints.
	fn wait(&mut self, longest: Option<Duration>) -> Result<Woken, HostError> {
		let running = longest.is_none();
		if running && self.handle.is_none() {
			return Ok(Woken::Ended);
		}
		let timeout = longest.map(|longest| Timespec {
			tv_sec: longest.as_secs().try_into().unwrap_or(i64::MAX),
			tv_nsec: longest.subsec_nanos().into(),
		});
		let [out, error] = &self.pipes;
		let mut polled = vec![PollFd::new(out, PollFlags::IN), PollFd::new(error, PollFlags::IN)];
		polled.extend(signals::heard().map(|it| PollFd::from_borrowed_fd(it, PollFlags::IN)));
		if running {
			polled.extend(self.handle.as_ref().map(|it| PollFd::new(it, PollFlags::IN)));
		}
		match poll(&mut polled, timeout.as_ref()) {
			Err(Errno::INTR) => return Ok(Woken::Nothing),
			other => other.doing("wait for", "the container")?,
		};
		let ready: Vec<_> = polled.iter().map(|it| !it.revents().is_empty()).collect();
		if ready[0] || ready[1] {
			self.drain(1)?;
		}
		Ok(match ready[2..] {
			[true, ..] => Woken::Stop,
			[_, true] => Woken::Ended,
			_ => Woken::Nothing,
		})
	}

	/// Reads what the container printed, so many times at most from each pipe.
	fn drain(&mut self, most: usize) -> Result<(), HostError> {
		let mut buffer = [0; MOUTHFUL];
		for (pipe, stream) in self.pipes.iter_mut().zip(STREAMS) {
			for _ in 0..most {
				let length = match pipe.read(&mut buffer) {
					Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
					Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
					other => other.doing("read", "what the container prints")?,
				};
				if let Some(log) = &mut self.log {
					// A full disk must not end the container: what cannot be kept is lost.
					let _ = log.append(stream, &buffer[..length], now());
				}
			}
		}
		Ok(())
	}

	/// What the program printed until its end. Two buffers hold more than a pipe does.
	fn drain_all(&mut self) -> Result<(), HostError> {
		self.drain(16)?;
		if let Some(log) = &mut self.log {
			let _ = log.flush(now());
		}
		Ok(())
	}

	/// Says whether nothing more is to be done for this container.
	fn ended(&mut self, process: Process, since: u64) -> Result<bool, Failure> {
		let name = self.launcher.setup.name.clone();
		// Another shim's child is told of by the kernel, if that is new enough.
		let seen = || self.handle.as_ref().and_then(how_it_ended).map(Status::from);
		let ending = match reap(process).or_else(seen) {
			Some(status) => status.ending(cgroups::memory_kills(&name)?),
			None => Ending::Unseen,
		};
		self.handle = None;
		cgroups::remove(&name)?;
		self.drain_all()?;
		let setup = &self.launcher.setup;
		let ran = Duration::from_millis(now().saturating_sub(since));
		let next = next(setup.restart, setup.backoff, &self.state, ending, ran);
		self.state.last = Some(ending);
		match next {
			Next::Leave => {
				files::write_record(&setup.kept.join(ENDED), &ending, 0o600, Keep::Forever)?;
				Ok(true)
			},
			Next::Again { after, in_a_row } => {
				self.state.in_a_row = in_a_row;
				self.wait_for(after)?;
				Ok(false)
			},
		}
	}

	fn wait_for(&mut self, after: Duration) -> Result<(), HostError> {
		let after: u64 = after.as_millis().try_into().unwrap_or(u64::MAX);
		self.state.phase = Phase::Waiting { until: now().saturating_add(after) };
		self.save()
	}

	/// Says whether nothing more is to be done for this container.
	fn start_again(&mut self) -> Result<bool, Failure> {
		match self.launcher.launch() {
			Ok(process) => {
				self.state.restarts = self.state.restarts.saturating_add(1);
				self.runs(process)?;
			},
			Err(failure) => {
				// Whoever reads what the container printed learns why it does not.
				if let Some(log) = &mut self.log {
					let line = format!("it could not be started again: {failure}\n");
					let _ = log.append(LogStream::Error, line.as_bytes(), now());
				}
				let backoff = self.launcher.setup.backoff;
				self.state.in_a_row = self.state.in_a_row.saturating_add(1);
				self.wait_for(backoff.longest)?;
			},
		}
		Ok(false)
	}

	/// Asks the program to end, then makes it.
	fn stop(&mut self, process: Process) -> Result<(), HostError> {
		process.signal(Signal::TERM)?;
		let deadline = Instant::now() + self.launcher.setup.grace;
		while let Some(handle) = &self.handle {
			let left = deadline.saturating_duration_since(Instant::now());
			if left.is_zero() || ends_within(handle, &self.pipes, left) {
				break;
			}
			self.drain(1)?;
		}
		cgroups::remove(&self.launcher.setup.name)?;
		reap(process);
		self.drain_all()
	}
}

/// Waits for the end of a program or for what it prints. Says whether it ended.
fn ends_within(handle: &OwnedFd, pipes: &[File; 2], longest: Duration) -> bool {
	let timeout = Timespec {
		tv_sec: longest.as_secs().try_into().unwrap_or(i64::MAX),
		tv_nsec: longest.subsec_nanos().into(),
	};
	let [out, error] =
		pipes.each_ref().map(|pipe| PollFd::from_borrowed_fd(pipe.as_fd(), PollFlags::IN));
	let mut polled = [PollFd::new(handle, PollFlags::IN), out, error];
	poll(&mut polled, Some(&timeout)).is_ok() && !polled[0].revents().is_empty()
}

/// What the kernel tells of the end of a program.
#[derive(Clone, Copy)]
struct Status(i32);

impl From<i32> for Status {
	fn from(status: i32) -> Self {
		Self(status)
	}
}

/// How a program ended, if it was our child. Others that became ours are waited for as well.
fn reap(process: Process) -> Option<Status> {
	let mut found = None;
	while let Ok(Some((id, status))) = wait(WaitOptions::NOHANG) {
		if Some(id) == Pid::from_raw(process.id) {
			found = Some(Status(status.as_raw()));
		}
	}
	found
}

impl Status {
	fn ending(self, memory_kills: u64) -> Ending {
		const KILLED: i32 = libc::SIGKILL;
		// A shell says so of a program that it ran and that was killed.
		const CHILD_KILLED: i32 = 128 + KILLED;
		let killed = libc::WIFSIGNALED(self.0).then(|| libc::WTERMSIG(self.0));
		match (killed, libc::WEXITSTATUS(self.0)) {
			(Some(KILLED), _) | (None, CHILD_KILLED) if memory_kills > 0 => Ending::OutOfMemory,
			(Some(signal), _) => Ending::Signal(signal),
			(None, code) => Ending::Code(code),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_who_was_killed_where_memory_ran_out_ran_out_of_memory() {
		const KILLED: Status = Status(libc::SIGKILL);
		const SAYS_KILLED: Status = Status(137 << 8);
		assert_eq!(KILLED.ending(1), Ending::OutOfMemory);
		assert_eq!(SAYS_KILLED.ending(1), Ending::OutOfMemory);
		assert_eq!(KILLED.ending(0), Ending::Signal(9));
		assert_eq!(SAYS_KILLED.ending(0), Ending::Code(137));
		assert_eq!(Status(3 << 8).ending(1), Ending::Code(3), "it went on without what was killed");
	}
}
