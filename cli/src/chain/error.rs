use std::fmt;

/// Whatever caused an error.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the chain could not be asked or told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// Nobody answers.
	#[error("{endpoint} does not answer: is it right, and does the node run?")]
	Unreachable {
		/// Who was asked.
		endpoint: String,
		/// Why there was no answer.
		#[source]
		source: Cause,
	},
	/// The connection broke.
	#[error("the connection to the chain broke")]
	Lost(#[source] Cause),
	/// It is another chain.
	#[error("this is another chain: its first block is {its}, and the profile wants {wanted}")]
	OtherChain {
		/// The first block of the chain.
		its: String,
		/// What the profile says it is.
		wanted: String,
	},
	/// A chain specification cannot be read.
	#[error("{path} cannot be read as a chain specification")]
	Specification {
		/// The file.
		path: String,
		/// Why.
		#[source]
		source: Cause,
	},
	/// The chain has changed in what `grid` speaks of.
	#[error("the chain knows `{what}` otherwise than this grid does: a newer grid may be needed")]
	Unknown {
		/// What it was about.
		what: String,
		/// What is different.
		#[source]
		source: Cause,
	},
	/// The chain says no.
	#[error("the chain refuses: {0}")]
	Refused(Refusal),
	/// A node makes no keys.
	#[error(
		"the node makes no session keys for whoever asks from here: name your own validator with \
		 --chain, on its machine, or what its `author_rotateKeysWithOwner` said"
	)]
	NoKeys(#[source] Cause),
	/// There is no money for the fee.
	#[error("the account cannot pay the fee: send it some tokens first")]
	CannotPay,
	/// A transaction cannot be included.
	#[error("the transaction cannot be included: {0}")]
	Invalid(String),
	/// Nobody knows what became of a transaction.
	#[error("what became of transaction {0} is not known: `grid tx find {0}` looks for it")]
	OutOfSight(String),
	/// The time of a transaction has passed.
	#[error(
		"the time in which transaction {0} could be included has passed; `grid tx find {0}` tells \
		 whether it was, and if not, it never will be"
	)]
	Expired(String),
	/// What should be hex digits is none.
	#[error("{0:?} is not what is wanted here: bytes as hex digits, as in 0x0123")]
	Digits(String),
	/// Some bytes are no call.
	#[error("these bytes are no call of this chain: are all of them there?")]
	NoCall,
	/// Nobody has signed.
	#[error(transparent)]
	Signing(#[from] crate::keys::Error),
	/// Something is not there.
	#[error("there is no {0}")]
	Nothing(String),
}

/// Why the chain refused a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
	/// The pallet, if it was one.
	pub pallet: Option<String>,
	/// The reason in one word.
	pub name: String,
	/// The reason for people, as the chain tells it.
	pub detail: String,
}

impl Refusal {
	/// Whether it is for want of money.
	pub fn is_for_want_of_money(&self) -> bool {
		let names =
			["NotFunded", "FundsUnavailable", "InsufficientBalance", "NoFunds", "BelowMinimum"];
		names.contains(&self.name.as_str())
	}
}

impl fmt::Display for Refusal {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match &self.pallet {
			Some(pallet) => write!(f, "{pallet}.{}", self.name)?,
			None => f.write_str(&self.name)?,
		}
		if !self.detail.is_empty() {
			write!(f, ": {}", self.detail)?;
		}
		Ok(())
	}
}

impl Error {
	pub(crate) fn unknown<E: Into<Cause>>(what: impl Into<String>) -> impl FnOnce(E) -> Self {
		let what = what.into();
		move |source| Self::Unknown { what, source: source.into() }
	}

	pub(crate) fn lost<E: Into<Cause>>(source: E) -> Self {
		Self::Lost(source.into())
	}
}
