//! What a container printed: an endless text of which the last part is kept, in files that are
//! named for where they begin.
//!
//! A line of it is when it was printed, in milliseconds since 1970, whether to the one stream (`o`)
//! or the other (`e`), and what. A position is how many bytes of the endless text are before it, counted
//! from a number that tells when the log was made.

mod read;
mod write;

pub use read::read;
pub use write::Log;

use crate::host::{files, HostError};
use std::path::{Path, PathBuf};

/// The most bytes of a line. What is longer becomes several.
pub const LONGEST: usize = 16 * 1024;
/// Of how many files a log is, at most, but for the one that is written to.
const PARTS: u64 = 8;

/// A file of a log.
#[derive(Debug)]
struct Part {
	/// The position of its first byte.
	start: u64,
	path: PathBuf,
}

impl Part {
	fn at(folder: &Path, start: u64) -> Self {
		Self { start, path: folder.join(format!("{start:020}.log")) }
	}
}

/// The files of a log, oldest first.
fn parts(folder: &Path) -> Result<Vec<Part>, HostError> {
	let names = files::names(folder)?.into_iter();
	let starts = names.filter_map(|name| name.strip_suffix(".log")?.parse().ok());
	Ok(starts.map(|start| Part::at(folder, start)).collect())
}

#[cfg(test)]
mod tests {
	use super::*;
	use zos_core::ports::{LogFrom, LogPage, LogStream};

	const ALL: LogFrom = LogFrom::Last { lines: 10_000, since: 0 };

	fn texts(page: &LogPage) -> Vec<&str> {
		page.lines.iter().map(|line| line.text.as_str()).collect()
	}

	fn bytes(folder: &Path) -> u64 {
		parts(folder).unwrap().iter().map(|it| it.path.metadata().unwrap().len()).sum()
	}

	#[test]
	fn lines_are_read_as_they_were_printed() {
		let folder = tempfile::tempdir().unwrap();
		let mut log = Log::open(folder.path(), 10_000).unwrap();
		log.append(LogStream::Out, b"one\ntw", 5).unwrap();
		log.append(LogStream::Error, b"oh\n", 6).unwrap();
		log.append(LogStream::Out, b"o\n\nhalf", 7).unwrap();
		let page = read(folder.path(), ALL, 10).unwrap();
		assert_eq!(texts(&page), ["one", "oh", "two", ""]);
		assert_eq!(page.lines[1].stream, LogStream::Error);
		assert_eq!(page.lines[0].at, 5);
		assert_eq!(page.lines[2].at, 7);
		log.flush(8).unwrap();
		let more = read(folder.path(), LogFrom::Position(page.next), 10).unwrap();
		assert_eq!(texts(&more), ["half"], "what has no end of line has one when the program ends");
		assert_eq!(read(folder.path(), LogFrom::Position(more.next), 10).unwrap().lines, []);
	}

	#[test]
	fn only_the_last_bytes_are_kept_and_reading_goes_on_across_files() {
		let folder = tempfile::tempdir().unwrap();
		let mut log = Log::open(folder.path(), 4_096).unwrap();
		let (mut next, mut seen) = (0, 0);
		for number in 0..2_000 {
			log.append(LogStream::Out, format!("line {number}\n").as_bytes(), 1).unwrap();
			assert!(bytes(folder.path()) <= 4_096);
			if number % 50 == 49 {
				let page = read(folder.path(), LogFrom::Position(next), 1_000).unwrap();
				assert_eq!(page.lines.len(), 50);
				assert_eq!(page.lines[0].text, format!("line {seen}"));
				(next, seen) = (page.next, seen + 50);
			}
		}
		assert!(bytes(folder.path()) > 4_096 / 2, "much of what may be kept is kept");
		let last = read(folder.path(), LogFrom::Last { lines: 3, since: 0 }, 10).unwrap();
		assert_eq!(texts(&last), ["line 1997", "line 1998", "line 1999"]);
		let oldest = read(folder.path(), LogFrom::Position(1), 1).unwrap();
		assert_ne!(texts(&oldest), ["line 0"], "what is gone is passed over");
		assert_eq!(oldest.lines.len(), 1);
	}

