//! What clients are told when something cannot be done: the texts of 0-db, where it has one.

use crate::net::Outcome;
use std::{borrow::Cow, error::Error};
use zdb_store::{CommitError, NamespaceError, ReadError, WriteError};

pub(super) const ARGUMENTS: Refusal = Refusal::new("Unexpected arguments");
pub(super) const MISSING: Refusal = Refusal::new("Missing arguments");
pub(super) const INVALID: Refusal = Refusal::new("Invalid argument");
pub(super) const NOT_ADMIN: Refusal = Refusal::new("Permission denied");
pub(super) const READ_ONLY: Refusal = Refusal::new("Namespace is in read-only mode");
pub(super) const KEY_TOO_LARGE: Refusal = Refusal::new("Key too large");
pub(super) const INVALID_KEY: Refusal = Refusal::new("Invalid key");
pub(super) const NOT_FOUND: Refusal = Refusal::new("Key not found");
pub(super) const NO_NAMESPACE: Refusal = Refusal::new("Namespace not found");
pub(super) const DENIED: Refusal = Refusal::new("Access denied");
pub(super) const GONE: Refusal = Refusal {
	text: Cow::Borrowed("Your active namespace is not available anymore (probably removed)."),
	ends: true,
};

/// Why a command was not done.
#[derive(Debug)]
pub(super) struct Refusal {
	pub(super) text: Cow<'static, str>,
	/// Whether the connection ends with it.
	ends: bool,
}

impl Refusal {
	pub(super) const fn new(text: &'static str) -> Self {
		Self { text: Cow::Borrowed(text), ends: false }
	}

	/// A text of 0-db with our reason behind it.
	fn because(text: &str, reason: &dyn Error) -> Self {
		Self { text: format!("{text}: {}", chain(reason)).into(), ends: false }
	}

	pub(super) fn outcome(&self) -> Outcome {
		if self.ends {
			Outcome::Close
		} else {
			Outcome::Done
		}
	}
}

/// An error and what led to it, in one line.
pub(super) fn chain(error: &dyn Error) -> String {
	let mut text = error.to_string();
	let mut source = error.source();
	while let Some(error) = source {
		text += &format!(" ({error})");
		source = error.source();
	}
	text
}

/// What the clients are told whose writes were lost with a batch.
pub(super) fn of_commit(error: &CommitError) -> String {
	format!("Cannot write data right now: {}", chain(error))
}

impl From<String> for Refusal {
	fn from(text: String) -> Self {
		Self { text: text.into(), ends: false }
	}
}

impl From<WriteError> for Refusal {
	fn from(error: WriteError) -> Self {
		match error {
			WriteError::NoNamespace => GONE,
			WriteError::KeyLength => KEY_TOO_LARGE,
			WriteError::NotAnId => Self::new("Invalid key, only update authorized"),
			WriteError::NotSequential => Self::new("Invalid argument, key needed"),
			WriteError::ValueTooLong => Self::new("Payload too big"),
			WriteError::Worm => Self::new("Namespace is protected by worm mode"),
			WriteError::Locked => Self::new("Namespace is temporarily locked (read-only)"),
			WriteError::Frozen => FROZEN,
			WriteError::NamespaceFull => Self::new("No space left on this namespace"),
			WriteError::Read(error) => error.into(),
			WriteError::DiskFull
			| WriteError::BatchFailed
			| WriteError::Disk(_)
			| WriteError::LogEnd
			| WriteError::ReadOnly(_) => Self::because("Cannot write data right now", &error),
		}
	}
}

const FROZEN: Refusal = Refusal::new("Namespace is temporarily frozen (read-write disabled)");

impl From<ReadError> for Refusal {
	fn from(error: ReadError) -> Self {
		match error {
			ReadError::NoNamespace => GONE,
			ReadError::Frozen => FROZEN,
			ReadError::Cursor => Self::new("Invalid key format"),
			ReadError::Version => Self::new("Invalid arguments (index query)"),
			ReadError::Damaged { .. } | ReadError::Disk { .. } => {
				Self::because("Internal Error", &error)
			},
		}
	}
}

impl From<NamespaceError> for Refusal {
	fn from(error: NamespaceError) -> Self {
		match error {
			NamespaceError::Exists => Self::new("This namespace is not available"),
			NamespaceError::Missing => NO_NAMESPACE,
			NamespaceError::Name => Self::new("This name is not allowed"),
			NamespaceError::Password => Self::new("Invalid value"),
			NamespaceError::NotEmpty => Self::new("Cannot change mode of used namespace"),
			NamespaceError::TooMany => Self::because("Could not create namespace", &error),
			NamespaceError::Write(error) => error.into(),
		}
	}
}
