//! What an agent decides once about all its containers.

use serde::{Deserialize, Serialize};
use std::{
	ffi::OsString,
	net::IpAddr,
	path::{Path, PathBuf},
	time::Duration,
};
use zos_core::HostNames;

/// What an agent decides once about all its containers.
#[derive(Clone, Debug)]
pub struct Settings {
	/// How things are called on the machine.
	pub names: HostNames,
	/// Where containers are kept, on a disk.
	pub state: PathBuf,
	/// Where what must not outlive the machine's memory is kept. What is there is hidden by a file
	/// system in memory that is mounted there. Whoever is on the machine must be able to pass
	/// through the folders above it, as the users of containers are nobody special to it.
	pub run: PathBuf,
	/// The OCI runtime.
	pub runtime: PathBuf,
	/// The program that stays with a container.
	pub shim: ShimProgram,
	/// How long a container may take to end when it is asked to.
	pub grace: Duration,
	/// How long one waits before a container that ended is started again.
	pub backoff: Backoff,
	/// The most processes and threads of a container.
	pub pids: u32,
	/// Who resolves names for containers that are in a network.
	pub resolvers: Vec<IpAddr>,
}

/// A program and what it is told before anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShimProgram {
	/// The program.
	pub program: PathBuf,
	/// Its first arguments.
	pub arguments: Vec<OsString>,
}

/// How long one waits before a container that ended is started again: each time twice as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backoff {
	/// After the first end.
	pub first: Duration,
	/// At most.
	pub longest: Duration,
	/// After it ran for so long, an end is the first one again.
	pub settled: Duration,
}

impl Default for Backoff {
	fn default() -> Self {
		Self {
			first: Duration::from_secs(1),
			longest: Duration::from_secs(60),
			settled: Duration::from_secs(120),
		}
	}
}

impl Settings {
	/// What suits most machines, for an agent with these folders and this shim.
	pub fn new(names: HostNames, state: &Path, run: &Path, shim: ShimProgram) -> Self {
		Self {
			names,
			state: state.join("containers"),
			run: run.to_owned(),
			runtime: "runc".into(),
			shim,
			grace: Duration::from_secs(10),
			backoff: Backoff::default(),
			pids: 4_096,
			resolvers: Vec::new(),
		}
	}
}
