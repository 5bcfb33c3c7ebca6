//! Where the newest record of each key is.

mod keys;
mod sequence;
mod shard;

pub(crate) use keys::{KeyBuilder, KeyIndex};
pub(crate) use sequence::SequenceIndex;
pub(crate) use shard::Slot;

use crate::{format::Position, namespace::Mode};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// How a namespace finds its keys.
pub(crate) enum Index {
	Keys(KeyIndex),
	Sequence(SequenceIndex),
}

/// What a key is looked up by: the hash of a user's key, the number of a sequential one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Locator(pub(crate) u64);

/// Hashes keys with a secret of this store, so that nobody can choose keys that collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyHash {
	pub(crate) secret: [u8; 16],
}

impl KeyHash {
	pub(crate) fn of(self, key: &[u8]) -> u64 {
		let mut hasher = SipHasher13::new_with_key(&self.secret);
		hasher.write(key);
		hasher.finish()
	}
}

impl Index {
	pub(crate) fn new(mode: Mode) -> Self {
		match mode {
			Mode::User => Self::Keys(KeyIndex::default()),
			Mode::Sequential => Self::Sequence(SequenceIndex::default()),
		}
	}

	/// `None` where a sequential namespace cannot have such a key.
	pub(crate) fn locate(&self, key: &[u8], hash: KeyHash) -> Option<Locator> {
		match self {
			Self::Keys(_) => Some(Locator(hash.of(key))),
			Self::Sequence(_) => Some(Locator(u64::from_le_bytes(<[u8; 8]>::try_from(key).ok()?))),
		}
	}

	pub(crate) fn len(&self) -> u64 {
		match self {
			Self::Keys(keys) => keys.len(),
			Self::Sequence(ids) => ids.len(),
		}
	}

	/// How much memory it takes.
	pub(crate) fn bytes(&self) -> u64 {
		match self {
			Self::Keys(keys) => keys.bytes(),
			Self::Sequence(ids) => ids.bytes(),
		}
	}

	/// Where records of this key may be: hashes collide. `nth` counts from 0.
	pub(crate) fn candidate(&self, locator: Locator, nth: usize) -> Option<Position> {
		match self {
			Self::Keys(keys) => keys.candidate(locator.0, nth),
			Self::Sequence(ids) => (nth == 0).then(|| ids.get(locator.0)).flatten(),
		}
	}

	pub(crate) fn contains(&self, locator: Locator, position: Position) -> bool {
		match self {
			Self::Keys(keys) => keys.contains(locator.0, position),
			Self::Sequence(ids) => ids.get(locator.0) == Some(position),
		}
	}

	pub(crate) fn insert(&mut self, locator: Locator, position: Position) {
		match self {
			Self::Keys(keys) => keys.insert(locator.0, position),
			Self::Sequence(ids) => ids.set(locator.0, position),
		}
	}

	/// `false` where `old` is not there: then nothing changes.
	pub(crate) fn replace(&mut self, locator: Locator, old: Position, new: Position) -> bool {
		match self {
			Self::Keys(keys) => keys.replace(locator.0, old, new),
			Self::Sequence(ids) => {
				let found = ids.get(locator.0) == Some(old);
				if found {
					ids.set(locator.0, new);
				}
				found
			},
		}
	}

	/// `false` where it is not there.
	pub(crate) fn remove(&mut self, locator: Locator, position: Position) -> bool {
		match self {
			Self::Keys(keys) => keys.remove(locator.0, position),
			Self::Sequence(ids) => {
				let found = ids.get(locator.0) == Some(position);
				if found {
					ids.remove(locator.0);
				}
				found
			},
		}
	}

	/// Removes all records before a position.
	pub(crate) fn forget_before(&mut self, position: Position) {
		match self {
			Self::Keys(keys) => keys.forget_before(position),
			Self::Sequence(ids) => ids.forget_before(position),
		}
	}
}
