//! What a shim tells the agent.

use crate::host::HostError;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a shim tells the agent, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
	/// It stays with the container, which runs.
	Started,
	/// The container could not be started, and nothing of it runs.
	Failed(Failure),
}

/// Why a container could not be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
	/// The machine refused.
	#[error("{0}")]
	Host(String),
	/// There is no space for what it may write.
	#[error("the machine has no space for its root: {0}")]
	NoSpace(String),
	/// Its user is not one of its image.
	#[error("its image has no user {0}: name one that it has, or a number")]
	NoUser(String),
	/// It needs more memory than it has before it even begins.
	#[error("it has too little memory to be started at all: give it more")]
	OutOfMemory,
	/// The runtime refused.
	#[error("{0}")]
	Runtime(String),
}

impl From<HostError> for Failure {
	fn from(error: HostError) -> Self {
		if error.is_full() {
			return Self::NoSpace(error.to_string());
		}
		Self::Host(error.to_string())
	}
}
