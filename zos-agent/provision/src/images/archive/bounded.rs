use super::ArchiveError;
use std::{
	cell::Cell,
	io::{self, Read},
};
use zos_core::ports::Cancel;

/// How much may come out of a layer.
#[derive(Clone, Copy, Debug)]
pub(in crate::images) struct Bounds {
	/// Bytes, as long as the image may have.
	pub(in crate::images) bytes: u64,
	/// Bytes, by how small the layer was when it was fetched.
	pub(in crate::images) by_ratio: u64,
}

/// What comes out of a decompressor: counted, and stopped when it is too much or not wanted.
pub(in crate::images) struct Unpacking<'a, R> {
	inner: R,
	bounds: Bounds,
	cancel: &'a Cancel,
	passed: &'a Cell<u64>,
}

impl<'a, R> Unpacking<'a, R> {
	/// Count into `passed`.
	pub(in crate::images) fn new(
		inner: R,
		bounds: Bounds,
		cancel: &'a Cancel,
		passed: &'a Cell<u64>,
	) -> Self {
		Self { inner, bounds, cancel, passed }
	}
}

impl<R: Read> Read for Unpacking<'_, R> {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		if self.cancel.is_cancelled() {
			return Err(io::Error::other(ArchiveError::Cancelled));
		}
		let read = self.inner.read(buffer)?;
		let passed = self.passed.get().saturating_add(read as u64);
		self.passed.set(passed);
		let by_ratio = (self.bounds.by_ratio, "bytes (it was fetched as far fewer)");
		for (limit, what) in [(self.bounds.bytes, "bytes"), by_ratio] {
			if passed > limit {
				return Err(io::Error::other(ArchiveError::TooMuch { what, limit }));
			}
		}
		Ok(read)
	}
}
