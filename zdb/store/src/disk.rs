//! The port to the disk, so that tests can make it fail.

mod folder;

pub use folder::Folder;

use std::{io, sync::Arc};

/// A folder of files.
pub trait Disk: Send + Sync {
	/// Keeps others from opening the store, until [`Disk::unlock`] or the end of the process.
	fn lock(&self) -> io::Result<()>;

	/// Lets others open the store.
	fn unlock(&self);

	/// The names of all files.
	fn list(&self) -> io::Result<Vec<String>>;

	/// Opens a file that exists.
	fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

	/// Makes a file, empty even if there was one.
	fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

	/// Gives a file another name, in place of whatever had it.
	fn rename(&self, from: &str, to: &str) -> io::Result<()>;

	/// Removes a file.
	fn remove(&self, name: &str) -> io::Result<()>;

	/// Makes names durable: of files made, renamed and removed.
	fn sync_names(&self) -> io::Result<()>;

	/// How many bytes are free.
	fn free_bytes(&self) -> io::Result<u64>;
}

/// A file of a [`Disk`].
pub trait DiskFile: Send + Sync {
	/// Its length.
	fn length(&self) -> io::Result<u64>;

	/// Reads at an offset into the buffer, maybe less than all of it. 0 is the end of the file.
	fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

	/// Adds `length` bytes read at an offset to `buffer`, maybe less. 0 is the end of the file.
	fn read_to(&self, buffer: &mut Vec<u8>, length: usize, offset: u64) -> io::Result<usize>;

	/// Writes the parts one after the other at an offset, maybe less than all of them.
	fn write_at(&self, parts: &[io::IoSlice<'_>], offset: u64) -> io::Result<usize>;

	/// Makes durable what was written. After an error nobody knows what is.
	fn sync(&self) -> io::Result<()>;

	/// Cuts the file.
	fn truncate(&self, length: u64) -> io::Result<()>;

	/// Sees to it that writing up to this length needs no more room. Not all disks can.
	fn reserve(&self, from: u64, length: u64) -> io::Result<()>;

	/// Forgets what memory holds of the file from an offset on, so that the disk itself is read.
	fn forget(&self, offset: u64) -> io::Result<()>;
}
