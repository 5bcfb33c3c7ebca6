//! How the agent starts, asks and ends tunnels that are processes.

use crate::{
	error::Doing,
	names::Zone,
	tunnel::Arguments,
	uapi::{Change, Status},
	NetworkError,
};
use rustix::{
	event::{poll, PollFd, PollFlags, Timespec},
	net::sockopt::socket_peercred,
	process::{pidfd_open, pidfd_send_signal, PidfdFlags, Signal},
};
use std::{
	fs,
	io::{self, BufRead, BufReader, Write},
	os::unix::net::UnixStream,
	path::{Path, PathBuf},
	process::{Command, Stdio},
	time::Duration,
};

/// How long a tunnel may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many seconds it may take to end.
const LONGEST_END: i64 = 5;

/// A tunnel that is a process, known by its control socket.
pub(crate) struct Tunnel {
	pub(crate) control: PathBuf,
}

impl Tunnel {
	/// How it is, if it runs.
	pub(crate) fn status(&self) -> Result<Option<Status>, NetworkError> {
		match self.say("get=1\n\n") {
			Ok(said) => Ok(Some(Status::read(&said)?)),
			Err(error) if is_nobody(&error) => Ok(None),
			Err(error) => Err(error).doing("ask a tunnel how it is"),
		}
	}

	/// Change it.
	pub(crate) fn change(&self, change: &Change) -> Result<(), NetworkError> {
		self.order(&change.write())
	}

	/// Tell it the names of its network.
	pub(crate) fn name(&self, zone: &Zone) -> Result<(), NetworkError> {
		self.order(&zone.write())
	}

	fn order(&self, what: &str) -> Result<(), NetworkError> {
		let said = self.say(what).doing("tell a tunnel what to do")?;
		if said.lines().any(|line| line == "errno=0") {
			return Ok(());
		}
		Err(NetworkError::Tunnel { said: said.trim().into() })
	}

	fn say(&self, what: &str) -> io::Result<String> {
		let mut stream = UnixStream::connect(&self.control)?;
		stream.set_read_timeout(Some(PATIENCE))?;
		stream.set_write_timeout(Some(PATIENCE))?;
		stream.write_all(what.as_bytes())?;
		let mut said = String::new();
		let mut lines = BufReader::new(stream);
		while !said.ends_with("\n\n") {
			if lines.read_line(&mut said)? == 0 {
				return Err(io::ErrorKind::UnexpectedEof.into());
			}
		}
		Ok(said)
	}

	/// Start it. When this returns, it runs.
	pub(crate) fn start(&self, program: &Path, arguments: &Arguments) -> Result<(), NetworkError> {
		if let Some(folder) = self.control.parent() {
			fs::create_dir_all(folder).doing("make the folder of control sockets")?;
		}
		let output = Command::new(program)
			.args(arguments.words())
			.stdin(Stdio::null())
			.stdout(Stdio::null())
			.stderr(Stdio::piped())
			.output()
			.doing("run zos-wg")?;
		if output.status.success() {
			return Ok(());
		}
		let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
		Err(NetworkError::Tunnel { said })
	}

	/// End it, if it runs.
	pub(crate) fn stop(&self) -> Result<(), NetworkError> {
		match UnixStream::connect(&self.control) {
			Ok(stream) => {
				let whose = socket_peercred(&stream).doing("find the process of a tunnel")?;
				let process = pidfd_open(whose.pid, PidfdFlags::empty());
				let process = process.doing("find the process of a tunnel")?;
				pidfd_send_signal(&process, Signal::KILL).doing("end a tunnel")?;
				let mut ends = [PollFd::new(&process, PollFlags::IN)];
				let patience = Timespec { tv_sec: LONGEST_END, tv_nsec: 0 };
				poll(&mut ends, Some(&patience)).doing("wait for the end of a tunnel")?;
			},
			Err(error) if is_nobody(&error) => {},
			Err(error) => return Err(error).doing("find a tunnel"),
		}
		match fs::remove_file(&self.control) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => {
				Err(error).doing("remove the control socket of a tunnel")
			},
			_ => Ok(()),
		}
	}
}

/// Whether nobody is there, or no longer.
fn is_nobody(error: &io::Error) -> bool {
	use io::ErrorKind::{BrokenPipe, ConnectionRefused, ConnectionReset, NotFound, UnexpectedEof};
	matches!(
		error.kind(),
		NotFound | ConnectionRefused | ConnectionReset | BrokenPipe | UnexpectedEof
	)
}
