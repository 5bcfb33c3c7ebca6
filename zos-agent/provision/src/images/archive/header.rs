//! The 512 bytes before each file.

use super::ArchiveError;

pub(super) const BLOCK: usize = 512;

/// The fields of a header, each a range of its bytes.
mod field {
	use std::ops::Range;

	pub(super) const NAME: Range<usize> = 0..100;
	pub(super) const MODE: Range<usize> = 100..108;
	pub(super) const UID: Range<usize> = 108..116;
	pub(super) const GID: Range<usize> = 116..124;
	pub(super) const SIZE: Range<usize> = 124..136;
	pub(super) const MTIME: Range<usize> = 136..148;
	pub(super) const CHECKSUM: Range<usize> = 148..156;
	pub(super) const KIND: usize = 156;
	pub(super) const LINK: Range<usize> = 157..257;
	pub(super) const MAGIC: Range<usize> = 257..263;
	pub(super) const PREFIX: Range<usize> = 345..500;
}

/// What a header says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
	pub(super) kind: u8,
	pub(super) name: Vec<u8>,
	pub(super) link: Vec<u8>,
	pub(super) mode: u32,
	pub(super) uid: i64,
	pub(super) gid: i64,
	pub(super) size: u64,
	pub(super) mtime: i64,
}

impl Header {
	/// What a block says: nothing if it is all zeros, as at the end of an archive.
	pub(super) fn parse(block: &[u8; BLOCK]) -> Result<Option<Self>, ArchiveError> {
		if block.iter().all(|byte| *byte == 0) {
			return Ok(None);
		}
		check(block)?;
		let mut name = text(&block[field::NAME]).to_vec();
		// Other flavours use these bytes for times.
		let prefix = text(&block[field::PREFIX]);
		if &block[field::MAGIC] == b"ustar\0" && !prefix.is_empty() {
			name = [prefix, b"/", &name].concat();
		}
		let unsigned = |number: i64, why| u64::try_from(number).map_err(|_| bad(why));
		let mode = unsigned(number(&block[field::MODE])?, "a file has a negative mode")?;
		Ok(Some(Self {
			kind: block[field::KIND],
			name,
			link: text(&block[field::LINK]).to_vec(),
			// What is above these bits tells the kind once more.
			mode: (mode & 0o7777) as u32,
			uid: number(&block[field::UID])?,
			gid: number(&block[field::GID])?,
			size: unsigned(number(&block[field::SIZE])?, "a file has a negative size")?,
			mtime: number(&block[field::MTIME])?,
		}))
	}
}

fn bad(why: &'static str) -> ArchiveError {
	ArchiveError::BadHeader(why)
}

/// The bytes are summed up as if the sum itself were blanks. Some old programs summed up signed
/// bytes.
fn check(block: &[u8; BLOCK]) -> Result<(), ArchiveError> {
	let wanted = number(&block[field::CHECKSUM])?;
	let counted = |at: usize| if field::CHECKSUM.contains(&at) { b' ' } else { block[at] };
	let unsigned: i64 = (0..BLOCK).map(|at| i64::from(counted(at))).sum();
	let signed: i64 = (0..BLOCK).map(|at| i64::from(counted(at) as i8)).sum();
	if wanted == unsigned || wanted == signed {
		Ok(())
	} else {
		Err(bad("a header has a wrong checksum"))
	}
}

/// What comes before the first zero.
fn text(field: &[u8]) -> &[u8] {
	field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Octal digits among blanks, or a binary number marked by its first bit. Nothing is zero.
fn number(field: &[u8]) -> Result<i64, ArchiveError> {
	let too_large = || bad("a number is too large");
	if let Some(first) = field.first().filter(|first| **first & 0x80 != 0) {
		// Two's complement: the bit after the mark is the sign.
		let mut value: i64 = if first & 0x40 != 0 { -1 } else { 0 };
		for (at, byte) in field.iter().enumerate() {
			let (byte, bits) = if at == 0 { (byte & 0x3f, 6) } else { (*byte, 8) };
			value = value.checked_mul(1 << bits).ok_or_else(too_large)? | i64::from(byte);
		}
		return Ok(value);
	}
	let digits = text(field).trim_ascii();
	digits.iter().try_fold(0i64, |value, digit| match digit {
		b'0'..=b'7' => {
			let value = value.checked_mul(8).ok_or_else(too_large)?;
			Ok(value | i64::from(digit - b'0'))
		},
		_ => Err(bad("a number is not octal")),
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	fn block(change: impl FnOnce(&mut tar::Header)) -> [u8; BLOCK] {
		let mut header = tar::Header::new_ustar();
		header.set_path("some/file").expect("it is short");
		header.set_entry_type(tar::EntryType::Regular);
		header.set_mode(0o100644);
		header.set_size(77);
		header.set_uid(1000);
		header.set_gid(1001);
		header.set_mtime(1_700_000_000);
		change(&mut header);
		header.set_cksum();
		*header.as_bytes()
	}

	#[test]
	fn a_header_tells_of_a_file() {
		let header = Header::parse(&block(|_| ())).expect("it is good").expect("a file");
		let wanted = Header {
			kind: b'0',
			name: b"some/file".to_vec(),
			link: Vec::new(),
			mode: 0o644,
			uid: 1000,
			gid: 1001,
			size: 77,
			mtime: 1_700_000_000,
		};
		assert_eq!(header, wanted);
	}

	#[test]
	fn a_long_name_is_in_two_parts() {
		let name = format!("{}/{}", "d".repeat(120), "f".repeat(90));
		let header = Header::parse(&block(|it| it.set_path(&name).expect("it fits")));
		assert_eq!(header.expect("it is good").expect("a file").name, name.as_bytes());
	}

	#[test]
	fn zeros_are_no_file_and_noise_is_an_error() {
		assert!(matches!(Header::parse(&[0; BLOCK]), Ok(None)));
		let mut noise = block(|_| ());
		noise[5] ^= 1;
		assert!(Header::parse(&noise).is_err());
		assert!(Header::parse(&[b'x'; BLOCK]).is_err());
	}

	#[test]
	fn numbers_come_in_several_forms() {
		let read = |field: &[u8]| number(field).ok();
		assert_eq!(read(b"0000644\0"), Some(0o644));
		assert_eq!(read(b"   644 \0"), Some(0o644));
		assert_eq!(read(b"\0\0\0\0\0\0\0\0"), Some(0));
		assert_eq!(read(b"\x80\0\0\0\0\0\x01\0"), Some(256));
		assert_eq!(read(b"\xff\xff\xff\xff\xff\xff\xff\xfe"), Some(-2));
		assert_eq!(read(b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"), Some(i64::MAX));
		assert_eq!(read(b"\x80\0\0\0\x80\0\0\0\0\0\0\0"), None);
		assert_eq!(read(b"\x80\x01\0\0\0\0\0\0\0\0\0\0"), None);
		assert_eq!(read(b"777777777777"), Some(0o777777777777));
		assert_eq!(read(b"0x12\0\0\0\0"), None);
		assert_eq!(read(b"-1\0\0\0\0\0\0"), None);
	}
}
