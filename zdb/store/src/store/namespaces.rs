//! Making, changing and removing namespaces.

use super::{Namespace, Store};
use crate::{
	error::{NamespaceError, WriteError},
	format::{Head, Kind, NamespaceRecord, Position},
	index::Index,
	namespace::{Bounds, Info, Settings},
	NamespaceId,
};

/// The longest name.
const MAX_NAME: usize = 128;

/// The most bytes that are kept of a password.
const MAX_PASSWORD: usize = 1024;

/// The most namespaces that a store has in its life.
const MAX_NAMESPACES: u32 = 1 << 20;

impl Store {
	/// All namespaces with their names, in the order they were made.
	pub fn namespaces(&self) -> impl Iterator<Item = (NamespaceId, &[u8])> {
		self.namespaces.iter().map(|(id, namespace)| (id, &namespace.name[..]))
	}

	/// The namespace of that name.
	pub fn find(&self, name: &[u8]) -> Option<NamespaceId> {
		self.namespaces.find(name)
	}

	/// What is settled about a namespace.
	pub fn settings(&self, id: NamespaceId) -> Option<&Settings> {
		self.namespaces.get(id).map(|namespace| &namespace.settings)
	}

	/// What is in a namespace.
	pub fn info(&self, id: NamespaceId) -> Option<Info> {
		self.namespaces.get(id).map(|namespace| Info {
			entries: namespace.index.len(),
			data_bytes: namespace.data_bytes,
			disk_bytes: namespace.disk_bytes,
			index_bytes: namespace.index.bytes(),
			next_id: namespace.next_id,
		})
	}

	/// Makes a namespace. It is committed with all that was changed before.
	pub fn create(
		&mut self,
		name: &[u8],
		settings: Settings,
	) -> Result<NamespaceId, NamespaceError> {
		if name.is_empty() || name.len() > MAX_NAME {
			return Err(NamespaceError::Name);
		}
		if self.find(name).is_some() {
			return Err(NamespaceError::Exists);
		}
		check(&settings)?;
		let id = self.namespaces.next();
		if id.0 >= MAX_NAMESPACES {
			return Err(NamespaceError::TooMany);
		}
		let value = NamespaceRecord { settings: settings.clone(), next_id: 0 }.encode();
		self.say(Kind::Namespace, id, name, &value)?;
		self.namespaces.put(id, Namespace::new(name.to_vec(), settings, 0));
		Ok(id)
	}

	/// Changes what is settled about a namespace. It is committed with all that was changed before.
	pub fn change(&mut self, id: NamespaceId, settings: Settings) -> Result<(), NamespaceError> {
		let namespace = self.namespaces.get(id).ok_or(NamespaceError::Missing)?;
		check(&settings)?;
		let turned = namespace.settings.mode != settings.mode;
		if turned && namespace.index.len() > 0 {
			return Err(NamespaceError::NotEmpty);
		}
		let name = namespace.name.clone();
		let record = NamespaceRecord { settings: settings.clone(), next_id: namespace.next_id };
		self.say(Kind::Namespace, id, &name, &record.encode())?;
		if let Some(namespace) = self.namespaces.get_mut(id) {
			if turned {
				namespace.index = Index::new(settings.mode);
			}
			namespace.settings = settings;
		}
		Ok(())
	}

	/// Bounds what a namespace may take, until the store is closed or it is bounded anew. What is
	/// there stays.
	pub fn bound(&mut self, id: NamespaceId, bounds: Bounds) -> Result<(), NamespaceError> {
		let namespace = self.namespaces.get_mut(id).ok_or(NamespaceError::Missing)?;
		namespace.bounds = bounds;
		Ok(())
	}

	/// Removes a namespace with all that is in it. It is committed with all that was changed
	/// before. All records of it are taken from the disk soon, even where nothing else is compacted.
	pub fn remove(&mut self, id: NamespaceId) -> Result<(), NamespaceError> {
		self.namespaces.get(id).ok_or(NamespaceError::Missing)?;
		self.say(Kind::Removed, id, &[], &[])?;
		self.namespaces.remove(id);
		self.forget_values(id);
		self.chores.namespace_removed(self.log.end());
		// Only what is sealed is compacted. Where that is not possible now, it is when it is full.
		if self.log.segments.active().usage.has(id.0) {
			self.log.rotate().ok();
		}
		Ok(())
	}

	/// Removes all that is in a namespace, if what is in it may be changed. It is committed with all
	/// that was changed before.
	pub fn flush(&mut self, id: NamespaceId) -> Result<(), NamespaceError> {
		let namespace = self.namespaces.get(id).ok_or(NamespaceError::Missing)?;
		namespace.settings.allow_writing()?;
		if namespace.settings.worm {
			return Err(WriteError::Worm.into());
		}
		self.say(Kind::Flush, id, &[], &[])?;
		if let Some(namespace) = self.namespaces.get_mut(id) {
			namespace.empty();
		}
		self.forget_values(id);
		Ok(())
	}

	fn forget_values(&mut self, id: NamespaceId) {
		for segment in self.log.segments.iter_mut() {
			segment.usage.kill_all(id.0);
		}
	}

	/// Writes a record about a namespace, in a batch of its own.
	fn say(
		&mut self,
		kind: Kind,
		id: NamespaceId,
		name: &[u8],
		value: &[u8],
	) -> Result<Position, NamespaceError> {
		self.writable()?;
		self.finish_batch()?;
		let head = Head {
			kind,
			namespace: id.0,
			timestamp: 0,
			key_length: name.len() as u8,
			value_length: value.len() as u32,
			value_sum: self.log.checksum.sum(value),
			position: self.log.end(),
			previous: None,
			previous_length: 0,
		};
		let position = self.add(head, name, value, true)?;
		self.finish_batch()?;
		Ok(position)
	}
}

impl Namespace {
	/// Nothing is in it any more.
	pub(crate) fn empty(&mut self) {
		self.index = Index::new(self.settings.mode);
		self.next_id = 0;
		self.data_bytes = 0;
		self.disk_bytes = 0;
	}
}

fn check(settings: &Settings) -> Result<(), NamespaceError> {
	if settings.password.as_ref().is_some_and(|password| password.len() > MAX_PASSWORD) {
		return Err(NamespaceError::Password);
	}
	Ok(())
}
