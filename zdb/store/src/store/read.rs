//! Reading keys.

use super::Store;
use crate::{
	error::ReadError,
	format::{Head, Kind},
	log::{Found, Place},
	NamespaceId,
};

/// How well a key's record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
	/// It is as it was written.
	Good,
	/// It is not.
	Damaged,
	/// The disk does not return it.
	Unreadable,
	/// There is no such key.
	Missing,
}

impl Store {
	/// The newest record of a key.
	pub(crate) fn record(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
	) -> Result<Option<(Head, Place)>, ReadError> {
		let space = self.namespaces.readable(namespace)?;
		if key.is_empty() || key.len() > usize::from(u8::MAX) {
			return Ok(None);
		}
		let Some(locator) = space.index.locate(key, self.hash) else { return Ok(None) };
		match self.log.find(&space.index, locator, namespace.0, key) {
			Found::Record(head, place) if head.kind == Kind::Set => Ok(Some((head, place))),
			Found::Record(..) | Found::Nothing => Ok(None),
			Found::Damaged(_, error) => Err(error),
		}
	}

	/// Adds the key's value to `out`. `false` where there is none.
	pub fn get(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
		out: &mut Vec<u8>,
	) -> Result<bool, ReadError> {
		self.get_framed(namespace, key, out, |_, _| ())
	}

	/// Adds the key's value to `out`, after what `begin` adds when it is told the value's length.
	/// Where the value is damaged, `out` is as before.
	pub fn get_framed(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
		out: &mut Vec<u8>,
		begin: impl FnOnce(&mut Vec<u8>, u32),
	) -> Result<bool, ReadError> {
		let Some((head, place)) = self.record(namespace, key)? else { return Ok(false) };
		let before = out.len();
		begin(out, head.value_length);
		match self.log.value(&head, place, out) {
			Ok(()) => Ok(true),
			Err(error) => {
				out.truncate(before);
				Err(error)
			},
		}
	}

	/// Whether there is such a key.
	pub fn exists(&mut self, namespace: NamespaceId, key: &[u8]) -> Result<bool, ReadError> {
		Ok(self.record(namespace, key)?.is_some())
	}

	/// The length of the key's value.
	pub fn length(&mut self, namespace: NamespaceId, key: &[u8]) -> Result<Option<u32>, ReadError> {
		Ok(self.record(namespace, key)?.map(|(head, _)| head.value_length))
	}

	/// When the key was written.
	pub fn time(&mut self, namespace: NamespaceId, key: &[u8]) -> Result<Option<u32>, ReadError> {
		Ok(self.record(namespace, key)?.map(|(head, _)| head.timestamp))
	}

	/// Reads the key's record from the disk and says how well it is.
	pub fn check(&mut self, namespace: NamespaceId, key: &[u8]) -> Result<Check, ReadError> {
		let outcome = match self.record(namespace, key) {
			Ok(None) => return Ok(Check::Missing),
			// What is not written yet is in memory only.
			Ok(Some((head, place))) => {
				self.finish_batch().ok();
				self.log.verify(&head, place)
			},
			Err(error) => Err(error),
		};
		match outcome {
			Ok(()) => Ok(Check::Good),
			Err(ReadError::Damaged { .. }) => Ok(Check::Damaged),
			Err(ReadError::Disk { .. }) => Ok(Check::Unreadable),
			Err(other) => Err(other),
		}
	}
}
