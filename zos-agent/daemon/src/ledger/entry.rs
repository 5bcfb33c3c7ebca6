use codec::{Decode, Encode};
use grid_primitives::{report::Outcome, spec::SpecHash, BlockNumber, Capacity};

/// What there is to say of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Entry {
	/// The last revision that was believed.
	pub revision: u32,
	/// The spec that it came with, unless nothing was to be here any more.
	pub spec: Option<SpecHash>,
	/// What was to be done about it.
	pub aim: Aim,
	/// What was decided to say of it.
	pub decided: Option<Said>,
	/// What was last said of it, and where the chain heard that.
	pub reported: Option<(Said, BlockNumber)>,
}

/// What is to be done about a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Aim {
	/// It is to run.
	Run,
	/// Its programs are to stop.
	Pause,
	/// Nothing of it is to be here.
	Leave,
	/// What the chain says is not believed: all stays as it is.
	Keep,
}

/// What is said of a revision of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Said {
	/// The revision.
	pub revision: u32,
	/// What became of it.
	pub outcome: Outcome,
}

/// What was measured of the machine, and of what. It is measured again only when the machine is
/// another: what is free of a disk would change with all that is put on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Measured {
	/// What it has, less what others use of it.
	pub capacity: Capacity,
	/// What it has, whoever uses it.
	pub whole: Capacity,
}
