//! A folder of a layer, held open, and what can be done in it without leaving it.

use super::super::archive::ArchiveError;
use rustix::{
	fs::{
		chownat, fchmod, fchown, fsetxattr, fstat, futimens, linkat, mkdirat, mknodat, openat2,
		statat, symlinkat, unlinkat, utimensat, AtFlags, FileType, Gid, Mode, OFlags, ResolveFlags,
		Stat, Timespec, Timestamps, Uid, XattrFlags,
	},
	io::Errno,
};
use std::{
	ffi::OsStr,
	fs::File,
	os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
	path::{Path, PathBuf},
};

/// Nothing is followed, and nothing above is reached.
const CLOSED: ResolveFlags =
	ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS).union(ResolveFlags::NO_MAGICLINKS);

/// Who owns a file, what may be done with it, and when it was changed.
#[derive(Clone, Copy)]
pub(super) struct Ownership {
	pub(super) uid: u32,
	pub(super) gid: u32,
	pub(super) mode: u32,
	pub(super) mtime: (i64, u32),
}

impl Ownership {
	/// Of what nobody says anything about.
	pub(super) const UNSAID: Self = Self { uid: 0, gid: 0, mode: 0o755, mtime: (0, 0) };

	fn times(&self) -> Timestamps {
		let time = Timespec { tv_sec: self.mtime.0, tv_nsec: self.mtime.1.into() };
		Timestamps { last_access: time, last_modification: time }
	}

	fn ids(&self) -> (Option<Uid>, Option<Gid>) {
		(Some(Uid::from_raw(self.uid)), Some(Gid::from_raw(self.gid)))
	}
}

/// What there is of a name.
pub(super) enum Found {
	Nothing,
	Folder,
	Whiteout,
	/// Something that a hard link may lead to.
	File,
}

pub(super) struct Folder(OwnedFd);

impl AsFd for Folder {
	fn as_fd(&self) -> BorrowedFd<'_> {
		self.0.as_fd()
	}
}

/// What was done with what, for the error.
fn disk(verb: &'static str, path: impl AsRef<Path>) -> impl FnOnce(Errno) -> ArchiveError {
	let path: PathBuf = path.as_ref().into();
	move |errno| ArchiveError::Disk { verb, path, source: errno.into() }
}

impl Folder {
	/// A folder of the machine itself.
	pub(super) fn of_machine(path: &Path) -> Result<Self, ArchiveError> {
		let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
		rustix::fs::open(path, flags, Mode::empty()).map(Self).map_err(disk("open", path))
	}

	/// A folder within. The kernel's number says why there is none.
	pub(super) fn within(&self, path: &Path) -> Result<Self, Errno> {
		// Without `NOFOLLOW` the kernel tells a link from what is no folder.
		let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
		loop {
			// The kernel says so when something was renamed at the same time anywhere.
			match openat2(self, path, flags, Mode::empty(), CLOSED) {
				Err(Errno::AGAIN | Errno::INTR) => continue,
				other => return other.map(Self),
			}
		}
	}

	/// What there is of a name.
	pub(super) fn find(&self, name: &OsStr) -> Result<Found, ArchiveError> {
		let stat = match statat(self, name, AtFlags::SYMLINK_NOFOLLOW) {
			Err(Errno::NOENT) => return Ok(Found::Nothing),
			other => other.map_err(disk("look at", name))?,
		};
		Ok(match FileType::from_raw_mode(stat.st_mode) {
			FileType::Directory => Found::Folder,
			FileType::CharacterDevice if stat.st_rdev == 0 => Found::Whiteout,
			_ => Found::File,
		})
	}

	/// Remove whatever has this name, with all that is in it.
	pub(super) fn clear(&self, name: &OsStr) -> Result<(), ArchiveError> {
		match unlinkat(self, name, AtFlags::empty()) {
			Ok(()) | Err(Errno::NOENT) => Ok(()),
			// That does not follow links either, and no other name leads to an open folder.
			Err(Errno::ISDIR | Errno::PERM) => {
				let path = Path::new("/proc/self/fd").join(self.0.as_raw_fd().to_string());
				std::fs::remove_dir_all(path.join(name)).map_err(|source| ArchiveError::Disk {
					verb: "remove",
					path: name.into(),
					source,
				})
			},
			Err(error) => Err(disk("remove", name)(error)),
		}
	}

