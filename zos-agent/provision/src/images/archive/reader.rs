use super::{
	error::shown,
	extensions::{Attributes, Extensions},
	header::{Header, BLOCK},
	ArchiveError,
};
use std::io::{self, Read};

/// One after the other, the entries of an archive.
pub(in crate::images) struct Archive<R> {
	source: R,
	/// Of the entry that is being read.
	left: u64,
	/// After it, up to the next block.
	padding: u64,
	longest_extension: u64,
}

/// What an archive says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::images) struct Entry {
	pub(in crate::images) name: Vec<u8>,
	pub(in crate::images) kind: Kind,
	pub(in crate::images) mode: u32,
	pub(in crate::images) uid: u32,
	pub(in crate::images) gid: u32,
	/// Seconds and nanoseconds.
	pub(in crate::images) mtime: (i64, u32),
	pub(in crate::images) attributes: Attributes,
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::images) enum Kind {
	/// Bytes, that follow.
	File { size: u64 },
	/// Another name for a file.
	HardLink { to: Vec<u8> },
	/// The name of another file.
	SymbolicLink { to: Vec<u8> },
	/// A device of the machine.
	Device,
	/// Files.
	Folder,
	/// A pipe with a name.
	Pipe,
}

impl<R: Read> Archive<R> {
	/// Extensions of one entry take so many bytes at most.
	pub(in crate::images) fn new(source: R, longest_extension: u64) -> Self {
		Self { source, left: 0, padding: 0, longest_extension }
	}

	/// The next entry, if there is one. What was not read of the one before is passed over.
	pub(in crate::images) fn next_entry(&mut self) -> Result<Option<Entry>, ArchiveError> {
		let mut extensions = Extensions::default();
		let mut allowed = self.longest_extension;
		loop {
			self.pass_over()?;
			let Some(header) = self.header()? else { return Ok(None) };
			match header.kind {
				b'x' | b'L' | b'K' => {
					let bytes = self.extension(header.size, &mut allowed)?;
					let until_zero = || bytes.split(|byte| *byte == 0).next().map(<[u8]>::to_vec);
					match header.kind {
						b'L' => extensions.name = until_zero(),
						b'K' => extensions.link = until_zero(),
						_ => extensions.read(&bytes)?,
					}
				},
				// What is said of all files: nothing that an image needs. Builders that use it put
				// the name of a commit there.
				b'g' => self.expect(header.size),
				_ => return self.entry(header, extensions).map(Some),
			}
		}
	}

	/// Everything after the last entry too, so that whoever hashes it has seen it all.
	pub(in crate::images) fn finish(mut self) -> Result<(), ArchiveError> {
		io::copy(&mut self.source, &mut io::sink()).map_err(ArchiveError::reading)?;
		Ok(())
	}

	fn entry(&mut self, header: Header, extensions: Extensions) -> Result<Entry, ArchiveError> {
		let name = extensions.name.unwrap_or(header.name);
		let link = extensions.link.unwrap_or(header.link);
		let size = extensions.size.unwrap_or(header.size);
		if extensions.sparse || header.kind == b'S' {
			return Err(ArchiveError::Sparse(shown(&name)));
		}
		let kind = match header.kind {
			b'0' | b'7' => Kind::File { size },
			// Before there were kinds, the name told.
			0 if name.ends_with(b"/") => Kind::Folder,
			0 => Kind::File { size },
			b'1' => Kind::HardLink { to: link },
			b'2' => Kind::SymbolicLink { to: link },
			b'3' | b'4' => Kind::Device,
			b'5' => Kind::Folder,
			b'6' => Kind::Pipe,
			kind => return Err(ArchiveError::UnknownKind { path: shown(&name), kind }),
		};
		// Nothing follows other kinds, whatever size they claim: that is how all others read it.
		if let Kind::File { size } = kind {
			self.expect(size);
		}
		let owner = |said: Option<i64>, header: i64| {
			let id = u32::try_from(said.unwrap_or(header)).ok();
			// The largest one means "nobody" to the kernel.
			let bad = ArchiveError::BadHeader("a file belongs to a user that there cannot be");
			id.filter(|id| *id != u32::MAX).ok_or(bad)
		};
		Ok(Entry {
			kind,
			mode: header.mode,
			uid: owner(extensions.uid, header.uid)?,
			gid: owner(extensions.gid, header.gid)?,
			mtime: extensions.mtime.unwrap_or((header.mtime, 0)),
			attributes: extensions.attributes,
			name,
		})
	}

	fn expect(&mut self, size: u64) {
		self.left = size;
		self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
	}

	/// A size is believed as far as bytes come: nothing is set aside for it.
	fn extension(&mut self, size: u64, allowed: &mut u64) -> Result<Vec<u8>, ArchiveError> {
		let what = "bytes that are said about one file";
		*allowed = allowed
			.checked_sub(size)
			.ok_or(ArchiveError::TooMuch { what, limit: self.longest_extension })?;
		self.expect(size);
		let mut bytes = Vec::new();
		self.read_to_end(&mut bytes).map_err(ArchiveError::reading)?;
		Ok(bytes)
	}

	fn pass_over(&mut self) -> Result<(), ArchiveError> {
		io::copy(self, &mut io::sink()).map_err(ArchiveError::reading)?;
		// Some builders leave the last padding out, so that it may be shorter.
		let padding = std::mem::take(&mut self.padding);
		io::copy(&mut self.source.by_ref().take(padding), &mut io::sink())
			.map_err(ArchiveError::reading)?;
		Ok(())
	}

	/// The next header. An archive ends with two blocks of zeros; some builders leave those out.
	fn header(&mut self) -> Result<Option<Header>, ArchiveError> {
		let Some(block) = self.block()? else { return Ok(None) };
		if let Some(header) = Header::parse(&block)? {
			return Ok(Some(header));
		}
		// Readers differ in what they make of a single one: nothing may hide behind it.
		match self.block()? {
			Some(block) if Header::parse(&block)?.is_some() => {
				Err(ArchiveError::BadHeader("there are files after its end"))
			},
			_ => Ok(None),
		}
	}

	fn block(&mut self) -> Result<Option<[u8; BLOCK]>, ArchiveError> {
		let mut block = [0; BLOCK];
		let mut filled = 0;
		while filled < BLOCK {
			match self.source.read(&mut block[filled..]) {
				Ok(0) if filled == 0 => return Ok(None),
				Ok(0) => return Err(ArchiveError::Truncated),
				Ok(read) => filled += read,
				Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
				Err(error) => return Err(ArchiveError::reading(error)),
			}
		}
		Ok(Some(block))
	}
}

/// The content of the entry that came last.
impl<R: Read> Read for Archive<R> {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		if self.left == 0 {
			return Ok(0);
		}
		let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
		let read = self.source.read(&mut buffer[..wanted])?;
		if read == 0 && wanted > 0 {
			return Err(io::ErrorKind::UnexpectedEof.into());
		}
		self.left -= read as u64;
		Ok(read)
	}
}

#[cfg(test)]
mod tests;
