//! Why a container is not as it should be.

use super::shim::Failure;
use crate::host::HostError;
use grid_primitives::report::FailureCode;
use std::path::PathBuf;
use thiserror::Error;
use zos_core::ports::Fault;

/// Why a container is not as it should be.
#[derive(Debug, Error)]
pub enum ContainerError {
	/// The machine refused.
	#[error(transparent)]
	Host(#[from] HostError),
	/// Neither the spec nor the image says what to run.
	#[error("neither the spec nor its image says what to run: give it a command")]
	NothingToRun,
	/// An image that has nothing in it.
	#[error("its image has no layers: take one that has")]
	NoLayers,
	/// A secret that cannot be a variable.
	#[error("the secret for variable {variable} is not text: deliver it as a file")]
	SecretNotText {
		/// The variable.
		variable: String,
	},
	/// A text of the spec is not UTF-8.
	#[error("the spec has {what} that is not text: write it in UTF-8")]
	NotText {
		/// Which one.
		what: &'static str,
	},
	/// No user ids are left.
	#[error("all ranges of user ids are taken: remove containers")]
	NoIdentities,
	/// Users of containers cannot get to their files.
	#[error("others may not pass through {}: allow it, or have the run folder elsewhere", .0.display())]
	NotPassable(PathBuf),
	/// The shim said why it did not start.
	#[error("{0}")]
	NotStarted(#[source] Failure),
	/// The shim said nothing.
	#[error("its shim ended before it was started; the last it said: {said}")]
	ShimGone {
		/// What it complained about.
		said: String,
	},
	/// It does not go away.
	#[error("it does not end: {what} is still there, and will be tried again")]
	StillThere {
		/// What is left.
		what: &'static str,
	},
}

impl Fault for ContainerError {
	fn code(&self) -> FailureCode {
		match self {
			Self::Host(error) if error.is_full() => FailureCode::NoCapacity,
			Self::NotStarted(Failure::NoSpace(_)) => FailureCode::NoCapacity,
			Self::NotStarted(Failure::OutOfMemory) => FailureCode::OutOfMemory,
			Self::SecretNotText { .. } => FailureCode::SecretNotReadable,
			_ => FailureCode::NotStarted,
		}
	}

	fn is_retryable(&self) -> bool {
		match self {
			Self::NothingToRun
			| Self::NoLayers
			| Self::SecretNotText { .. }
			| Self::NotText { .. }
			| Self::NotStarted(Failure::NoUser(_)) => false,
			Self::Host(_)
			| Self::NoIdentities
			| Self::NotPassable(_)
			| Self::NotStarted(_)
			| Self::ShimGone { .. }
			| Self::StillThere { .. } => true,
		}
	}
}
