use crate::{send, Answer, Found, Order, Reason, Request};
use rustix::io::Errno;
use std::{
	io::{self, BufRead, BufReader, Write},
	os::{
		fd::{AsFd, BorrowedFd, OwnedFd},
		unix::net::UnixStream,
	},
	path::{Path, PathBuf},
	time::Duration,
};
use zeroize::Zeroizing;

/// Why a server did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
	/// Nobody is there.
	#[error("no zdb server listens at {}: it has to be started", .0.display())]
	NotThere(PathBuf),
	/// It said nothing for too long.
	#[error("the zdb server at {} does not answer: it may still be reading what it has", .0.display())]
	Silent(PathBuf),
	/// The connection failed.
	#[error("the zdb server at {} cannot be told: {source}", path.display())]
	Io {
		/// Where it is.
		path: PathBuf,
		/// Why.
		#[source]
		source: io::Error,
	},
	/// It answered what makes no sense.
	#[error("what listens at {} is no zdb server of this version", .0.display())]
	Foreign(PathBuf),
	/// It refused.
	#[error("{text}")]
	Refused {
		/// In short.
		reason: Reason,
		/// In words.
		text: String,
	},
}

/// A connection to a server, to tell it what to do.
#[derive(Debug)]
pub struct Control {
	path: PathBuf,
	stream: BufReader<UnixStream>,
}

impl Control {
	/// Connect to the server that listens at `path`. No answer may take longer than `patience`.
	pub fn connect(path: &Path, patience: Duration) -> Result<Self, ControlError> {
		let failed = |source: io::Error| match source.kind() {
			io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
				ControlError::NotThere(path.into())
			},
			// Others wait to be let in, more than it has places for.
			io::ErrorKind::WouldBlock => ControlError::Silent(path.into()),
			_ => ControlError::Io { path: path.into(), source },
		};
		let stream = UnixStream::connect(path).map_err(failed)?;
		stream.set_read_timeout(Some(patience)).map_err(failed)?;
		stream.set_write_timeout(Some(patience)).map_err(failed)?;
		Ok(Self { path: path.into(), stream: BufReader::new(stream) })
	}

	/// The namespaces whose names begin so, and since what the store takes no changes.
	pub fn list(&mut self, prefix: &str) -> Result<(Vec<Found>, Option<String>), ControlError> {
		match self.ask(&Request::List(prefix.into()), &[])? {
			Answer::Found { namespaces, read_only } => Ok((namespaces, read_only)),
			_ => Err(ControlError::Foreign(self.path.clone())),
		}
	}

	/// Have a namespace served at these sockets.
	pub fn serve(&mut self, order: Order, sockets: &[OwnedFd]) -> Result<(), ControlError> {
		let sockets: Vec<_> = sockets.iter().map(AsFd::as_fd).collect();
		self.have_done(&Request::Serve(Box::new(order)), &sockets)
	}

	/// Have a namespace served nowhere.
	pub fn pause(&mut self, name: &str) -> Result<(), ControlError> {
		self.have_done(&Request::Pause(name.into()), &[])
	}

	/// Have a namespace removed.
	pub fn remove(&mut self, name: &str) -> Result<(), ControlError> {
		self.have_done(&Request::Remove(name.into()), &[])
	}

	fn have_done(
		&mut self,
		request: &Request,
		sockets: &[BorrowedFd<'_>],
	) -> Result<(), ControlError> {
		match self.ask(request, sockets)? {
			Answer::Done => Ok(()),
			_ => Err(ControlError::Foreign(self.path.clone())),
		}
	}

	fn ask(
		&mut self,
		request: &Request,
		sockets: &[BorrowedFd<'_>],
	) -> Result<Answer, ControlError> {
		let foreign = || ControlError::Foreign(self.path.clone());
		// It may hold a password.
		let mut text = Zeroizing::new(serde_json::to_vec(request).map_err(|_| foreign())?);
		text.push(b'\n');
		let sent = loop {
			match send(self.stream.get_ref(), &text, sockets) {
				Err(Errno::INTR) => {},
				other => break other.map_err(io::Error::from),
			}
		};
		let sent = sent.map_err(|source| self.failed(source))?;
		let rest = self.stream.get_mut().write_all(&text[sent..]);
		rest.map_err(|source| self.failed(source))?;
		let mut line = Vec::new();
		let read = self.stream.read_until(b'\n', &mut line);
		read.map_err(|source| self.failed(source))?;
		if line.is_empty() {
			return Err(self.failed(io::ErrorKind::UnexpectedEof.into()));
		}
		match serde_json::from_slice(&line) {
			Ok(Answer::Refused { reason, text }) => Err(ControlError::Refused { reason, text }),
			Ok(answer) => Ok(answer),
			Err(_) => Err(ControlError::Foreign(self.path.clone())),
		}
	}

	fn failed(&self, source: io::Error) -> ControlError {
		match source.kind() {
			io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
				ControlError::Silent(self.path.clone())
			},
			_ => ControlError::Io { path: self.path.clone(), source },
		}
	}
}
