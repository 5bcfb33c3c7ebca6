//! A record of the log: head, key, value, and zeros up to a multiple of eight.

use super::{u32_at, u64_at, Checksum, Position};

/// The length of a head.
pub(crate) const HEAD: usize = 40;

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
	/// The key has this value.
	Set,
	/// The key is gone.
	Delete,
	/// There is such a namespace, with these settings. The key is its name.
	Namespace,
	/// The namespace is gone.
	Removed,
	/// All that was in the namespace is gone.
	Flush,
	/// All before `previous` was durable when this was written.
	Mark,
	/// The bytes up to the next record were never written.
	Gap,
}

impl Kind {
	fn of(byte: u8) -> Option<Self> {
		Some(match byte {
			1 => Self::Set,
			2 => Self::Delete,
			3 => Self::Namespace,
			4 => Self::Removed,
			5 => Self::Flush,
			6 => Self::Mark,
			7 => Self::Gap,
			_ => return None,
		})
	}

	fn byte(self) -> u8 {
		match self {
			Self::Set => 1,
			Self::Delete => 2,
			Self::Namespace => 3,
			Self::Removed => 4,
			Self::Flush => 5,
			Self::Mark => 6,
			Self::Gap => 7,
		}
	}

	/// Whether it is about a key of a namespace.
	pub(crate) fn has_key(self) -> bool {
		matches!(self, Self::Set | Self::Delete)
	}
}

/// The head of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
	pub(crate) kind: Kind,
	pub(crate) namespace: u32,
	pub(crate) timestamp: u32,
	pub(crate) key_length: u8,
	pub(crate) value_length: u32,
	pub(crate) value_sum: u32,
	/// Where the record was first written.
	pub(crate) position: Position,
	/// The record of the same key before this one.
	pub(crate) previous: Option<Position>,
	/// The length of its value, so that nobody has to read it to know what died.
	pub(crate) previous_length: u32,
}

impl Head {
	/// The length of the record with its padding.
	pub(crate) fn length(&self) -> u64 {
		record_length(self.key_length, self.value_length)
	}

	/// The length of the record before this one of the same key.
	pub(crate) fn previous_record_length(&self) -> u64 {
		record_length(self.key_length, self.previous_length)
	}

	pub(crate) fn encode(&self, key: &[u8], checksum: Checksum) -> [u8; HEAD] {
		let mut bytes = [0; HEAD];
		bytes[4..8].copy_from_slice(&self.value_sum.to_le_bytes());
		bytes[8..12].copy_from_slice(&self.value_length.to_le_bytes());
		bytes[12..16].copy_from_slice(&self.namespace.to_le_bytes());
		bytes[16..20].copy_from_slice(&self.timestamp.to_le_bytes());
		bytes[20..24].copy_from_slice(&self.previous_length.to_le_bytes());
		let position = self.position.pack() << 8 | u64::from(self.kind.byte());
		bytes[24..32].copy_from_slice(&position.to_le_bytes());
		let previous = self.previous.map_or(0, Position::pack) << 8 | u64::from(self.key_length);
		bytes[32..40].copy_from_slice(&previous.to_le_bytes());
		let sum = checksum.sum2(&bytes[4..], key);
		bytes[..4].copy_from_slice(&sum.to_le_bytes());
		bytes
	}

	/// What forty bytes say if they are a head: nothing is verified.
	pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
		let position = u64_at(bytes, 24);
		let previous = u64_at(bytes, 32);
		Some(Self {
			kind: Kind::of(position as u8)?,
			namespace: u32_at(bytes, 12),
			timestamp: u32_at(bytes, 16),
			key_length: previous as u8,
			value_length: u32_at(bytes, 8),
			value_sum: u32_at(bytes, 4),
			position: Position::unpack(position >> 8)?,
			previous: Position::unpack(previous >> 8),
			previous_length: u32_at(bytes, 20),
		})
	}

	/// The head that begins these bytes, if it and its key are as they were written.
	pub(crate) fn verify(bytes: &[u8], checksum: Checksum) -> Option<Self> {
		let head = Self::decode(bytes.get(..HEAD)?)?;
		let key = bytes.get(HEAD..HEAD + usize::from(head.key_length))?;
		(checksum.sum2(&bytes[4..HEAD], key) == u32_at(bytes, 0)).then_some(head)
	}

	/// Sets right the one bit that makes a head or its key unlike what was written.
	pub(crate) fn heal(bytes: &mut [u8], checksum: Checksum) -> Option<Self> {
		let reach = bytes.len().min(HEAD + usize::from(u8::MAX));
		for bit in 0..reach * 8 {
			let mask = 1 << (bit % 8);
			bytes[bit / 8] ^= mask;
			if let Some(head) = Self::verify(bytes, checksum) {
				return Some(head);
			}
			bytes[bit / 8] ^= mask;
		}
		None
	}
}

/// The length of a record with its padding.
pub(crate) fn record_length(key_length: u8, value_length: u32) -> u64 {
	(HEAD as u64 + u64::from(key_length) + u64::from(value_length)).next_multiple_of(8)
}
