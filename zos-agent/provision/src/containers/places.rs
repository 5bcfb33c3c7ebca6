//! Where what there is of a container is.

use std::path::{Path, PathBuf};
use zos_core::{HostNames, Key};

/// Where what there is of a container is.
#[derive(Clone, Debug)]
pub(super) struct Places {
	/// How its control group and the runtime's container are called.
	pub(super) name: String,
	/// Its folder on the disk.
	pub(super) kept: PathBuf,
	/// Its folder in memory.
	pub(super) run: PathBuf,
}

impl Places {
	pub(super) fn of(key: &Key, names: &HostNames, state: &Path, run: &Path) -> Self {
		let folder = folder_of(key);
		Self { name: names.of_workload(key), kept: state.join(&folder), run: run.join(folder) }
	}

	/// What it is.
	pub(super) fn record(&self) -> PathBuf {
		self.kept.join("container.json")
	}

	/// What its shim is told.
	pub(super) fn setup(&self) -> PathBuf {
		self.run.join(super::shim::SETUP)
	}

	/// What its shim says of it.
	pub(super) fn state(&self) -> PathBuf {
		self.run.join(super::shim::STATE)
	}

	/// How it ended, if it is not started again.
	pub(super) fn ended(&self) -> PathBuf {
		self.kept.join(super::shim::ENDED)
	}

	/// Its shim holds this.
	pub(super) fn lock(&self) -> PathBuf {
		self.run.join("lock")
	}

	/// What its shim complains about.
	pub(super) fn complaints(&self) -> PathBuf {
		self.run.join("complaints")
	}
}

/// How the folders of a container are called.
pub(super) fn folder_of(key: &Key) -> String {
	format!("{}-{}", key.contract, key.name())
}

/// The container to which a folder of this name belongs.
pub(super) fn key_of(folder: &str) -> Option<Key> {
	let (contract, name) = folder.split_once('-')?;
	let key = Key::new(contract.parse().ok()?, name).ok()?;
	(folder_of(&key) == folder).then_some(key)
}
