//! What keys were before.

use super::Store;
use crate::{
	error::ReadError,
	format::{Kind, Position},
	NamespaceId,
};

/// A version of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(Position);

impl Version {
	/// As clients hold it: eight bytes that mean nothing to them.
	pub fn to_bytes(self) -> [u8; 8] {
		self.0.raw().to_le_bytes()
	}

	/// What clients give back. `None` where it is no version.
	pub fn from_bytes(bytes: [u8; 8]) -> Option<Self> {
		Position::from_raw(u64::from_le_bytes(bytes)).map(Self)
	}
}

/// What a key was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
	/// The version before this one, if it may still be there.
	pub previous: Option<Version>,
	/// When this one was written.
	pub timestamp: u32,
	/// Its value. `None` where the key was deleted.
	pub value: Option<Vec<u8>>,
}

impl Store {
	/// What a key is, or was at a version. `None` where there is no such key, or no longer such a
	/// version: compaction takes those that newer ones replaced.
	pub fn history(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
		version: Option<Version>,
	) -> Result<Option<Past>, ReadError> {
		let found = match version {
			None => self.record(namespace, key)?,
			Some(Version(position)) => {
				self.namespaces.readable(namespace)?;
				if position > self.log.end() {
					return Err(ReadError::Version);
				}
				self.log.version(position, namespace.0, key).map_err(|error| match error {
					// A client may give any number: where nothing begins is no damage.
					ReadError::Damaged { .. } => ReadError::Version,
					other => other,
				})?
			},
		};
		let Some((head, place)) = found else { return Ok(None) };
		let value = if head.kind == Kind::Set {
			let mut value = Vec::new();
			self.log.value(&head, place, &mut value)?;
			Some(value)
		} else {
			None
		};
		let previous = head.previous.map(Version);
		Ok(Some(Past { previous, timestamp: head.timestamp, value }))
	}
}
