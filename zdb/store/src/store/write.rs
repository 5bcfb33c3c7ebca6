//! Changing keys.

use super::{batch::Undo, Store};
use crate::{
	error::WriteError,
	format::{Head, Kind, Position, MAX_VALUE},
	index::Locator,
	log::Found,
	namespace::Mode,
	NamespaceId,
};

/// What became of a value that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
	/// It is written.
	Written,
	/// It was the key's value already.
	Unchanged,
}

/// The record that a change replaces.
#[derive(Clone, Copy)]
struct Old {
	position: Position,
	length: u32,
}

impl Store {
	/// Gives a key a value.
	pub fn set(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
		value: &[u8],
		timestamp: u32,
	) -> Result<Set, WriteError> {
		let locator = self.may_write(namespace, key)?;
		if value.len() > MAX_VALUE {
			return Err(WriteError::ValueTooLong);
		}
		let Some(space) = self.namespaces.get(namespace) else {
			return Err(WriteError::NoNamespace);
		};
		let sum = self.log.checksum.sum(value);
		let length = value.len() as u32;
		let old = match self.log.find(&space.index, locator, namespace.0, key) {
			Found::Nothing => None,
			Found::Record(head, place) => {
				if space.settings.worm {
					return Err(WriteError::Worm);
				}
				let same = head.value_sum == sum && head.value_length == length;
				if same && self.log.is_value(&head, place, value) {
					return Ok(Set::Unchanged);
				}
				Some(Old { position: head.position, length: head.value_length })
			},
			Found::Damaged(..) if space.settings.worm => return Err(WriteError::Worm),
			// Nobody knows its length any more. What it is counted as stays counted.
			Found::Damaged(position, _) => Some(Old { position, length: 0 }),
		};
		if old.is_none() && space.settings.mode == Mode::Sequential {
			return Err(WriteError::NotAnId);
		}
		self.put(namespace, locator, key, (value, sum), timestamp, old)?;
		Ok(Set::Written)
	}

	/// Adds a value to a sequential namespace. Its key is the number returned.
	pub fn append(
		&mut self,
		namespace: NamespaceId,
		value: &[u8],
		timestamp: u32,
	) -> Result<u64, WriteError> {
		self.writable()?;
		if value.len() > MAX_VALUE {
			return Err(WriteError::ValueTooLong);
		}
		let space = self.namespaces.get(namespace).ok_or(WriteError::NoNamespace)?;
		if space.settings.mode != Mode::Sequential {
			return Err(WriteError::NotSequential);
		}
		let id = space.next_id;
		let key = id.to_le_bytes();
		let locator = self.may_write(namespace, &key)?;
		let sum = self.log.checksum.sum(value);
		self.put(namespace, locator, &key, (value, sum), timestamp, None)?;
		Ok(id)
	}

	/// Deletes a key. `false` where there was none.
	pub fn delete(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
		timestamp: u32,
	) -> Result<bool, WriteError> {
		let locator = match self.may_write(namespace, key) {
			Err(WriteError::NotAnId) => return Ok(false),
			outcome => outcome?,
		};
		let Some(space) = self.namespaces.get(namespace) else {
			return Err(WriteError::NoNamespace);
		};
		if space.settings.worm {
			return Err(WriteError::Worm);
		}
		let old = match self.log.find(&space.index, locator, namespace.0, key) {
			Found::Nothing => return Ok(false),
			Found::Record(head, _) => Old { position: head.position, length: head.value_length },
			Found::Damaged(position, _) => Old { position, length: 0 },
		};
		let next_id = space.next_id;
		let head = Head {
			kind: Kind::Delete,
			namespace: namespace.0,
			timestamp,
			key_length: key.len() as u8,
			value_length: 0,
			value_sum: self.log.checksum.sum(&[]),
			position: old.position,
			previous: Some(old.position),
			previous_length: old.length,
		};
		self.add(head, key, &[], true)?;
		self.lose(namespace, head);
		if let Some(space) = self.namespaces.get_mut(namespace) {
			space.index.remove(locator, old.position);
		}
		self.remember(Undo {
			namespace,
			locator,
			key_length: head.key_length,
			new: None,
			old: Some((old.position, old.length)),
			next_id,
		});
		Ok(true)
	}

	/// Whether this key of this namespace may be written, and how it is looked up.
	fn may_write(&self, namespace: NamespaceId, key: &[u8]) -> Result<Locator, WriteError> {
		self.writable()?;
		let space = self.namespaces.get(namespace).ok_or(WriteError::NoNamespace)?;
		space.settings.allow_writing()?;
		if key.is_empty() || key.len() > usize::from(u8::MAX) {
			return Err(WriteError::KeyLength);
		}
		space.index.locate(key, self.hash).ok_or(WriteError::NotAnId)
	}

	fn put(
		&mut self,
		namespace: NamespaceId,
		locator: Locator,
		key: &[u8],
		(value, sum): (&[u8], u32),
		timestamp: u32,
		old: Option<Old>,
	) -> Result<(), WriteError> {
		let Some(space) = self.namespaces.get(namespace) else {
			return Err(WriteError::NoNamespace);
		};
		let next_id = space.next_id;
		if let Some(most) = space.settings.max_bytes {
			let freed = old.map_or(0, |old| u64::from(old.length));
			let others = space.data_bytes.saturating_sub(freed);
			if others + value.len() as u64 > most {
				return Err(WriteError::NamespaceFull);
			}
		}
		let record = crate::format::record_length(key.len() as u8, value.len() as u32);
		let replaced = old.map(|old| crate::format::record_length(key.len() as u8, old.length));
		if !space.has_room(record, replaced) {
			return Err(WriteError::NamespaceFull);
		}
		let head = Head {
			kind: Kind::Set,
			namespace: namespace.0,
			timestamp,
			key_length: key.len() as u8,
			value_length: value.len() as u32,
			value_sum: sum,
			position: self.log.end(),
			previous: old.map(|old| old.position),
			previous_length: old.map_or(0, |old| old.length),
		};
		let position = self.add(head, key, value, false)?;
		if old.is_some() {
			self.lose(namespace, head);
		}
		if let Some(space) = self.namespaces.get_mut(namespace) {
			space.gained(head.value_length, head.length());
			match old {
				Some(old) => {
					space.index.replace(locator, old.position, position);
				},
				None => space.index.insert(locator, position),
			}
			if space.settings.mode == Mode::Sequential && old.is_none() {
				space.next_id += 1;
			}
		}
		self.remember(Undo {
			namespace,
			locator,
			key_length: head.key_length,
			new: Some((position, head.value_length)),
			old: old.map(|old| (old.position, old.length)),
			next_id,
		});
		Ok(())
	}

	/// The record before this one is dead.
	fn lose(&mut self, namespace: NamespaceId, head: Head) {
		let length = head.previous_record_length();
		if let Some(space) = self.namespaces.get_mut(namespace) {
			space.lost(head.previous_length, length);
		}
		if let Some(segment) = head.previous.and_then(|old| self.log.segments.at_mut(old)) {
			segment.usage.kill(namespace.0, length);
		}
	}
}
