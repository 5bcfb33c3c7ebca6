//! Names, texts, secrets and lists, all of them bounded.

use alloc::string::String;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// A list of at most so many.
pub type List<T, const MOST: u32> = BoundedVec<T, ConstU32<MOST>>;

/// The name of a workload: 1 to 36 characters of a-z, 0-9 and -.
pub type Name = Text<36>;

/// A text of at most so many bytes, in UTF-8.
#[derive(
	Clone,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Text<const MOST: u32>(pub List<u8, MOST>);

/// A secret, sealed to the key of a node: an X25519 sealed box.
#[derive(
	Clone, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Sealed(pub List<u8, { Sealed::MOST }>);

impl Sealed {
	/// What sealing adds to a secret: the key of the box, and its seal.
	pub const OVERHEAD: u32 = 48;
	/// The most bytes, sealed.
	pub const MOST: u32 = 2_048 + Self::OVERHEAD;
}

impl<const MOST: u32> Text<MOST> {
	/// The text, if it is UTF-8.
	pub fn as_str(&self) -> Option<&str> {
		core::str::from_utf8(&self.0).ok()
	}
}

impl<const MOST: u32> fmt::Debug for Text<MOST> {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		String::from_utf8_lossy(&self.0).fmt(f)
	}
}

impl Name {
	/// Whether it is 1 to 36 characters of a-z, 0-9 and -, and does not begin or end with -.
	pub fn is_name(&self) -> bool {
		let plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
		!self.0.is_empty()
			&& self.0.iter().all(plain)
			&& !self.0.starts_with(b"-")
			&& !self.0.ends_with(b"-")
	}
}

/// The text is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl<const MOST: u32> TryFrom<&str> for Text<MOST> {
	type Error = TooLong;

	fn try_from(text: &str) -> Result<Self, TooLong> {
		text.as_bytes().to_vec().try_into().map(Self).map_err(|_| TooLong)
	}
}

/// What is sealed is nobody's to read, not even here.
impl fmt::Debug for Sealed {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		write!(f, "Sealed({} bytes)", self.0.len())
	}
}
