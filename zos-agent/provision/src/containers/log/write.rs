//! Writing a log.

use super::{parts, Part, LONGEST, PARTS};
use crate::{
	containers::records::now,
	host::{files, Doing, HostError},
};
use std::{
	fs::{File, OpenOptions},
	io::Write,
	os::unix::fs::OpenOptionsExt,
	path::{Path, PathBuf},
};
use zos_core::ports::LogStream;

/// A log that is written.
#[derive(Debug)]
pub struct Log {
	folder: PathBuf,
	most: u64,
	file: File,
	/// How many bytes are in the file.
	filled: u64,
	/// Where the file begins.
	start: u64,
	/// Lines that have not ended yet: of the one stream, and of the other.
	unfinished: [Vec<u8>; 2],
}

impl Log {
	/// Opens a log of at most so many bytes, which goes on where it ended.
	pub fn open(folder: &Path, most: u64) -> Result<Self, HostError> {
		files::make_folder(folder, 0o700)?;
		let last = parts(folder)?.pop().unwrap_or_else(|| Part::at(folder, first(now())));
		let (file, filled) = open(&last.path)?;
		let (folder, start) = (folder.to_owned(), last.start);
		let mut log = Self { folder, most, file, filled, start, unfinished: Default::default() };
		log.end_cut_line(&last.path)?;
		log.forget(log.filled.max(log.part()))?;
		Ok(log)
	}

	/// Whoever wrote before may have been killed in the middle of a line.
	fn end_cut_line(&mut self, path: &Path) -> Result<(), HostError> {
		let Some(last) = self.filled.checked_sub(1) else { return Ok(()) };
		let mut byte = [0];
		std::os::unix::fs::FileExt::read_exact_at(&self.file, &mut byte, last)
			.doing("read", path)?;
		if byte == *b"\n" {
			return Ok(());
		}
		self.write(b"\n")
	}

	/// Appends what was printed at this time.
	pub fn append(
		&mut self,
		stream: LogStream,
		mut bytes: &[u8],
		now: u64,
	) -> Result<(), HostError> {
		let mut lines = Vec::with_capacity(bytes.len() + 32);
		let line = &mut self.unfinished[index(stream)];
		while !bytes.is_empty() {
			let room = &bytes[..bytes.len().min(LONGEST - line.len())];
			let (more, ends) = match room.iter().position(|byte| *byte == b'\n') {
				Some(end) => (&room[..end], true),
				None => (room, false),
			};
			line.extend(more);
			bytes = &bytes[more.len() + usize::from(ends)..];
			if !ends && line.len() == LONGEST {
				// Its end, if that is next, is the end of this one, not an empty line.
				bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
			}
			if ends || line.len() == LONGEST {
				finish(&mut lines, stream, line, now);
			}
		}
		self.write(&lines)
	}

	/// Ends the lines that have not ended: nothing more is printed.
	pub fn flush(&mut self, now: u64) -> Result<(), HostError> {
		let mut lines = Vec::new();
		for stream in [LogStream::Out, LogStream::Error] {
			let line = &mut self.unfinished[index(stream)];
			if !line.is_empty() {
				finish(&mut lines, stream, line, now);
			}
		}
		self.write(&lines)
	}

	/// Writes whole lines.
	fn write(&mut self, mut lines: &[u8]) -> Result<(), HostError> {
		while !lines.is_empty() {
			// As many lines as fit into a part, at least one.
			let fitting = lines.len().min(self.part().try_into().unwrap_or(usize::MAX));
			let end = match lines[..fitting].iter().rposition(|byte| *byte == b'\n') {
				Some(end) => end + 1,
				None => {
					lines.iter().position(|byte| *byte == b'\n').map_or(lines.len(), |it| it + 1)
				},
			};
			let (now, later) = lines.split_at(end);
			self.make_room(now.len() as u64)?;
			if now.len() as u64 <= self.most {
				self.file.write_all(now).doing("write to the log in", &self.folder)?;
				self.filled += now.len() as u64;
			}
			lines = later;
		}
		Ok(())
	}

	fn part(&self) -> u64 {
		(self.most / PARTS).max(1)
	}

	/// Begins another file if this one would be too long.
	fn make_room(&mut self, bytes: u64) -> Result<(), HostError> {
		if self.filled + bytes <= self.part() {
			return Ok(());
		}
		if self.filled > 0 {
			self.start += self.filled;
			(self.file, self.filled) = open(&Part::at(&self.folder, self.start).path)?;
		}
		self.forget(bytes.max(self.part()))
	}

	/// Removes the oldest files, so that this one may have so many bytes.
	fn forget(&self, bytes: u64) -> Result<(), HostError> {
		let end = self.start + bytes;
		for part in parts(&self.folder)?.iter().filter(|part| part.start < self.start) {
			if end - part.start > self.most {
				files::remove_file(&part.path)?;
			}
		}
		Ok(())
	}
}

/// Where a log begins that is made now. No container prints as fast as positions grow with time, so
/// that a log lies behind all of one that was there before, and who follows that one goes on here.
fn first(now: u64) -> u64 {
	const BYTES_IN_A_MILLISECOND: u64 = 1 << 20;
	now.saturating_mul(BYTES_IN_A_MILLISECOND)
}

fn open(path: &Path) -> Result<(File, u64), HostError> {
	let file = OpenOptions::new()
		.read(true)
		.append(true)
		.create(true)
		.mode(0o600)
		.open(path)
		.doing("open", path)?;
	let filled = file.metadata().doing("look at", path)?.len();
	Ok((file, filled))
}

fn index(stream: LogStream) -> usize {
	match stream {
		LogStream::Out => 0,
		LogStream::Error => 1,
	}
}

fn finish(lines: &mut Vec<u8>, stream: LogStream, line: &mut Vec<u8>, now: u64) {
	let mark = ['o', 'e'][index(stream)];
	lines.extend(format!("{now} {mark} ").bytes());
	lines.append(line);
	lines.push(b'\n');
}
