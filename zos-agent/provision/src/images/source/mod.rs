//! Where images come from. Nothing that a source says is believed: see [`Verified`].

mod address;
mod challenge;
mod client;
mod layout;
mod reference;
mod registry;

use super::{formats::Descriptor, Digest, ImageError, Limits};
pub(super) use client::Client;
pub use client::Registries;
pub(super) use layout::Layout;
pub(super) use reference::Reference;
pub(super) use registry::Registry;
use std::{
	io::{self, Read},
	time::{Duration, Instant},
};

/// Some place that has images.
pub(super) trait Source: Send + Sync {
	/// For people.
	fn name(&self) -> &str;

	/// A manifest or an index, by its digest.
	fn manifest(&self, digest: Digest, limit: u64) -> Result<Vec<u8>, ImageError>;

	/// A manifest, by its tag.
	fn tagged(&self, tag: &str, limit: u64) -> Result<Vec<u8>, ImageError>;

	/// What comes from a byte on. If it cannot begin there, it begins at 0.
	fn blob(&self, digest: Digest, from: u64) -> Result<Blob, ImageError>;
}

/// Bytes that come.
pub(super) struct Blob {
	pub(super) from: u64,
	pub(super) bytes: Box<dyn Read + Send>,
}

/// What a source has, proven by its digest.
pub(super) struct Verified<'a> {
	pub(super) source: &'a dyn Source,
	pub(super) limits: &'a Limits,
}

impl Verified<'_> {
	/// A manifest or an index.
	pub(super) fn manifest(&self, digest: Digest) -> Result<Vec<u8>, ImageError> {
		let bytes = self.source.manifest(digest, self.limits.manifest)?;
		self.prove(digest, &bytes)?;
		Ok(bytes)
	}

	/// A blob that fits into memory.
	pub(super) fn small(&self, wanted: &Descriptor, limit: u64) -> Result<Vec<u8>, ImageError> {
		if wanted.size > limit {
			return Err(ImageError::TooLarge { what: "bytes of text", found: wanted.size, limit });
		}
		let mut bytes = Vec::new();
		let blob = self.source.blob(wanted.digest, 0)?;
		let bounded = blob.bytes.take(wanted.size.saturating_add(1));
		let mut bounded = Hurried::new(bounded);
		bounded.read_to_end(&mut bytes).map_err(|error| unreachable(self.source, error))?;
		let found = bytes.len() as u64;
		if found != wanted.size {
			return Err(wrong_length(self.source, wanted, found));
		}
		self.prove(wanted.digest, &bytes)?;
		Ok(bytes)
	}

	fn prove(&self, wanted: Digest, bytes: &[u8]) -> Result<(), ImageError> {
		let found = Digest::of(bytes);
		if found == wanted {
			return Ok(());
		}
		Err(ImageError::WrongBytes { registry: self.source.name().into(), wanted, found })
	}
}

/// It stopped, or never began.
pub(super) fn unreachable(
	source: &dyn Source,
	error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ImageError {
	ImageError::Unreachable { registry: source.name().into(), source: error.into() }
}

pub(super) fn wrong_length(source: &dyn Source, wanted: &Descriptor, found: u64) -> ImageError {
	let (registry, digest, wanted) = (source.name().into(), wanted.digest, wanted.size);
	ImageError::WrongLength { registry, digest, wanted, found }
}

/// How long what fits into memory may take to come.
const HURRY: Duration = Duration::from_secs(60);

/// Something short, that shall not come byte by byte for ever.
struct Hurried<R> {
	inner: R,
	until: Instant,
}

impl<R> Hurried<R> {
	fn new(inner: R) -> Self {
		Self { inner, until: Instant::now() + HURRY }
	}
}

impl<R: Read> Read for Hurried<R> {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		if Instant::now() > self.until {
			return Err(io::ErrorKind::TimedOut.into());
		}
		self.inner.read(buffer)
	}
}

/// All of it, if it is not more than it may be.
fn read_bounded(
	source: &dyn Source,
	bytes: impl Read,
	what: &'static str,
	limit: u64,
) -> Result<Vec<u8>, ImageError> {
	let mut read = Vec::new();
	let mut bounded = Hurried::new(bytes.take(limit.saturating_add(1)));
	bounded.read_to_end(&mut read).map_err(|error| unreachable(source, error))?;
	let found = read.len() as u64;
	if found > limit {
		return Err(ImageError::TooLarge { what, found, limit });
	}
	Ok(read)
}
