use super::{super::stop::Stop, ArchiveError};
use std::{
	io::{self, Read},
	sync::atomic::{AtomicU64, Ordering},
};

/// What is left for the layers of an image to take. Several may take of it at the same time.
pub(in crate::images) struct Allowance {
	what: &'static str,
	limit: u64,
	left: AtomicU64,
}

impl Allowance {
	/// So much of this.
	pub(in crate::images) fn new(what: &'static str, limit: u64) -> Self {
		Self { what, limit, left: AtomicU64::new(limit) }
	}

	/// Take some of it.
	pub(in crate::images) fn take(&self, amount: u64) -> Result<(), ArchiveError> {
		let less = |left: u64| left.checked_sub(amount);
		let taken = self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
		let (what, limit) = (self.what, self.limit);
		taken.map(drop).map_err(|_| ArchiveError::TooMuch { what, limit })
	}
}

/// After so many bytes the disk is looked at. A folder is 512 bytes of a layer and more than 4,096 of
/// the disk, so it may lose about ten times this meanwhile, for each layer that is unpacked.
const LOOK: u64 = 8 << 20;

/// What comes out of a decompressor: counted, and stopped when it is too much or in vain.
pub(in crate::images) struct Unpacking<'a, R> {
	pub(in crate::images) inner: R,
	/// As many bytes as the image may have.
	pub(in crate::images) image: &'a Allowance,
	/// As many bytes as such a layer may have, by its size as it was fetched.
	pub(in crate::images) layer: Allowance,
	pub(in crate::images) stop: &'a Stop<'a>,
	/// Whether the disk leaves others what it is to leave them.
	pub(in crate::images) has_room: &'a dyn Fn() -> io::Result<bool>,
	/// The bytes that came since the disk was looked at.
	pub(in crate::images) unlooked: u64,
}

impl<R: Read> Read for Unpacking<'_, R> {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		if self.stop.is_set() {
			return Err(io::Error::other(ArchiveError::Cancelled));
		}
		if self.unlooked >= LOOK {
			self.unlooked = 0;
			if !(self.has_room)()? {
				return Err(io::Error::other(ArchiveError::DiskFull));
			}
		}
		let read = self.inner.read(buffer)?;
		self.unlooked += read as u64;
		let taken = self.image.take(read as u64).and_then(|()| self.layer.take(read as u64));
		taken.map_err(io::Error::other)?;
		Ok(read)
	}
}
