//! Why a command failed, and the number that scripts see.

use crate::{chain, config, keys, manifest};
use std::{path::PathBuf, process::ExitCode};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
	/// The chain could not be asked or told, or said no.
	#[error(transparent)]
	Chain(#[from] chain::Error),
	/// A key could not be had.
	#[error(transparent)]
	Key(#[from] keys::Error),
	/// The configuration is wrong.
	#[error(transparent)]
	Config(#[from] config::Error),
	/// The manifest is wrong, or cannot be had.
	#[error(transparent)]
	Manifest(#[from] manifest::Error),
	/// What was given cannot be used.
	#[error("{0}")]
	Input(String),
	/// A file cannot be read or written.
	#[error("{path} cannot be used")]
	File {
		/// Which.
		path: PathBuf,
		/// Why.
		#[source]
		source: std::io::Error,
	},
	/// Nobody can read what is said.
	#[error("the result cannot be written")]
	Output(#[source] std::io::Error),
	/// There is too little money.
	#[error("{0}")]
	Poor(String),
	/// Somebody said no, or could not be asked.
	#[error("{0}")]
	NotAgreed(&'static str),
	/// It was not done in time.
	#[error("{0}")]
	TimedOut(String),
	/// Something runs not as it should.
	#[error("{0}")]
	NotRunning(String),
	/// There is something to do, and that was the question.
	#[error("there are changes to apply, or something is not as it should be")]
	Changes,
	/// Ctrl-C, before anything was done.
	#[error("interrupted: nothing was sent")]
	Interrupted,
	/// Ctrl-C, after something was sent.
	#[error(
		"interrupted: transaction {hash} is under way, and may be included up to block {until}; \
		 `grid tx find {hash}` tells what became of it"
	)]
	InterruptedUnderWay {
		/// The transaction.
		hash: String,
		/// The last block that may have it.
		until: u64,
	},
	/// Ctrl-C, while somebody only looked.
	#[error("interrupted: what was applied goes on; `grid status` shows it")]
	InterruptedWatching,
}

impl Failure {
	/// The number for scripts. They are in `docs/grid.md`, and do not change.
	pub fn code(&self) -> u8 {
		match self {
			Self::Key(keys::Error::Interrupted) => 130,
			Self::Key(_)
			| Self::Config(_)
			| Self::Manifest(_)
			| Self::Input(_)
			| Self::File { .. } => 3,
			Self::Chain(error) => match error {
				chain::Error::Unreachable { .. }
				| chain::Error::Lost(_)
				| chain::Error::OtherChain { .. }
				| chain::Error::OutOfSight(_) => 4,
				chain::Error::Specification { .. }
				| chain::Error::NoKeys(_)
				| chain::Error::Digits(_)
				| chain::Error::NoCall
				| chain::Error::Signing(_) => 3,
				chain::Error::CannotPay => 6,
				chain::Error::Refused(refusal) if refusal.is_for_want_of_money() => 6,
				chain::Error::Refused(_) | chain::Error::Invalid(_) => 5,
				chain::Error::Nothing(_) => 7,
				chain::Error::Expired(_) => 8,
				chain::Error::Unknown { .. } => 1,
			},
			Self::TimedOut(_) | Self::NotRunning(_) => 8,
			Self::Poor(_) => 6,
			Self::NotAgreed(_) => 9,
			Self::Changes => 10,
			Self::Output(_) => 1,
			Self::Interrupted | Self::InterruptedUnderWay { .. } | Self::InterruptedWatching => 130,
		}
	}

	/// Whether it may be otherwise in a while: who watches goes on.
	pub fn may_pass(&self) -> bool {
		use chain::Error::{Expired, Invalid, Refused};
		let refused = matches!(
			self,
			Self::Chain(Refused(_) | Expired(_) | Invalid(_))
				| Self::Manifest(manifest::Error::NoNode(_))
				| Self::TimedOut(_)
				| Self::NotRunning(_)
		);
		refused || self.is_cut_off()
	}

	/// Whether the chain does not answer any more: who goes on has to reach it anew.
	pub fn is_cut_off(&self) -> bool {
		use chain::Error::{Lost, OutOfSight, Unreachable};
		matches!(self, Self::Chain(Lost(_) | OutOfSight(_) | Unreachable { .. }))
	}

	/// The same, for the process.
	pub fn exit(&self) -> ExitCode {
		ExitCode::from(self.code())
	}

	/// What is wrong with a file.
	pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
		let path = path.into();
		move |source| Self::File { path, source }
	}

	/// It, and what caused it, each on a line.
	pub fn explain(&self) -> String {
		let mut text = self.to_string();
		let mut cause = std::error::Error::source(self);
		let mut last = text.clone();
		while let Some(error) = cause {
			let said = error.to_string();
			// Some errors repeat in their own words what caused them.
			if !last.contains(&said) {
				text.push_str("\n  because: ");
				text.push_str(&said);
			}
			last = said;
			cause = error.source();
		}
		text
	}
}
