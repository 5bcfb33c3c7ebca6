//! Why the chain could not be asked or told.

use grid_primitives::BlockNumber;
use zos_core::ports::ChainError;

/// Why the chain could not be asked or told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The chain specification is of no use.
	#[error("the chain specification cannot be used: {0}; get it again from where the chain is published")]
	Specification(String),
	/// The chain specification is of another chain than what was heard before.
	#[error("the chain specification is of another chain than the one that this folder belongs to: restore that one, or begin anew with an empty folder")]
	OtherChain,
	/// There is nobody to ask.
	#[error("no endpoint is configured: name at least one, or use the light client")]
	NoEndpoint,
	/// Nothing was heard of the chain yet, or nobody answers at the moment.
	#[error("nobody answers at the moment: it is tried again by itself")]
	NotConnected,
	/// A question could not be asked or answered.
	#[error("the chain does not answer as it should: {0}")]
	Rpc(#[from] subxt::rpcs::Error),
	/// Who was asked cannot prove an answer.
	#[error("nobody could prove an answer: it is asked again at a newer block")]
	Unproven,
	/// Who was asked could not work it out.
	#[error("the chain could not work out an answer: {0}")]
	Failed(String),
	/// It took too long.
	#[error("there was no answer in time")]
	TimedOut,
	/// Who was asked has gone away.
	#[error("the connection has ended: it is made again by itself")]
	Ended,
	/// No block became final for too long.
	#[error("no block has become final for too long: somebody else is asked, or the same again")]
	Stalled,
	/// The block is too old to be asked about.
	#[error("block {0} is no longer at hand: take a newer one")]
	Gone(BlockNumber),
	/// An endpoint is not to be followed.
	#[error("the endpoint is not followed: {0}")]
	NotFollowed(#[from] NotFollowed),
	/// What the chain says does not have the form that this agent knows.
	#[error(
		"the chain speaks of {what} in a form that this agent does not know: update the agent"
	)]
	Unknown {
		/// What it spoke of.
		what: &'static str,
		/// What was wrong with it.
		#[source]
		source: Box<dyn std::error::Error + Send + Sync>,
	},
}

/// Why an endpoint is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFollowed {
	/// It is on another chain.
	#[error("it is on another chain: check its address and the genesis hash; for another chain, begin anew with an empty folder")]
	OtherGenesis,
	/// It is behind what was seen already.
	#[error("its newest finalized block is {its}, but {seen} was seen already")]
	Behind {
		/// The newest finalized block that it knows.
		its: BlockNumber,
		/// The newest that was seen.
		seen: BlockNumber,
	},
	/// What it calls finalized contradicts what was seen already.
	#[error("it has another block {0} than was seen to be final")]
	OtherHistory(BlockNumber),
}

impl Error {
	pub(crate) fn unknown(
		what: &'static str,
	) -> impl FnOnce(Box<dyn std::error::Error + Send + Sync>) -> Self {
		move |source| Self::Unknown { what, source }
	}
}

impl From<Error> for ChainError {
	fn from(error: Error) -> Self {
		match error {
			Error::Gone(number) => Self::Gone(number),
			Error::Unknown { what, source } => Self::Unknown { what, source },
			error => Self::Unreachable(Box::new(error)),
		}
	}
}
