//! What an archive says about the next file beside its header.

use super::ArchiveError;
use std::collections::BTreeMap;

/// Attributes of a file, by their names.
pub(in crate::images) type Attributes = BTreeMap<Vec<u8>, Vec<u8>>;

/// What is said about the next file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions {
	pub(super) name: Option<Vec<u8>>,
	pub(super) link: Option<Vec<u8>>,
	pub(super) size: Option<u64>,
	pub(super) uid: Option<i64>,
	pub(super) gid: Option<i64>,
	/// Seconds and nanoseconds.
	pub(super) mtime: Option<(i64, u32)>,
	pub(super) attributes: Attributes,
	pub(super) sparse: bool,
}

impl Extensions {
	/// Records as in `11 path=name\n`, where the number counts the whole record.
	pub(super) fn read(&mut self, mut bytes: &[u8]) -> Result<(), ArchiveError> {
		while !bytes.is_empty() {
			let blank = bytes.iter().take(20).position(|byte| *byte == b' ').ok_or(BAD)?;
			let length: usize = digits(&bytes[..blank]).ok_or(BAD)?;
			let record = bytes.get(blank + 1..length).ok_or(BAD)?;
			let record = record.strip_suffix(b"\n").ok_or(BAD)?;
			let equals = record.iter().position(|byte| *byte == b'=').ok_or(BAD)?;
			self.put(&record[..equals], &record[equals + 1..])?;
			bytes = &bytes[length..];
		}
		Ok(())
	}

	fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), ArchiveError> {
		if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
			self.attributes.insert(name.to_vec(), value.to_vec());
			return Ok(());
		}
		if key.starts_with(b"GNU.sparse.") {
			self.sparse = true;
			return Ok(());
		}
		// An empty value takes back what was said.
		let filled = Some(value).filter(|value| !value.is_empty());
		match key {
			b"path" => self.name = filled.map(<[u8]>::to_vec),
			b"linkpath" => self.link = filled.map(<[u8]>::to_vec),
			b"size" => self.size = filled.map(|value| digits(value).ok_or(BAD)).transpose()?,
			b"uid" => self.uid = filled.map(|value| digits(value).ok_or(BAD)).transpose()?,
			b"gid" => self.gid = filled.map(|value| digits(value).ok_or(BAD)).transpose()?,
			b"mtime" => self.mtime = filled.map(|value| time(value).ok_or(BAD)).transpose()?,
			_ => (),
		}
		Ok(())
	}
}

const BAD: ArchiveError = ArchiveError::BadHeader("an extended header is malformed");

/// A number with nothing around it.
fn digits<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
	let plain = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
	std::str::from_utf8(text).ok().filter(|_| plain)?.parse().ok()
}

/// Seconds, perhaps negative, perhaps with a fraction.
fn time(text: &[u8]) -> Option<(i64, u32)> {
	let (negative, text) = match text.strip_prefix(b"-") {
		Some(rest) => (true, rest),
		None => (false, text),
	};
	let mut parts = text.splitn(2, |byte| *byte == b'.');
	let seconds: i64 = digits(parts.next()?)?;
	let mut nanoseconds = 0;
	if let Some(fraction) = parts.next() {
		if !fraction.iter().all(u8::is_ascii_digit) {
			return None;
		}
		let padded = fraction.iter().copied().chain(std::iter::repeat(b'0'));
		nanoseconds = padded.take(9).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
	}
	match (negative, nanoseconds) {
		(false, _) => Some((seconds, nanoseconds)),
		(true, 0) => Some((-seconds, 0)),
		(true, _) => Some((-seconds - 1, 1_000_000_000 - nanoseconds)),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn record(key: &str, value: &str) -> String {
		let rest = format!(" {key}={value}\n");
		let length = (1..=5)
			.map(|digits| rest.len() + digits)
			.find(|sum| sum.to_string().len() + rest.len() == *sum);
		format!("{}{rest}", length.expect("it is short"))
	}

	fn read(text: &str) -> Result<Extensions, ArchiveError> {
		let mut extensions = Extensions::default();
		extensions.read(text.as_bytes()).map(|()| extensions)
	}

	#[test]
	fn records_tell_of_the_next_file() {
		let text = [
			record("path", "a/b"),
			record("size", "12345678901"),
			record("mtime", "1.5"),
			record("SCHILY.xattr.user.note", "a=b\nc"),
			record("comment", "whatever"),
		];
		let found = read(&text.concat()).expect("they are good");
		assert_eq!(found.name.as_deref(), Some(&b"a/b"[..]));
		assert_eq!(found.size, Some(12_345_678_901));
		assert_eq!(found.mtime, Some((1, 500_000_000)));
		assert_eq!(found.attributes.get(&b"user.note"[..]), Some(&b"a=b\nc".to_vec()));
		assert!(!found.sparse);
		assert!(read(&record("GNU.sparse.size", "9")).expect("it is good").sparse);
	}

	#[test]
	fn malformed_records_are_refused() {
		let bad = ["7 a=b", "99 path=x\n", "x path=x\n", "3 \n", "6 abc\n", " 6 a=b\n", "0 a=b\n"];
		for text in bad {
			assert!(read(text).is_err(), "{text:?}");
		}
		assert!(read(&record("size", "-1")).is_err());
		assert!(read(&record("uid", "99999999999999999999")).is_err());
		assert!(read(&record("mtime", "soon")).is_err());
	}

	#[test]
	fn times_before_1970_are_times() {
		assert_eq!(time(b"-1"), Some((-1, 0)));
		assert_eq!(time(b"-0.25"), Some((-1, 750_000_000)));
		assert_eq!(time(b"3.0000000019"), Some((3, 1)));
		assert_eq!(time(b"3."), Some((3, 0)));
	}
}
