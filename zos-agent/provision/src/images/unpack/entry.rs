//! Putting one entry into a layer. A later entry of the same name takes the place of an earlier
//! one, as everywhere.

use super::{
	super::{
		archive::{ArchiveError, Entry, EntryPath, Kind},
		Limits,
	},
	attributes::Allowed,
	folder::{own, Found, Ownership},
	tree::{refused, Parent, Tree},
	whiteout::Meaning,
};
use rustix::io::Errno;
use std::{
	ffi::OsStr,
	io::{self, Read, Write},
	os::unix::ffi::OsStrExt,
};

impl Tree<'_> {
	/// Put what an archive says, whose content can be read now.
	pub(super) fn put(
		&mut self,
		entry: Entry,
		content: &mut impl Read,
		limits: &Limits,
	) -> Result<(), ArchiveError> {
		let path = EntryPath::parse(&entry.name, limits)?;
		self.count()?;
		match Meaning::of(&path)? {
			Meaning::Nothing => Ok(()),
			Meaning::Gone(name) => self.put_gone(&path, &name),
			Meaning::AllGone => self.put_all_gone(&path),
			Meaning::Itself => self.put_itself(&path, &entry, content, limits),
		}
	}

	/// What is of the same layer stays. But if that is a folder, it is not one with those below.
	fn put_gone(&mut self, path: &EntryPath, name: &OsStr) -> Result<(), ArchiveError> {
		let Some((parent, _)) = path.split() else { return Ok(()) };
		let parent = self.parent(&parent)?;
		match parent.folder.find(name)? {
			Found::Nothing => parent.folder.white_out(name)?,
			Found::Folder => {
				let inner = parent.folder.within(name.as_ref());
				inner.map_err(|errno| refused(path, errno))?.make_opaque()?;
			},
			Found::Whiteout | Found::File => (),
		}
		parent.close()
	}

	fn put_all_gone(&mut self, path: &EntryPath) -> Result<(), ArchiveError> {
		let Some((parent, _)) = path.split() else { return Ok(()) };
		let parent = self.parent(&parent)?;
		parent.folder.make_opaque()?;
		parent.close()
	}

	fn put_itself(
		&mut self,
		path: &EntryPath,
		entry: &Entry,
		content: &mut impl Read,
		limits: &Limits,
	) -> Result<(), ArchiveError> {
		let ownership =
			Ownership { uid: entry.uid, gid: entry.gid, mode: entry.mode, mtime: entry.mtime };
		let attributes = Allowed::of(entry, limits)?;
		let Some((parent, name)) = path.split() else {
			return match entry.kind {
				Kind::Folder => own(&self.root, path.as_path(), &ownership, &attributes),
				_ => Err(ArchiveError::BadName(path.shown())),
			};
		};
		if matches!(entry.kind, Kind::Device) {
			return Ok(());
		}
		let parent = self.parent(&parent)?;
		match &entry.kind {
			Kind::Folder => put_folder(&parent, name, path, &ownership, &attributes)?,
			Kind::File { .. } => {
				parent.folder.clear(name)?;
				let mut file = parent.folder.create(name)?;
				copy(content, &mut file, path, &mut self.buffer)?;
				own(&file, path.as_path(), &ownership, &attributes)?;
			},
			Kind::SymbolicLink { to } => {
				if to.is_empty() || to.contains(&0) || to.len() > limits.path {
					return Err(ArchiveError::BadName(path.shown()));
				}
				if !path.may_link_to(to) {
					return Err(ArchiveError::LinkOutside(path.shown()));
				}
				parent.folder.clear(name)?;
				parent.folder.link(name, OsStr::from_bytes(to), &ownership)?;
			},
			Kind::HardLink { to } => self.put_hard_link(&parent, name, path, to, limits)?,
			Kind::Pipe => {
				parent.folder.clear(name)?;
				parent.folder.pipe(name, &ownership)?;
			},
			Kind::Device => (),
		}
		parent.close()
	}

	fn put_hard_link(
		&self,
		parent: &Parent,
		name: &OsStr,
		path: &EntryPath,
		to: &[u8],
		limits: &Limits,
	) -> Result<(), ArchiveError> {
		let target = EntryPath::parse(to, limits)?;
		let missing = || ArchiveError::NoLinkTarget(path.shown());
		let (folder, there) = target.split().ok_or_else(missing)?;
		let folder = self.within(&folder).map_err(|errno| match errno {
			Errno::NOENT => missing(),
			errno => refused(&target, errno),
		})?;
		if !matches!(folder.find(there)?, Found::File) {
			return Err(missing());
		}
		// To itself: it is there already, and would be gone if its place were cleared.
		if target == *path {
			return Ok(());
		}
		parent.folder.clear(name)?;
		match folder.find(there)? {
			Found::File => parent.folder.name_again(name, &folder, there),
			// It was in the folder that had the name.
			_ => Err(missing()),
		}
	}
}

/// A folder that is there already stays with what is in it. One in the place of something that is
/// gone from the layers below is not one with theirs.
fn put_folder(
	parent: &Parent,
	name: &OsStr,
	path: &EntryPath,
	ownership: &Ownership,
	attributes: &Allowed,
) -> Result<(), ArchiveError> {
	let found = parent.folder.find(name)?;
	let folder = if matches!(found, Found::Folder) {
		parent.folder.within(name.as_ref()).map_err(|errno| refused(path, errno))?
	} else {
		parent.folder.clear(name)?;
		parent.folder.make(name)?
	};
	if matches!(found, Found::Whiteout) {
		folder.make_opaque()?;
	}
	own(&folder, path.as_path(), ownership, attributes)
}

/// Errors of the layer and of the disk are told apart.
fn copy(
	from: &mut impl Read,
	to: &mut impl Write,
	path: &EntryPath,
	buffer: &mut [u8],
) -> Result<(), ArchiveError> {
	loop {
		let read = match from.read(buffer) {
			Ok(0) => return Ok(()),
			Ok(read) => read,
			Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
			Err(error) => return Err(ArchiveError::reading(error)),
		};
		to.write_all(&buffer[..read]).map_err(|source| ArchiveError::Disk {
			verb: "write",
			path: path.as_path().into(),
			source,
		})?;
	}
}
