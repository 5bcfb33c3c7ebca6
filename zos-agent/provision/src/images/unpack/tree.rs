use super::{
	super::archive::{Allowance, ArchiveError, EntryPath},
	attributes::Allowed,
	folder::{own, Folder, Found, Ownership},
};
use rustix::{fs::Timestamps, io::Errno};
use std::{ffi::OsStr, os::fd::AsFd, path::Path};

/// A layer that is being unpacked.
pub(super) struct Tree<'a> {
	pub(super) root: Folder,
	entries: &'a Allowance,
	pub(super) buffer: Box<[u8]>,
}

/// The folder in which something is about to change. Its time of change is what the layer says,
/// not when it was unpacked.
pub(super) struct Parent {
	pub(super) folder: Folder,
	times: Timestamps,
}

impl Parent {
	/// Nothing changes any more.
	pub(super) fn close(self) -> Result<(), ArchiveError> {
		self.folder.set_times(&self.times)
	}
}

impl<'a> Tree<'a> {
	/// An empty layer in an empty folder.
	pub(super) fn open(folder: &Path, entries: &'a Allowance) -> Result<Self, ArchiveError> {
		let root = Folder::of_machine(folder)?;
		own(&root, folder, &Ownership::UNSAID, &Allowed::none())?;
		let buffer = vec![0; 64 << 10].into();
		Ok(Self { root, entries, buffer })
	}

	/// One more file, folder or link.
	pub(super) fn count(&self) -> Result<(), ArchiveError> {
		self.entries.take(1)
	}

	/// The folder of something, made with those around it if the layer has not said anything of
	/// them.
	pub(super) fn parent(&mut self, path: &EntryPath) -> Result<Parent, ArchiveError> {
		let folder = match self.within(path) {
			Ok(folder) => folder,
			Err(Errno::NOENT | Errno::NOTDIR) => self.make_all(path)?,
			Err(errno) => return Err(refused(path, errno)),
		};
		let times = folder.times()?;
		Ok(Parent { folder, times })
	}

	/// A folder that is there.
	pub(super) fn within(&self, path: &EntryPath) -> Result<Folder, Errno> {
		let here = Path::new(".");
		self.root.within(if path.is_root() { here } else { path.as_path() })
	}

	fn make_all(&mut self, path: &EntryPath) -> Result<Folder, ArchiveError> {
		let mut folder = self.root.within(Path::new(".")).map_err(|it| refused(path, it))?;
		for part in path.parts() {
			folder = match folder.within(part.as_ref()) {
				Ok(found) => found,
				Err(Errno::NOENT | Errno::NOTDIR) => self.make_one(folder, part, path)?,
				Err(errno) => return Err(refused(path, errno)),
			};
		}
		Ok(folder)
	}

	fn make_one(
		&mut self,
		folder: Folder,
		name: &OsStr,
		path: &EntryPath,
	) -> Result<Folder, ArchiveError> {
		let times = folder.times()?;
		let hides = match folder.find(name)? {
			Found::Nothing => false,
			Found::Whiteout => true,
			Found::Folder | Found::File => return Err(ArchiveError::NotAFolder(path.shown())),
		};
		self.count()?;
		folder.clear(name)?;
		let made = folder.make(name)?;
		if hides {
			made.make_opaque()?;
		}
		own(&made, name.as_ref(), &Ownership::UNSAID, &Allowed::none())?;
		folder.set_times(&times)?;
		Ok(made)
	}

	/// All of it is on the disk.
	pub(super) fn sync(&self) -> Result<(), ArchiveError> {
		rustix::fs::syncfs(self.root.as_fd()).map_err(|errno| ArchiveError::Disk {
			verb: "write",
			path: "a layer".into(),
			source: errno.into(),
		})
	}
}

/// Why a folder cannot be entered.
pub(super) fn refused(path: &EntryPath, errno: Errno) -> ArchiveError {
	match errno {
		Errno::LOOP => ArchiveError::ThroughLink(path.shown()),
		Errno::NOTDIR => ArchiveError::NotAFolder(path.shown()),
		Errno::XDEV => ArchiveError::Outside(path.shown()),
		errno => {
			ArchiveError::Disk { verb: "open", path: path.as_path().into(), source: errno.into() }
		},
	}
}
