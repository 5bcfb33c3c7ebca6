//! The root of a container: its image below, what it writes above.

use super::{blank, setup, users::User, Failure, Setup};
use crate::host::{
	files,
	identities::Namespace,
	loops,
	mounts::{attach, clone_of, detach, Changes},
	Doing, HostError,
};
use rustix::{
	fs::{chownat, AtFlags, Gid, Uid, CWD},
	mount::{mount, MountFlags},
};
use std::{
	ffi::CString,
	fs::{self, File},
	os::{fd::AsFd, unix::fs::MetadataExt},
	path::Path,
};

/// Where the root is, in the bundle.
pub(super) const ROOT: &str = "root";
/// What the container writes.
const UPPER: &str = "upper";
const LAYERS: &str = "layers";

/// Lets go of a root, and with it of all that was written there.
pub(super) fn let_go() -> Result<(), HostError> {
	detach(Path::new(ROOT))
}

/// Mounts a new root.
pub(super) fn renew(setup: &Setup, owners: Option<&Namespace>) -> Result<(), Failure> {
	for folder in [ROOT, UPPER, LAYERS] {
		files::make_folder(Path::new(folder), 0o711)?;
	}
	upper(setup)?;
	for (number, layer) in setup.layers.iter().enumerate() {
		let place = format!("{LAYERS}/{number}");
		files::make_folder(Path::new(&place), 0o711)?;
		let owners = owners.map(AsFd::as_fd);
		let clone = clone_of(layer, Changes { owners, read_only: true, harmless: false })?;
		attach(&clone, Path::new(&place))?;
	}
	overlay(setup.layers.len())?;
	for number in 0..setup.layers.len() {
		detach(Path::new(&format!("{LAYERS}/{number}")))?;
	}
	detach(Path::new(UPPER))?;
	Ok(())
}

/// A file system of its own in a file without a name: the container cannot write more than it
/// holds, and nothing of it is left anywhere when it ends.
fn upper(setup: &Setup) -> Result<(), HostError> {
	// The program writes in blocks of this.
	let bytes = setup.root / 4_096 * 4_096;
	let file = loops::nameless_file(&setup.kept, bytes)?;
	blank::write_to(&file, bytes, &setup.blanks)?;
	let device = loops::Loop::attach(&file)?;
	let flags = MountFlags::NODEV | MountFlags::NOATIME;
	mount(device.path(), UPPER, c"ext4", flags, c"errors=continue,noauto_da_alloc,noinit_itable")
		.doing("mount", device.path())?;
	for folder in ["upper/upper", "upper/work"] {
		files::make_folder(Path::new(folder), 0o755)?;
	}
	let root = setup.identities.map_or(0, |ids| ids.on_host(0));
	chown(Path::new("upper/upper"), root, root)
}

/// Paths are short, and say nothing of the machine to whoever reads the mounts of the container.
fn overlay(layers: usize) -> Result<(), HostError> {
	let lower: Vec<_> = (0..layers).rev().map(|number| format!("{LAYERS}/{number}")).collect();
	let options = format!(
		"lowerdir={},upperdir={UPPER}/upper,workdir={UPPER}/work,volatile",
		lower.join(":")
	);
	let options = CString::new(options).map_err(std::io::Error::from).doing("mount", ROOT)?;
	mount(c"overlay", ROOT, c"overlay", MountFlags::empty(), options.as_c_str())
		.doing("mount", ROOT)
}

/// Clones the volumes that the container sees. A new one belongs to whoever runs there.
pub(super) fn volumes(setup: &Setup, owners: Option<&Namespace>) -> Result<(), HostError> {
	for (number, bind) in setup.binds.iter().enumerate() {
		let changes =
			Changes { owners: owners.map(AsFd::as_fd), read_only: bind.read_only, harmless: true };
		let clone = clone_of(&bind.from, changes)?;
		let place = setup::volume(number);
		files::make_folder(Path::new(&place), 0o711)?;
		attach(&clone, Path::new(&place))?;
	}
	Ok(())
}

/// Gives to whoever runs in the container what must be its own: secrets, pipes, new volumes.
pub(super) fn give(setup: &Setup, user: &User) -> Result<(), HostError> {
	let on_host = |id| setup.identities.map_or(id, |ids| ids.on_host(id));
	let (id, group) = (on_host(user.id), on_host(user.group));
	for pipe in super::PIPES {
		chown(Path::new(pipe), id, group)?;
	}
	for number in 0..setup.secrets {
		chown(Path::new(&setup::secret(number)), id, group)?;
	}
	for (number, bind) in setup.binds.iter().enumerate() {
		let place = setup::volume(number);
		let place = Path::new(&place);
		let owner = fs::metadata(place).doing("look at", place)?.uid();
		if !bind.read_only && owner == on_host(0) && files::is_empty(place)? {
			chown(place, id, group)?;
		}
	}
	Ok(())
}

fn chown(path: &Path, user: u32, group: u32) -> Result<(), HostError> {
	let (user, group) = (Uid::from_raw(user), Gid::from_raw(group));
	chownat(CWD, path, Some(user), Some(group), AtFlags::SYMLINK_NOFOLLOW)
		.doing("change the owner of", path)
}

/// Mounts what tells about a network that the container joins but does not own.
pub(super) fn sys(namespace: &Path) -> Result<(), HostError> {
	let open = |path: &Path| File::open(path).doing("open", path);
	let own = open(Path::new("/proc/self/ns/net"))?;
	let joined = open(namespace)?;
	let enter = |namespace: &File, path: &Path| {
		let kind = rustix::thread::LinkNameSpaceType::Network;
		rustix::thread::move_into_link_name_space(namespace.as_fd(), Some(kind))
			.doing("enter", path)
	};
	files::make_folder(Path::new("sys"), 0o711)?;
	enter(&joined, namespace)?;
	let flags = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
	let mounted = mount(c"sysfs", c"sys", c"sysfs", flags, None).doing("mount", "sys");
	enter(&own, Path::new("/proc/self/ns/net"))?;
	mounted
}
