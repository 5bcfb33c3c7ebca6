//! Who encrypts for a network.

use crate::{
	names::Zone,
	tunnel::Arguments,
	uapi::{Change, Status},
	NetworkError,
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Who is to encrypt for networks that are made from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wireguard {
	/// The kernel where it can, and a program of ours elsewhere.
	#[default]
	Best,
	/// The kernel, or nobody.
	Kernel,
	/// A program of ours.
	Program,
}

/// Who encrypts for a network that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Encrypts {
	Kernel,
	#[default]
	Program,
}

/// The tunnel of a network.
pub(crate) trait Tunnel {
	/// How it is, if it runs.
	fn status(&self) -> Result<Option<Status>, NetworkError>;

	/// Start it. When this returns, it runs.
	fn start(&self, program: &Path, arguments: &Arguments) -> Result<(), NetworkError>;

	/// Change it. Who stays a peer is not disturbed.
	fn change(&self, change: &Change) -> Result<(), NetworkError>;

	/// Tell it the names of its network.
	fn name(&self, zone: &Zone) -> Result<(), NetworkError>;

	/// End it, if it runs.
	fn stop(&self) -> Result<(), NetworkError>;
}
