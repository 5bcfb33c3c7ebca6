//! Why a namespace is not as it should be.

use crate::host::HostError;
use grid_primitives::{report::FailureCode, spec::Disk};
use std::{io, path::PathBuf};
use thiserror::Error;
use zdb_control::{ControlError, Reason};
use zos_core::ports::Fault;

/// Why a namespace is not as it should be.
#[derive(Debug, Error)]
pub enum ZdbError {
	/// The machine refused.
	#[error(transparent)]
	Host(#[from] HostError),
	/// The server's program is not there.
	#[error("the zdb server {} is missing: put it beside zos-agent, of the same build, or name it in [zdb] program", .0.display())]
	NoProgram(PathBuf),
	/// The machine has no such disk.
	#[error("this node keeps no zdbs on disks of kind {0:?}: take another kind")]
	NoDisk(Disk),
	/// It is there on another kind of disk.
	#[error("it is on a disk of kind {0:?} and stays there: give the new one another name")]
	OtherDisk(Disk),
	/// A server does not start.
	#[error("its server does not start: {said}")]
	NotStarted {
		/// The last that it said.
		said: String,
	},
	/// A server ends, and takes long.
	#[error("its server, process {0}, no longer serves but has not ended: it is started again when it has")]
	StillEnding(i32),
	/// A server was not told what to do, or did not do it.
	#[error(transparent)]
	Control(#[from] ControlError),
	/// A server takes no changes.
	#[error("its server takes no changes since {since}: look after the disk, then end the server, which starts again")]
	ReadOnly {
		/// Since what.
		since: String,
	},
	/// Nobody can come in.
	#[error("it cannot listen in {}: {source}", namespace.display())]
	Listen {
		/// The network namespace.
		namespace: PathBuf,
		/// Why.
		#[source]
		source: io::Error,
	},
	/// The password is none that clients could say.
	#[error("its password has {0} bytes: seal one that has 1 to 128")]
	Password(usize),
}

impl Fault for ZdbError {
	fn code(&self) -> FailureCode {
		match self {
			Self::NoDisk(_) => FailureCode::NoCapacity,
			_ => FailureCode::Zdb,
		}
	}

	fn is_retryable(&self) -> bool {
		match self {
			Self::NoDisk(_) | Self::OtherDisk(_) | Self::Password(_) => false,
			// Whoever empties it can change how keys are named.
			Self::Control(ControlError::Refused { reason, .. }) => *reason != Reason::Request,
			_ => true,
		}
	}
}
