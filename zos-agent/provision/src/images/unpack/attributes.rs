//! Extended attributes that a layer may give to its files.

use super::super::{
	archive::{shown, ArchiveError, Entry},
	Limits,
};
use rustix::{
	fs::{fsetxattr, XattrFlags},
	io::Errno,
};
use std::{
	ffi::OsStr,
	os::{fd::AsFd, unix::ffi::OsStrExt},
	path::Path,
};

/// Those of an entry that are set.
pub(super) struct Allowed<'a>(Vec<(&'a OsStr, &'a [u8])>);

impl<'a> Allowed<'a> {
	/// Capabilities, access lists and what programs keep for themselves are set. What speaks to
	/// overlayfs is refused: it would be a way to show what is in no layer. The rest is for the
	/// machine that it came from to understand, and is left out: labels above all.
	pub(super) fn of(entry: &'a Entry, limits: &Limits) -> Result<Self, ArchiveError> {
		let mut allowed = Vec::new();
		let mut size = 0;
		for (name, value) in &entry.attributes {
			if name.starts_with(b"trusted.overlay.") || name.starts_with(b"user.overlay.") {
				let (path, name) = (shown(&entry.name), shown(name));
				return Err(ArchiveError::ForbiddenAttribute { path, name });
			}
			let known: [&[u8]; 3] =
				[b"security.capability", b"system.posix_acl_access", b"system.posix_acl_default"];
			if name.starts_with(b"user.") || known.contains(&name.as_slice()) {
				size += name.len() + value.len();
				allowed.push((OsStr::from_bytes(name), value.as_slice()));
			}
		}
		if size > limits.attributes {
			let limit = limits.attributes as u64;
			return Err(ArchiveError::TooMuch { what: "bytes of attributes of a file", limit });
		}
		Ok(Self(allowed))
	}

	pub(super) const fn none() -> Self {
		Self(Vec::new())
	}

	/// A file system without such attributes is none that images can be on, but for those that
	/// programs keep for themselves.
	pub(super) fn set(&self, file: impl AsFd, path: &Path) -> Result<(), ArchiveError> {
		for (name, value) in &self.0 {
			match fsetxattr(&file, *name, value, XattrFlags::empty()) {
				Ok(()) => (),
				Err(Errno::NOTSUP) if !name.as_bytes().starts_with(b"security.") => (),
				Err(Errno::INVAL | Errno::RANGE | Errno::TOOBIG) => {
					return Err(ArchiveError::BadAttribute {
						path: shown(path.as_os_str().as_bytes()),
						name: shown(name.as_bytes()),
					})
				},
				Err(errno) => {
					return Err(ArchiveError::Disk {
						verb: "set an attribute of",
						path: path.into(),
						source: errno.into(),
					})
				},
			}
		}
		Ok(())
	}
}
