use super::PortError;
use crate::Key;
use grid_primitives::spec::{Disk, Volume};
use std::path::PathBuf;

/// The volumes on this machine.
pub trait Volumes: Send + Sync {
	/// All that there is of volumes, also what is only a part of one.
	fn list(&self) -> Result<Vec<VolumeFound>, PortError>;

	/// Have a volume, ready to be used: made if it is not there, attached again if the machine has
	/// started since, grown if it is smaller. It is never made smaller, and what it has is kept.
	/// Says where it is.
	fn make(&self, key: &Key, volume: &Volume) -> Result<PathBuf, PortError>;

	/// Have the space for a volume that is there to become as large, without anybody who uses it
	/// noticing.
	fn reserve(&self, key: &Key, volume: &Volume) -> Result<(), PortError>;

	/// Remove a volume with all that it has, so that nobody ever reads it again.
	fn remove(&self, key: &Key) -> Result<(), PortError>;

	/// Remove what is where volumes are and is of nothing that `list` tells of. Says how many things
	/// that were.
	fn sweep(&self) -> Result<usize, PortError>;
}

/// A volume, or what there is of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeFound {
	/// Which workload it is.
	pub key: Key,
	/// Its bytes.
	pub size: u64,
	/// Whether it can grow while somebody uses it. Not every machine lets that be.
	pub grows_in_use: bool,
	/// What it is on.
	pub disk: Disk,
	/// Where it is, if it can be used as it is.
	pub ready: Option<PathBuf>,
}
