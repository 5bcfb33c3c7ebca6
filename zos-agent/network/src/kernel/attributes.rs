//! Of what messages of the kernel are made: a number says what it is, and bytes say more. Attributes
//! can be in attributes.

use netlink_packet_core::{DefaultNla, Emitable, NLA_ALIGNTO, NLA_F_NESTED};
use std::io;
use zeroize::Zeroizing;

/// What is before the bytes: how long both are, and a number.
const HEADER: usize = 4;
/// The rest of the number says how the bytes are to be read.
const KINDS: u16 = 0x3fff;

pub(super) type Attribute = DefaultNla;

pub(super) fn raw(kind: u16, value: impl Into<Vec<u8>>) -> Attribute {
	DefaultNla::new(kind, value.into())
}

pub(super) fn text(kind: u16, text: &str) -> Attribute {
	raw(kind, [text.as_bytes(), &[0]].concat())
}

/// One that holds others.
pub(super) fn nest(kind: u16, inner: &[Attribute]) -> Attribute {
	raw(kind | NLA_F_NESTED, bytes(inner).to_vec())
}

/// As they are sent.
pub(super) fn bytes(attributes: &[Attribute]) -> Zeroizing<Vec<u8>> {
	let mut bytes = Zeroizing::new(vec![0; attributes.buffer_len()]);
	attributes.emit(&mut bytes);
	bytes
}

/// What they are, and what they say.
pub(super) fn read(mut bytes: &[u8]) -> io::Result<Vec<(u16, &[u8])>> {
	let cut = || io::Error::new(io::ErrorKind::InvalidData, "a message of the kernel is cut off");
	let mut all = Vec::new();
	while !bytes.is_empty() {
		let (head, _) = bytes.split_first_chunk::<HEADER>().ok_or_else(cut)?;
		let [length, kind] = [[head[0], head[1]], [head[2], head[3]]].map(u16::from_ne_bytes);
		let length = usize::from(length);
		all.push((kind & KINDS, bytes.get(HEADER..length).ok_or_else(cut)?));
		bytes = bytes.get(length.next_multiple_of(NLA_ALIGNTO)..).unwrap_or_default();
	}
	Ok(all)
}
