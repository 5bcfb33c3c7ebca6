//! What a machine does not offer: there is none of it, and there will be none.

use grid_primitives::{report::FailureCode, spec::Attachment};
use zos_core::{
	ports::{Attached, Fault, NetworkFound, NetworkOrder, Networks, PortError},
	Key,
};

/// The port of something that this machine does not offer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unoffered;

/// This machine does not offer that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
	/// It has no private networks.
	#[error("this node offers no networks: leave them out, or choose another node")]
	Networks,
}

impl Fault for NotOffered {
	fn code(&self) -> FailureCode {
		match self {
			Self::Networks => FailureCode::Network,
		}
	}

	fn is_retryable(&self) -> bool {
		false
	}
}

impl Networks for Unoffered {
	fn list(&self) -> Result<Vec<NetworkFound>, PortError> {
		Ok(Vec::new())
	}

	fn make(&self, _: &NetworkOrder) -> Result<(), PortError> {
		Err(NotOffered::Networks.into())
	}

	fn attach(&self, _: &Key, _: &[Attachment]) -> Result<Attached, PortError> {
		Err(NotOffered::Networks.into())
	}

	fn detach(&self, _: &Key) -> Result<(), PortError> {
		Ok(())
	}

	fn remove(&self, _: &Key) -> Result<(), PortError> {
		Ok(())
	}
}
