//! All namespaces, by their ids and by their names.

use super::Namespace;
use crate::{error::ReadError, NamespaceId};
use std::collections::HashMap;

/// All namespaces. An id is never used again, so one that is gone must take little.
#[derive(Default)]
pub(crate) struct Namespaces {
	list: Vec<Option<Box<Namespace>>>,
	names: HashMap<Box<[u8]>, NamespaceId>,
}

impl Namespaces {
	pub(crate) fn get(&self, id: NamespaceId) -> Option<&Namespace> {
		self.list.get(id.0 as usize)?.as_deref()
	}

	pub(crate) fn get_mut(&mut self, id: NamespaceId) -> Option<&mut Namespace> {
		self.list.get_mut(id.0 as usize)?.as_deref_mut()
	}

	/// The one of that name.
	pub(crate) fn find(&self, name: &[u8]) -> Option<NamespaceId> {
		self.names.get(name).copied()
	}

	pub(crate) fn put(&mut self, id: NamespaceId, namespace: Namespace) {
		self.remove(id);
		self.names.insert(namespace.name.as_slice().into(), id);
		self.list[id.0 as usize] = Some(Box::new(namespace));
	}

	/// Gives a namespace a name, in place of any other that it has.
	pub(crate) fn name(&mut self, id: NamespaceId, name: &[u8]) {
		let Some(Some(namespace)) = self.list.get_mut(id.0 as usize) else { return };
		let before = std::mem::replace(&mut namespace.name, name.to_vec());
		if self.names.get(before.as_slice()) == Some(&id) {
			self.names.remove(before.as_slice());
		}
		self.names.insert(name.into(), id);
	}

	/// The id stays taken.
	pub(crate) fn remove(&mut self, id: NamespaceId) {
		if id.0 as usize >= self.list.len() {
			self.list.resize_with(id.0 as usize + 1, || None);
		}
		if let Some(gone) = self.list[id.0 as usize].take() {
			if self.names.get(gone.name.as_slice()) == Some(&id) {
				self.names.remove(gone.name.as_slice());
			}
		}
	}

	/// The id of the next namespace.
	pub(crate) fn next(&self) -> NamespaceId {
		NamespaceId(self.list.len() as u32)
	}

	pub(crate) fn iter(&self) -> impl Iterator<Item = (NamespaceId, &Namespace)> {
		let all = self.list.iter().enumerate();
		all.filter_map(|(id, namespace)| Some((NamespaceId(id as u32), namespace.as_deref()?)))
	}

	pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (NamespaceId, &mut Namespace)> {
		let all = self.list.iter_mut().enumerate();
		all.filter_map(|(id, namespace)| Some((NamespaceId(id as u32), namespace.as_deref_mut()?)))
	}

	/// How many keys there are in all.
	pub(crate) fn entries(&self) -> u64 {
		self.iter().map(|(_, namespace)| namespace.index.len()).sum()
	}

	/// How much memory all indexes take.
	pub(crate) fn index_bytes(&self) -> u64 {
		self.iter().map(|(_, namespace)| namespace.index.bytes()).sum()
	}

	/// One that may be read.
	pub(crate) fn readable(&self, id: NamespaceId) -> Result<&Namespace, ReadError> {
		let namespace = self.get(id).ok_or(ReadError::NoNamespace)?;
		if namespace.settings.frozen {
			return Err(ReadError::Frozen);
		}
		Ok(namespace)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Settings;

	fn made(names: &[&str]) -> Namespaces {
		let mut all = Namespaces::default();
		for name in names {
			let namespace = Namespace::new(name.as_bytes().to_vec(), Settings::default(), 0);
			all.put(all.next(), namespace);
		}
		all
	}

	#[test]
	fn a_name_leads_to_who_has_it_now() {
		let mut all = made(&["photos", "music"]);
		assert_eq!(all.find(b"music"), Some(NamespaceId(1)));
		all.remove(NamespaceId(1));
		assert_eq!(all.find(b"music"), None);
		let again = Namespace::new(b"music".to_vec(), Settings::default(), 0);
		all.put(all.next(), again);
		assert_eq!(all.find(b"music"), Some(NamespaceId(2)), "ids are not used again");
		all.remove(NamespaceId(1));
		assert_eq!(all.find(b"music"), Some(NamespaceId(2)));
	}

	#[test]
	fn who_is_named_anew_is_not_found_by_the_old_name() {
		let mut all = made(&["photos"]);
		all.name(NamespaceId(0), b"pictures");
		assert_eq!((all.find(b"photos"), all.find(b"pictures")), (None, Some(NamespaceId(0))));
		all.put(NamespaceId(0), Namespace::new(b"films".to_vec(), Settings::default(), 0));
		assert_eq!((all.find(b"pictures"), all.find(b"films")), (None, Some(NamespaceId(0))));
	}
}
