//! Making ready for containers.

use super::{shared, ContainerError, Settings};
use crate::host::{
	cgroups, command, files,
	identities::Identities,
	mounts::{self, Changes},
	Doing, HostError,
};
use rustix::{
	mount::{mount, MountFlags},
	process::{getrlimit, Resource},
};
use std::{
	fs,
	os::{fd::AsFd, unix::fs::PermissionsExt},
	path::Path,
	sync::Mutex,
};

/// The most open files of a process.
const MOST_FILES: u64 = 1 << 20;

/// The containers of an agent, run by an OCI runtime.
#[derive(Debug)]
pub struct OciContainers {
	pub(super) settings: Settings,
	/// Whether this machine can give each container its own user ids.
	pub(super) has_identities: bool,
	pub(super) counts_swap: bool,
	/// How many files a process may have open.
	pub(super) files: u64,
	/// Held while user ids are chosen.
	pub(super) choosing: Mutex<()>,
}

impl OciContainers {
	/// Makes ready for containers. Those that run are found by `list`.
	pub fn open(mut settings: Settings) -> Result<Self, ContainerError> {
		command::run(command::quiet(&settings.runtime).arg("--version"))?;
		let shim = &settings.shim.program;
		fs::metadata(shim).map_err(|source| HostError::NoProgram {
			program: shim.display().to_string(),
			source,
		})?;
		files::make_folder(&settings.state, 0o700)?;
		files::make_folder(&settings.run, 0o711)?;
		let real = |path: &Path| fs::canonicalize(path).doing("look at", path);
		settings.state = real(&settings.state)?;
		settings.run = real(&settings.run)?;
		keep_in_memory(&settings.run)?;
		shared::widen();
		for folder in settings.run.ancestors() {
			let mode = fs::metadata(folder).doing("look at", folder)?.permissions().mode();
			if mode & 0o001 == 0 {
				return Err(ContainerError::NotPassable(folder.to_owned()));
			}
		}
		let has_identities = match try_identities(&settings.state) {
			Ok(()) => true,
			Err(error) => {
				log::warn!(
					"root of containers is root of this machine, without its rights: {error}"
				);
				false
			},
		};
		let counts_swap = cgroups::counts_swap()?;
		// No process may give to another what it has not.
		let own = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
		let files = own.min(MOST_FILES);
		Ok(Self { settings, has_identities, counts_swap, files, choosing: Mutex::new(()) })
	}
}

/// Whether the kernel, and the file system of this folder, let containers have their own user ids.
fn try_identities(folder: &Path) -> Result<(), HostError> {
	let Some(identities) = Identities::choose("", &[]) else { return Ok(()) };
	let namespace = identities.namespace()?;
	let changes = Changes { owners: Some(namespace.as_fd()), ..Changes::default() };
	mounts::clone_of(folder, changes).map(drop)
}

/// Has a folder in memory that is never written to a disk, not even as swap.
fn keep_in_memory(folder: &Path) -> Result<(), HostError> {
	let there = mounts::list()?.into_iter().rfind(|mount| mount.at == folder);
	if there.is_some_and(|mount| matches!(mount.kind.as_str(), "tmpfs" | "ramfs")) {
		return Ok(());
	}
	let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
	let new = mount(c"zos", folder, c"tmpfs", flags, c"mode=0711,size=25%,noswap");
	// Kernels that swap out what is in `tmpfs` have `ramfs`, which has no bound but what is written
	// there, and that is little.
	new.or_else(|_| mount(c"zos", folder, c"ramfs", flags, c"mode=0711")).doing("mount", folder)
}
