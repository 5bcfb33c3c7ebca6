//! A piece of a checkpoint, with its checksum.

use crate::format::u32_at;

/// The length of what a section begins with.
pub(super) const SECTION: usize = 24;

/// What a section is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SectionKind {
	Namespace,
	Segment,
	Keys,
	Numbers,
	End,
}

/// A piece of a checkpoint.
pub(crate) struct Section<'a> {
	pub(crate) kind: SectionKind,
	pub(crate) namespace: u32,
	/// How many first bits the hashes of these keys share.
	pub(crate) depth: u32,
	pub(crate) body: &'a [u8],
}

/// What a section begins with.
pub(super) struct SectionHead {
	pub(super) kind: SectionKind,
	pub(super) namespace: u32,
	pub(super) depth: u32,
	pub(super) length: usize,
	sum: u32,
}

impl Section<'_> {
	pub(crate) fn write(&self, out: &mut Vec<u8>) {
		let start = out.len();
		let kind: u32 = match self.kind {
			SectionKind::Namespace => 1,
			SectionKind::Segment => 2,
			SectionKind::Keys => 3,
			SectionKind::Numbers => 4,
			SectionKind::End => 5,
		};
		for number in [kind, self.namespace, self.depth, self.body.len() as u32, 0] {
			out.extend(number.to_le_bytes());
		}
		let sum = crc32c::crc32c_append(crc32c::crc32c(&out[start..]), self.body);
		out.extend(sum.to_le_bytes());
		out.extend(self.body);
	}
}

impl SectionHead {
	pub(super) fn decode(bytes: &[u8; SECTION]) -> Option<Self> {
		let kind = match u32_at(bytes, 0) {
			1 => SectionKind::Namespace,
			2 => SectionKind::Segment,
			3 => SectionKind::Keys,
			4 => SectionKind::Numbers,
			5 => SectionKind::End,
			_ => return None,
		};
		Some(Self {
			kind,
			namespace: u32_at(bytes, 4),
			depth: u32_at(bytes, 8),
			length: u32_at(bytes, 12) as usize,
			sum: u32_at(bytes, 20),
		})
	}

	/// Whether the section is as it was written.
	pub(super) fn verify(&self, head: &[u8; SECTION], body: &[u8]) -> bool {
		crc32c::crc32c_append(crc32c::crc32c(&head[..20]), body) == self.sum
	}
}
