//! What can go wrong with the machine itself.

use std::{
	io,
	path::{Path, PathBuf},
};
use thiserror::Error;

/// The machine did not do what it was asked.
#[derive(Debug, Error)]
pub enum HostError {
	/// The kernel refused.
	#[error("cannot {doing} {}: {source}", path.display())]
	Refused {
		/// What was tried.
		doing: &'static str,
		/// With what.
		path: PathBuf,
		/// What the kernel said.
		#[source]
		source: io::Error,
	},
	/// A program is not there.
	#[error("cannot run {program}: {source}: install it or name another in the configuration")]
	NoProgram {
		/// The program.
		program: String,
		/// What the kernel said.
		#[source]
		source: io::Error,
	},
	/// A program did not do what it should.
	#[error("{program} failed: {said}")]
	Program {
		/// The program.
		program: String,
		/// What it printed of it.
		said: String,
	},
	/// Something of ours on the host is not what we wrote.
	#[error("{} is not readable as {what}: {why}: remove it and it is made again", path.display())]
	Malformed {
		/// The file.
		path: PathBuf,
		/// What it should be.
		what: &'static str,
		/// Why it is not.
		why: String,
	},
}

impl HostError {
	/// Whether there was no space left, or no file system here could ever have it.
	pub fn is_full(&self) -> bool {
		matches!(self, Self::Refused { source, .. } if matches!(
			source.raw_os_error(), Some(libc::ENOSPC | libc::EDQUOT | libc::EFBIG)))
	}

	/// Whether the thing was not there.
	pub fn is_missing(&self) -> bool {
		matches!(self, Self::Refused { source, .. } if source.kind() == io::ErrorKind::NotFound)
	}
}

/// Says what was being done when the kernel refused.
pub trait Doing<T> {
	/// With what it was doing, and to what.
	fn doing(self, doing: &'static str, path: impl AsRef<Path>) -> Result<T, HostError>;
}

impl<T, E: Into<io::Error>> Doing<T> for Result<T, E> {
	fn doing(self, doing: &'static str, path: impl AsRef<Path>) -> Result<T, HostError> {
		self.map_err(|error| HostError::Refused {
			doing,
			path: path.as_ref().to_owned(),
			source: error.into(),
		})
	}
}
