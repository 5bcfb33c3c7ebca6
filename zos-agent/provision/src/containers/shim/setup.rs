//! What a shim is told.

use crate::{containers::Backoff, host::identities::Identities};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{path::PathBuf, time::Duration};

/// What a shim is told. It is kept in memory only: it holds secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
	/// How the container is called on the machine.
	pub name: String,
	/// The control group of all shims of this agent.
	pub shims: String,
	/// The OCI runtime.
	pub runtime: PathBuf,
	/// The folder of the container on the disk.
	pub kept: PathBuf,
	/// What the container may write to its root.
	pub root: u64,
	/// Where empty file systems are kept, in memory.
	pub blanks: PathBuf,
	/// The folders of its image, lowest first.
	pub layers: Vec<PathBuf>,
	/// Its user ids, if it has its own.
	pub identities: Option<Identities>,
	/// The volumes that it sees, in the order of their folders in the bundle.
	pub binds: Vec<BindFrom>,
	/// How many secrets are files.
	pub secrets: usize,
	/// As whom it runs.
	pub user: String,
	/// The network namespace that it joins.
	pub namespace: Option<PathBuf>,
	/// How it is described to the runtime, but for its user.
	pub config: Value,
	/// How much of what it prints is kept.
	pub log: Option<u64>,
	/// What happens when it ends.
	pub restart: Restart,
	/// When.
	pub backoff: Backoff,
	/// How long it may take to end when it is asked to.
	pub grace: Duration,
}

/// A volume that a container sees.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BindFrom {
	/// Where it is on the machine.
	pub from: PathBuf,
	/// Whether the container can only read.
	pub read_only: bool,
}

/// What happens when a container ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
	/// It starts again.
	Always,
	/// It starts again if it failed, so many times at most.
	OnFailure(u32),
	/// It does not.
	Never,
}

/// The folder in the bundle of the volume of this number.
pub(crate) fn volume(number: usize) -> String {
	format!("volumes/{number}")
}

/// The file in the bundle of the secret of this number.
pub(crate) fn secret(number: usize) -> String {
	format!("secrets/{number}")
}
