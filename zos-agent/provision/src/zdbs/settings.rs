use std::path::PathBuf;
use zos_core::HostNames;

/// The most clients of a namespace at a time, unless somebody says otherwise.
const CLIENTS: usize = 1_000;

/// What an agent decides once about its zdb servers.
#[derive(Clone, Debug)]
pub struct Settings {
	/// How things of this agent are called.
	pub names: HostNames,
	/// The server's program.
	pub program: PathBuf,
	/// In memory: the control sockets, which root alone may get to.
	pub run: PathBuf,
	/// Solid-state disks, if there are any.
	pub ssd: Option<DiskSettings>,
	/// Hard disks, if there are any.
	pub hdd: Option<DiskSettings>,
	/// The most clients of a namespace at a time.
	pub clients: usize,
}

/// A server's disk.
#[derive(Clone, Debug)]
pub struct DiskSettings {
	/// The folder of all that is kept.
	pub folder: PathBuf,
	/// The memory that the server may take.
	pub memory: u64,
	/// How many bytes of the disk are offered: each namespace has the share of the memory that it
	/// has of these.
	pub offered: u64,
}

impl Settings {
	/// The servers of this agent, by this program.
	pub fn new(names: HostNames, program: PathBuf, run: PathBuf) -> Self {
		Self { names, program, run, ssd: None, hdd: None, clients: CLIENTS }
	}
}