	#[test]
	fn a_log_goes_on_where_it_was_cut_off() {
		let folder = tempfile::tempdir().unwrap();
		let mut log = Log::open(folder.path(), 10_000).unwrap();
		log.append(LogStream::Out, b"one\n", 1).unwrap();
		let part = parts(folder.path()).unwrap().pop().unwrap();
		let mut text = std::fs::read(&part.path).unwrap();
		text.extend(b"1 o cut o");
		std::fs::write(&part.path, text).unwrap();
		let mut log = Log::open(folder.path(), 10_000).unwrap();
		log.append(LogStream::Out, b"two\n", 2).unwrap();
		let page = read(folder.path(), ALL, 10).unwrap();
		assert_eq!(texts(&page), ["one", "cut o", "two"]);
	}

	#[test]
	fn a_line_without_end_is_cut() {
		let folder = tempfile::tempdir().unwrap();
		let mut log = Log::open(folder.path(), 1_000_000).unwrap();
		log.append(LogStream::Out, &[b'x'; LONGEST * 2 + 5], 1).unwrap();
		log.append(LogStream::Out, b"\n", 1).unwrap();
		let page = read(folder.path(), ALL, 10).unwrap();
		let lengths: Vec<_> = page.lines.iter().map(|line| line.text.len()).collect();
		assert_eq!(lengths, [LONGEST, LONGEST, 5]);
	}

	#[test]
	fn what_is_no_text_does_no_harm() {
		let folder = tempfile::tempdir().unwrap();
		let mut log = Log::open(folder.path(), 10_000).unwrap();
		log.append(LogStream::Out, b"\xff\x00 e \n", 1).unwrap();
		let page = read(folder.path(), ALL, 10).unwrap();
		assert_eq!(texts(&page), ["\u{fffd}\0 e "]);
	}

	#[test]
	fn the_last_lines_are_those_that_are_not_older() {
		let folder = tempfile::tempdir().unwrap();
		let mut log = Log::open(folder.path(), 10_000).unwrap();
		for (at, text) in [(10, "one\n"), (20, "two\n"), (30, "three\n")] {
			log.append(LogStream::Out, text.as_bytes(), at).unwrap();
		}
		let last = |lines, since| {
			let page = read(folder.path(), LogFrom::Last { lines, since }, 10).unwrap();
			page.lines.into_iter().map(|it| it.text).collect::<Vec<_>>()
		};
		assert_eq!(last(10, 20), ["two", "three"]);
		assert_eq!(last(1, 20), ["three"]);
		assert!(last(10, 31).is_empty());
		let none = read(folder.path(), LogFrom::Last { lines: 0, since: 0 }, 10).unwrap();
		assert!(none.lines.is_empty());
		log.append(LogStream::Out, b"four\n", 40).unwrap();
		let page = read(folder.path(), LogFrom::Position(none.next), 10).unwrap();
		assert_eq!(texts(&page), ["four"], "and from there on one goes on");
	}

	#[test]
	fn who_follows_goes_on_with_the_log_of_a_container_that_was_made_anew() {
		let folder = tempfile::tempdir().unwrap();
		let place = folder.path().join("log");
		let mut log = Log::open(&place, 10_000).unwrap();
		log.append(LogStream::Out, b"one\n", 1).unwrap();
		let page = read(&place, ALL, 10).unwrap();
		std::fs::remove_dir_all(&place).unwrap();
		let gone = read(&place, LogFrom::Position(page.next), 10).unwrap();
		assert_eq!(gone.lines, []);
		std::thread::sleep(std::time::Duration::from_millis(2));
		let mut log = Log::open(&place, 10_000).unwrap();
		log.append(LogStream::Out, b"another\nand more\n", 2).unwrap();
		let more = read(&place, LogFrom::Position(page.next), 10).unwrap();
		assert_eq!(texts(&more), ["another", "and more"]);
	}

	#[test]
	fn a_clock_that_went_back_hides_nothing_that_is_printed() {
		let folder = tempfile::tempdir().unwrap();
		let mut log = Log::open(folder.path(), 10_000).unwrap();
		log.append(LogStream::Out, b"one\n", 1).unwrap();
		let page = read(folder.path(), LogFrom::Position(u64::MAX), 10).unwrap();
		assert_eq!(texts(&page), ["one"]);
	}
}
