//! Why a volume is not as it should be.

use crate::host::HostError;
use grid_primitives::{report::FailureCode, spec::Disk};
use thiserror::Error;
use zos_core::ports::Fault;

/// Why a volume is not as it should be.
#[derive(Debug, Error)]
pub enum VolumeError {
	/// The machine refused.
	#[error(transparent)]
	Host(#[from] HostError),
	/// The machine has no such disk.
	#[error("this node keeps no volumes on disks of kind {0:?}: take another kind")]
	NoDisk(Disk),
	/// It is there on another kind of disk.
	#[error("it is on a disk of kind {0:?} and stays there: give the new one another name")]
	OtherDisk(Disk),
	/// Only what is not used can be removed, or grow on this machine.
	#[error("something still uses it: it is tried again when that ends")]
	InUse,
}

impl Fault for VolumeError {
	fn code(&self) -> FailureCode {
		match self {
			Self::Host(error) if error.is_full() => FailureCode::NoCapacity,
			Self::NoDisk(_) => FailureCode::NoCapacity,
			_ => FailureCode::Volume,
		}
	}

	fn is_retryable(&self) -> bool {
		match self {
			Self::Host(_) | Self::InUse => true,
			Self::NoDisk(_) | Self::OtherDisk(_) => false,
		}
	}
}
