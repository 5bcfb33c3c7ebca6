//! Reading a log.

use super::{parts, Part};
use crate::host::{Doing, HostError};
use std::{
	collections::VecDeque,
	fs::File,
	io::{self, BufRead, BufReader, Seek, SeekFrom},
	path::Path,
};
use zos_core::ports::{LogLine, LogPage, LogStream};

/// The lines after a position, or the last ones: at most so many.
pub fn read(folder: &Path, after: Option<u64>, limit: usize) -> Result<LogPage, HostError> {
	let mut lines = VecDeque::new();
	let mut next = after.unwrap_or(0);
	let all = parts(folder)?;
	let first = match after {
		Some(after) => all.iter().rposition(|part| part.start <= after).unwrap_or(0),
		None => 0,
	};
	for part in &all[first..] {
		let Some(mut text) = open(part, next)? else { continue };
		next = next.max(part.start);
		let mut line = Vec::new();
		loop {
			line.clear();
			let length = text.read_until(b'\n', &mut line).doing("read", &part.path)?;
			// What has no end yet is being written.
			if line.pop() != Some(b'\n') {
				break;
			}
			if lines.len() == limit {
				if after.is_some() {
					return Ok(LogPage { lines: lines.into(), next });
				}
				lines.pop_front();
			}
			next += length as u64;
			if limit > 0 {
				lines.extend(parse(&line));
			}
		}
	}
	Ok(LogPage { lines: lines.into(), next })
}

/// A part from a position on, unless it was removed meanwhile.
fn open(part: &Part, from: u64) -> Result<Option<BufReader<File>>, HostError> {
	let mut file = match File::open(&part.path) {
		Ok(file) => file,
		Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
		Err(error) => return Err(error).doing("open", &part.path),
	};
	let skip = from.saturating_sub(part.start);
	file.seek(SeekFrom::Start(skip)).doing("read", &part.path)?;
	Ok(Some(BufReader::new(file)))
}

fn parse(line: &[u8]) -> Option<LogLine> {
	let mut fields = line.splitn(3, |byte| *byte == b' ');
	let at = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
	let stream = match fields.next()? {
		b"o" => LogStream::Out,
		b"e" => LogStream::Error,
		_ => return None,
	};
	let text = String::from_utf8_lossy(fields.next()?).into_owned();
	Some(LogLine { at, stream, text })
}
