//! Mounts, as one looks at them and as one makes them.

use super::{Doing, HostError};
use rustix::{
	fs::CWD,
	io::Errno,
	mount::{move_mount, open_tree, unmount, MoveMountFlags, OpenTreeFlags, UnmountFlags},
};
use std::{
	ffi::{CStr, OsString},
	fs, io,
	os::{
		fd::{AsRawFd, BorrowedFd, OwnedFd},
		unix::ffi::OsStringExt,
	},
	path::{Path, PathBuf},
};

/// What of a clone differs from the mount that it is of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changes<'a> {
	/// The user namespace through which owners are seen.
	pub owners: Option<BorrowedFd<'a>>,
	/// Nobody can write.
	pub read_only: bool,
	/// Programs get no rights of their owners, and no file is a device.
	pub harmless: bool,
}

/// A clone of the mount at a path, from there on, attached nowhere yet.
pub fn clone_of(path: &Path, changes: Changes) -> Result<OwnedFd, HostError> {
	let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
	let clone = open_tree(CWD, path, flags).doing("clone the mount of", path)?;
	let mut attributes = 0;
	if changes.read_only {
		attributes |= libc::MOUNT_ATTR_RDONLY;
	}
	if changes.harmless {
		attributes |= libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV;
	}
	if changes.owners.is_some() {
		attributes |= libc::MOUNT_ATTR_IDMAP;
	}
	if attributes != 0 {
		let attributes = libc::mount_attr {
			attr_set: attributes,
			attr_clr: 0,
			propagation: 0,
			userns_fd: changes.owners.map_or(0, |owners| owners.as_raw_fd() as u64),
		};
		set_attributes(&clone, &attributes).doing("change the clone of the mount of", path)?;
	}
	Ok(clone)
}

fn set_attributes(mount: &OwnedFd, attributes: &libc::mount_attr) -> io::Result<()> {
	let nothing: &CStr = c"";
	// SAFETY: the pointers are to a string and a structure of the given size, both alive.
	let answer = unsafe {
		libc::syscall(
			libc::SYS_mount_setattr,
			mount.as_raw_fd(),
			nothing.as_ptr(),
			libc::AT_EMPTY_PATH,
			std::ptr::from_ref(attributes),
			size_of::<libc::mount_attr>(),
		)
	};
	if answer < 0 {
		return Err(io::Error::last_os_error());
	}
	Ok(())
}

/// Attaches a clone to a place.
pub fn attach(clone: &OwnedFd, to: &Path) -> Result<(), HostError> {
	move_mount(clone, c"", CWD, to, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH).doing("mount at", to)
}

/// Takes a mount away, if it is there, even when it is used: then it is gone after its last use.
pub fn detach(from: &Path) -> Result<(), HostError> {
	match unmount(from, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW) {
		Err(Errno::INVAL | Errno::NOENT) => Ok(()),
		other => other.doing("unmount", from),
	}
}

/// A mount that this process sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
	/// Where it is.
	pub at: PathBuf,
	/// The kind of file system.
	pub kind: String,
	/// What it is of: a device, or whatever was given as such.
	pub source: PathBuf,
	/// The options of the file system.
	pub options: String,
}

/// The mounts that this process sees, in the order in which they were made.
pub fn list() -> Result<Vec<Mount>, HostError> {
	let path = Path::new("/proc/self/mountinfo");
	let text = fs::read_to_string(path).doing("read", path)?;
	Ok(text.lines().filter_map(parse).collect())
}

/// The mounts at or beneath a folder, the last made first: the order in which they come off.
pub fn beneath(folder: &Path) -> Result<Vec<Mount>, HostError> {
	let mut mounts = list()?;
	mounts.retain(|mount| mount.at.starts_with(folder));
	mounts.reverse();
	Ok(mounts)
}

fn parse(line: &str) -> Option<Mount> {
	let (before, after) = line.split_once(" - ")?;
	let at = before.split(' ').nth(4)?;
	let mut after = after.split(' ');
	let kind = after.next()?.to_owned();
	let source = after.next()?;
	let options = after.next()?.to_owned();
	Some(Mount { at: unescape(at), kind, source: unescape(source), options })
}

/// The kernel writes blanks and the like as a backslash and three octal digits.
fn unescape(text: &str) -> PathBuf {
	let mut bytes = Vec::with_capacity(text.len());
	let mut rest = text.as_bytes();
	while let Some((&first, more)) = rest.split_first() {
		let octal = (first == b'\\')
			.then(|| more.get(..3))
			.flatten()
			.and_then(|digits| std::str::from_utf8(digits).ok())
			.and_then(|digits| u8::from_str_radix(digits, 8).ok());
		match octal {
			Some(byte) => {
				bytes.push(byte);
				rest = &more[3..];
			},
			None => {
				bytes.push(first);
				rest = more;
			},
		}
	}
	OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn mounts_are_read_as_the_kernel_writes_them() {
		let line = r"36 35 98:0 /mnt1 /mnt\0402 rw,noatime master:1 - ext3 /dev/ro\134ot rw,errors=continue";
		let mount = Mount {
			at: "/mnt 2".into(),
			kind: "ext3".into(),
			source: r"/dev/ro\ot".into(),
			options: "rw,errors=continue".into(),
		};
		assert_eq!(parse(line), Some(mount));
		assert!(list().unwrap().iter().any(|mount| mount.at == Path::new("/")));
	}
}