	/// A new folder.
	pub(super) fn make(&self, name: &OsStr) -> Result<Self, ArchiveError> {
		mkdirat(self, name, Mode::from_raw_mode(0o700)).map_err(disk("make", name))?;
		self.within(name.as_ref()).map_err(disk("open", name))
	}

	/// A new file.
	pub(super) fn create(&self, name: &OsStr) -> Result<File, ArchiveError> {
		let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
		let mode = Mode::from_raw_mode(0o600);
		openat2(self, name, flags | OFlags::CLOEXEC, mode, CLOSED)
			.map(File::from)
			.map_err(disk("create", name))
	}

	/// A new symbolic link.
	pub(super) fn link(
		&self,
		name: &OsStr,
		to: &OsStr,
		own: &Ownership,
	) -> Result<(), ArchiveError> {
		let (uid, gid) = own.ids();
		symlinkat(to, self, name)
			.and_then(|()| chownat(self, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW))
			.and_then(|()| utimensat(self, name, &own.times(), AtFlags::SYMLINK_NOFOLLOW))
			.map_err(disk("link", name))
	}

	/// A new pipe with a name.
	pub(super) fn pipe(&self, name: &OsStr, own: &Ownership) -> Result<(), ArchiveError> {
		let (uid, gid) = own.ids();
		mknodat(self, name, FileType::Fifo, Mode::from_raw_mode(0o600), 0)
			.and_then(|()| chownat(self, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW))
			// The kernel follows no links from here: what has this name was made just now.
			.and_then(|()| {
				let mode = Mode::from_raw_mode(own.mode);
				rustix::fs::chmodat(self, name, mode, AtFlags::empty())
			})
			.and_then(|()| utimensat(self, name, &own.times(), AtFlags::SYMLINK_NOFOLLOW))
			.map_err(disk("make", name))
	}

	/// Another name for a file in another folder.
	pub(super) fn name_again(
		&self,
		name: &OsStr,
		other: &Self,
		there: &OsStr,
	) -> Result<(), ArchiveError> {
		linkat(other, there, self, name, AtFlags::empty()).map_err(|errno| match errno {
			Errno::MLINK => ArchiveError::TooMuch { what: "names of one file", limit: 65_000 },
			errno => disk("link", name)(errno),
		})
	}

	/// What tells overlayfs that a name of the layers below is gone.
	pub(super) fn white_out(&self, name: &OsStr) -> Result<(), ArchiveError> {
		mknodat(self, name, FileType::CharacterDevice, Mode::empty(), 0)
			.and_then(|()| {
				utimensat(self, name, &Ownership::UNSAID.times(), AtFlags::SYMLINK_NOFOLLOW)
			})
			// Else overlayfs lists the device where no layer below has the same folder.
			.and_then(|()| fsetxattr(self, super::whiteout::ORIGIN, b"", XattrFlags::empty()))
			.map_err(disk("white out", name))
	}

	/// What tells overlayfs that nothing of the layers below is in this folder.
	pub(super) fn make_opaque(&self) -> Result<(), ArchiveError> {
		fsetxattr(self, super::whiteout::OPAQUE, b"y", XattrFlags::empty())
			.map_err(disk("mark", "a folder that hides those below"))
	}

	/// When it was changed.
	pub(super) fn times(&self) -> Result<Timestamps, ArchiveError> {
		let Stat { st_mtime, st_mtime_nsec, .. } =
			fstat(self).map_err(disk("look at", "a folder"))?;
		let time = Timespec { tv_sec: st_mtime, tv_nsec: st_mtime_nsec as _ };
		Ok(Timestamps { last_access: time, last_modification: time })
	}

	/// As if it had been changed then.
	pub(super) fn set_times(&self, times: &Timestamps) -> Result<(), ArchiveError> {
		futimens(self, times).map_err(disk("set the time of", "a folder"))
	}
}

/// Give something that is open to its owner. The order matters: a new owner takes special bits and
/// capabilities away, and attributes change no time of change.
pub(super) fn own(
	file: impl AsFd,
	path: &Path,
	own: &Ownership,
	attributes: &super::attributes::Allowed,
) -> Result<(), ArchiveError> {
	let (uid, gid) = own.ids();
	fchown(&file, uid, gid)
		.and_then(|()| fchmod(&file, Mode::from_raw_mode(own.mode)))
		.map_err(disk("set the owner and mode of", path))?;
	attributes.set(&file, path)?;
	futimens(&file, &own.times()).map_err(disk("set the time of", path))
}
