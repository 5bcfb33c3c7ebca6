use super::Unplaced;
use std::{fmt, path::PathBuf};

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// It cannot be read.
	#[error("{path} cannot be read")]
	File {
		/// The file.
		path: PathBuf,
		/// Why.
		#[source]
		source: std::io::Error,
	},
	/// Something in it is wrong.
	#[error("{0}")]
	Flaw(Flaw),
	/// A secret cannot be had.
	#[error("the secret {name} of {workload} cannot be had from {from}: {why}")]
	Secret {
		/// How its container knows it.
		name: String,
		/// Whose it is.
		workload: String,
		/// Where it should come from.
		from: String,
		/// Why it does not.
		why: String,
	},
	/// There are not enough nodes.
	#[error("there is no node for {0}")]
	NoNode(Unplaced),
	/// What each node is to run does not fit together.
	#[error("what node {node} is to run is not well-formed: {fault}")]
	Fault {
		/// The node.
		node: String,
		/// What is wrong.
		fault: String,
	},
	/// It would cost more than it may.
	#[error("it would cost {cost} a month, and its budget is {budget}")]
	OverBudget {
		/// What it would cost.
		cost: String,
		/// What it may.
		budget: String,
	},
}

/// Something that is wrong in a manifest, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
	/// The line, from 1 on; 0 if it is about all of it.
	pub line: u64,
	/// The column, from 1 on.
	pub column: u64,
	/// What is wrong, and what would be right.
	pub what: String,
}

impl fmt::Display for Flaw {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self.line {
			0 => f.write_str(&self.what),
			line => write!(f, "line {line}, column {}: {}", self.column, self.what),
		}
	}
}

impl From<Flaw> for Error {
	fn from(flaw: Flaw) -> Self {
		Self::Flaw(flaw)
	}
}
