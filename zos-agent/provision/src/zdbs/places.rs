//! Where what there is of a server, and of its namespaces, is.

use super::DiskSettings;
use crate::host::{
	files::{self, Keep},
	processes::Process,
	HostError,
};
use grid_primitives::spec::Disk;
use serde::{Deserialize, Serialize};
use std::{
	collections::BTreeSet,
	fs, io,
	os::unix::fs::MetadataExt,
	path::{Path, PathBuf},
};
use zos_core::{Fingerprint, Key};

/// What a namespace was made as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
	/// None until it was made.
	pub(super) fingerprint: Option<String>,
	/// The bytes that it may take.
	pub(super) size: u64,
}

/// Which process serves, and which program that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Serving {
	pub(super) process: Process,
	pub(super) program: Program,
}

/// A file with a program, as it was at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Program {
	device: u64,
	number: u64,
	changed: (i64, i64),
}

/// Where what there is of a server is.
#[derive(Clone, Debug)]
pub(super) struct Places {
	/// What tenants keep: the server's own.
	pub(super) data: PathBuf,
	/// The last that the server said.
	pub(super) log: PathBuf,
	records: PathBuf,
	/// Where it is told what to do.
	pub(super) control: PathBuf,
	serving: PathBuf,
}

impl Places {
	pub(super) fn of(disk: Disk, settings: &DiskSettings, run: &Path) -> Self {
		let name = name(disk);
		let folder = &settings.folder;
		Self {
			data: folder.join("data"),
			log: folder.join("log"),
			records: folder.join("records"),
			control: run.join(format!("{name}.control")),
			serving: run.join(format!("{name}.json")),
		}
	}

	pub(super) fn make(&self) -> Result<(), HostError> {
		files::make_folder(&self.records, 0o700)?;
		match self.control.parent() {
			Some(run) => files::make_folder(run, 0o700),
			None => Ok(()),
		}
	}

	fn record(&self, key: &Key) -> PathBuf {
		self.records.join(format!("{}-{}.json", key.contract, key.name()))
	}

	/// The namespaces that were to be made.
	pub(super) fn keys(&self) -> Result<BTreeSet<Key>, HostError> {
		let names = files::names(&self.records)?;
		let keys = names.iter().filter_map(|name| {
			let (contract, name) = name.strip_suffix(".json")?.split_once('-')?;
			let key = Key::new(contract.parse().ok()?, name).ok()?;
			(self.record(&key).file_name()?.to_str()? == format!("{contract}-{name}.json"))
				.then_some(key)
		});
		Ok(keys.collect())
	}

	pub(super) fn read(&self, key: &Key) -> Result<Option<Record>, HostError> {
		match files::read_record(&self.record(key), "what a zdb is") {
			// What nobody can read is as good as not there: it is told anew what it is.
			Err(HostError::Malformed { .. }) => Ok(Some(Record::default())),
			other => other,
		}
	}

	pub(super) fn write(
		&self,
		key: &Key,
		fingerprint: Option<Fingerprint>,
		size: u64,
	) -> Result<(), HostError> {
		let record = Record { fingerprint: fingerprint.map(|it| it.to_string()), size };
		files::write_record(&self.record(key), &record, 0o600, Keep::Forever)
	}

	pub(super) fn forget(&self, key: &Key) -> Result<(), HostError> {
		files::remove_file(&self.record(key))
	}

	/// Which process was started last, if that is known.
	pub(super) fn serving(&self) -> Option<Serving> {
		files::read_record(&self.serving, "which zdb serves").ok().flatten()
	}

	pub(super) fn write_serving(&self, serving: Serving) -> Result<(), HostError> {
		files::write_record(&self.serving, &serving, 0o600, Keep::UntilReboot)
	}
}

impl Program {
	pub(super) fn at(path: &Path) -> io::Result<Self> {
		let file = fs::metadata(path)?;
		Ok(Self {
			device: file.dev(),
			number: file.ino(),
			changed: (file.mtime(), file.mtime_nsec()),
		})
	}
}

/// What a disk is called in names of things.
pub(super) fn name(disk: Disk) -> &'static str {
	match disk {
		Disk::Ssd => "ssd",
		Disk::Hdd => "hdd",
	}
}
