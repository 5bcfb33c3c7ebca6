//! Namespaces of the network, each kept by a file.

use crate::{error::Doing, NetworkError};
use rustix::{
	fs::{statfs, FsWord},
	mount::{mount_bind, unmount, UnmountFlags},
	thread::{move_into_link_name_space, LinkNameSpaceType},
};
use std::{
	fs::{self, File},
	io,
	os::fd::AsFd,
	path::Path,
	thread,
};

/// The kind of file system on which namespaces are.
const NAMESPACES: FsWord = 0x6e73_6673;
const OWN: &str = "/proc/thread-self/ns/net";

/// Whether a file keeps a namespace.
pub(crate) fn exists(path: &Path) -> bool {
	statfs(path).is_ok_and(|it| it.f_type == NAMESPACES)
}

/// Have a file that keeps a namespace. Says whether it is new.
pub(crate) fn make(path: &Path) -> Result<bool, NetworkError> {
	if exists(path) {
		return Ok(false);
	}
	if let Some(folder) = path.parent() {
		fs::create_dir_all(folder).doing("make the folder of namespaces")?;
	}
	File::create(path).doing("make the file of a namespace")?;
	apart(|| mount_bind(OWN, path).doing("keep a namespace"))?;
	Ok(true)
}

/// Do something in a new namespace, which is gone afterwards unless it is kept.
pub(crate) fn apart<T: Send>(
	work: impl FnOnce() -> Result<T, NetworkError> + Send,
) -> Result<T, NetworkError> {
	on_a_thread(|| {
		// SAFETY: this thread is alone in its new namespace, and ends soon.
		unsafe { rustix::thread::unshare_unsafe(rustix::thread::UnshareFlags::NEWNET) }
			.doing("make a namespace")?;
		work()
	})
}

/// Do something on a thread of its own: one that has changed its namespace is of no use for anything
/// else, and one that serves asynchronous tasks must not wait.
pub(crate) fn on_a_thread<T: Send>(
	work: impl FnOnce() -> Result<T, NetworkError> + Send,
) -> Result<T, NetworkError> {
	let ended = || Err(io::Error::other("its thread ended")).doing("work in a namespace");
	thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|_| ended()))
}

/// Remove a namespace, with all that is in it unless somebody else keeps it.
pub(crate) fn remove(path: &Path) -> Result<(), NetworkError> {
	while exists(path) {
		unmount(path, UnmountFlags::DETACH).doing("remove a namespace")?;
	}
	match fs::remove_file(path) {
		Err(error) if error.kind() != io::ErrorKind::NotFound => {
			Err(error).doing("remove the file of a namespace")
		},
		_ => Ok(()),
	}
}

/// Do something in a namespace, on a thread of its own.
pub(crate) fn inside<T: Send>(
	path: &Path,
	work: impl FnOnce() -> Result<T, NetworkError> + Send,
) -> Result<T, NetworkError> {
	let namespace = File::open(path).doing("open a namespace")?;
	on_a_thread(move || {
		move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
			.doing("enter a namespace")?;
		work()
	})
}

/// Set something about the network of the namespace of this thread, if there is such.
pub(crate) fn set(name: &str, value: impl ToString) -> Result<(), NetworkError> {
	let path = Path::new("/proc/sys/net").join(name);
	match fs::write(path, value.to_string()) {
		Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
		other => other.doing("set how a namespace passes packets on"),
	}
}
