//! What a record of the log changes in memory.

use crate::{
	format::{record_length, Head, Kind, NamespaceRecord, Position},
	index::{Index, KeyHash, Locator},
	log::{Found, Log},
	namespace::Mode,
	store::{Namespace, Namespaces},
	NamespaceId,
};

/// What records of the log change.
pub(crate) struct Apply<'a> {
	pub(crate) log: &'a mut Log,
	pub(crate) namespaces: &'a mut Namespaces,
	pub(crate) hash: KeyHash,
	/// Whether the index may be of a later moment than the record. Then what it replaced may be
	/// gone from there, and what it says of that is counted.
	pub(crate) ahead: bool,
}

/// Whether what a record replaced is what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replaced {
	/// It is.
	AsSaid,
	/// It replaced nothing: what it names never came to this log.
	Nothing,
	/// It replaced this one: what was between the two never came to this log.
	Another(Position),
}

impl Apply<'_> {
	/// Does again what a record says.
	pub(crate) fn record(&mut self, head: Head, key: &[u8], value: Option<&[u8]>) -> Replaced {
		let id = NamespaceId(head.namespace);
		match head.kind {
			Kind::Set | Kind::Delete => return self.key(head, key),
			Kind::Namespace => {
				// Its name is here.
				if let Some(segment) = self.log.segments.at_mut(head.position) {
					segment.usage.touch(id.0);
				}
				if let Some(record) = value.and_then(NamespaceRecord::decode) {
					self.namespace(id, key, record);
				}
			},
			Kind::Removed => {
				self.namespaces.remove(id);
				self.forget_values(id);
			},
			Kind::Flush => {
				if let Some(namespace) = self.namespaces.get_mut(id) {
					let mut index = std::mem::replace(&mut namespace.index, Index::new(Mode::User));
					index.forget_before(head.position);
					namespace.empty();
					namespace.index = index;
				}
				self.forget_values(id);
			},
			Kind::Mark | Kind::Gap => (),
		}
		Replaced::AsSaid
	}

	fn forget_values(&mut self, id: NamespaceId) {
		for segment in self.log.segments.iter_mut() {
			segment.usage.kill_all(id.0);
		}
	}

	fn namespace(&mut self, id: NamespaceId, name: &[u8], record: NamespaceRecord) {
		let NamespaceRecord { settings, next_id } = record;
		match self.namespaces.get_mut(id) {
			Some(namespace) => {
				if namespace.settings.mode != settings.mode {
					namespace.index = Index::new(settings.mode);
				}
				namespace.settings = settings;
				namespace.next_id = namespace.next_id.max(next_id);
				self.namespaces.name(id, name);
			},
			None => self.namespaces.put(id, Namespace::new(name.to_vec(), settings, next_id)),
		}
	}

	fn key(&mut self, head: Head, key: &[u8]) -> Replaced {
		let id = NamespaceId(head.namespace);
		if let Some(segment) = self.log.segments.at_mut(head.position) {
			segment.usage.touch(id.0);
		}
		let Some(namespace) = self.namespaces.get_mut(id) else { return Replaced::AsSaid };
		let Some(locator) = namespace.index.locate(key, self.hash) else {
			return Replaced::AsSaid;
		};
		if namespace.settings.mode == Mode::Sequential {
			namespace.next_id = namespace.next_id.max(locator.0.saturating_add(1));
		}
		let taken = self.take_old(id, locator, &head, key);
		let replaced = match taken {
			None if head.previous.is_some() => Replaced::Nothing,
			Some((position, _)) if head.previous != Some(position) => Replaced::Another(position),
			_ => Replaced::AsSaid,
		};
		let said = head.previous.map(|previous| (previous, head.previous_length));
		let Some(namespace) = self.namespaces.get_mut(id) else { return replaced };
		if let Some((position, value)) = if self.ahead { said } else { taken } {
			let length = record_length(head.key_length, value);
			namespace.lost(value, length);
			if let Some(segment) = self.log.segments.at_mut(position) {
				segment.usage.kill(id.0, length);
			}
		}
		if head.kind == Kind::Set {
			if !namespace.index.contains(locator, head.position) {
				namespace.index.insert(locator, head.position);
			}
			namespace.gained(head.value_length, head.length());
			if let Some(segment) = self.log.segments.at_mut(head.position) {
				segment.usage.revive(id.0, head.length());
			}
		}
		replaced
	}

	/// Takes the record that this one replaces from the index, and says what its value's length is.
	fn take_old(
		&mut self,
		id: NamespaceId,
		locator: Locator,
		head: &Head,
		key: &[u8],
	) -> Option<(Position, u32)> {
		let namespace = self.namespaces.get_mut(id)?;
		if let Some(previous) = head.previous {
			if namespace.index.remove(locator, previous) {
				return Some((previous, head.previous_length));
			}
		}
		let mut known = (0..).map_while(|nth| namespace.index.candidate(locator, nth));
		known.find(|found| *found < head.position)?;
		// The one before it is gone, and maybe one before that is not: its key tells.
		let old = match self.log.find(&namespace.index, locator, id.0, key) {
			Found::Record(old, _) => (old.position, old.value_length),
			Found::Damaged(position, _) => (position, 0),
			Found::Nothing => return None,
		};
		(old.0 < head.position && namespace.index.remove(locator, old.0)).then_some(old)
	}
}
