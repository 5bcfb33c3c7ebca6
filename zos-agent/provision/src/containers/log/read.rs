//! Reading a log.

use super::{parts, Part};
use crate::host::{Doing, HostError};
use std::{
	collections::VecDeque,
	fs::File,
	io::{self, BufRead, BufReader, Seek, SeekFrom},
	ops::ControlFlow,
	path::Path,
};
use zos_core::ports::{LogFrom, LogLine, LogPage, LogStream};

/// The lines from somewhere on: at most so many.
pub fn read(folder: &Path, from: LogFrom, most: usize) -> Result<LogPage, HostError> {
	let all = parts(folder)?;
	let from = match from {
		LogFrom::Position(position) if position <= end(&all) => position,
		// It is of another log, that was there before.
		LogFrom::Position(_) => 0,
		LogFrom::Last { lines, since } => last(&all, lines, since)?,
	};
	let mut lines = Vec::new();
	let next = walk(&all, from, |_, line| {
		if lines.len() == most {
			return ControlFlow::Break(());
		}
		lines.extend(line);
		ControlFlow::Continue(())
	})?;
	Ok(LogPage { lines, next })
}

/// Where the last lines begin that are not older.
fn last(all: &[Part], lines: usize, since: u64) -> Result<u64, HostError> {
	let mut begins = VecDeque::new();
	let end = walk(all, 0, |position, line| {
		if line.is_some_and(|it| it.at >= since) {
			begins.push_back(position);
		}
		if begins.len() > lines {
			begins.pop_front();
		}
		ControlFlow::Continue(())
	})?;
	Ok(begins.front().copied().unwrap_or(end))
}

fn end(all: &[Part]) -> u64 {
	let length = |part: &Part| part.path.metadata().map_or(0, |it| it.len());
	all.last().map_or(0, |part| part.start + length(part))
}

/// Looks at one line after the other, each with where it begins, and says how far that went.
fn walk(
	all: &[Part],
	from: u64,
	mut visit: impl FnMut(u64, Option<LogLine>) -> ControlFlow<()>,
) -> Result<u64, HostError> {
	let mut next = from;
	let first = all.iter().rposition(|part| part.start <= from).unwrap_or(0);
	for part in all.get(first..).unwrap_or_default() {
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
			if visit(next, parse(&line)).is_break() {
				return Ok(next);
			}
			next += length as u64;
		}
	}
	Ok(next)
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
