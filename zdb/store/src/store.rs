//! The store.

use crate::{
	CloseError, CommitError, Info, MaintainError, NamespaceError, NamespaceId, OpenError, Options,
	ReadError, Settings, WriteError,
};

/// A store, owned by one thread.
pub struct Store {
	_private: (),
}

/// What became of a value that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
	/// It is written.
	Written,
	/// It was the key's value already.
	Unchanged,
}

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

/// The order of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
	/// From what was written first.
	Forward,
	/// From what was written last.
	Backward,
}

/// A place in a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(u64);

impl Cursor {
	/// As clients hold it: seventeen bytes that mean nothing to them.
	pub fn to_bytes(self) -> [u8; 17] {
		unimplemented!()
	}

	/// `None` where this is not a cursor.
	pub fn from_bytes(_bytes: &[u8]) -> Option<Self> {
		unimplemented!()
	}
}

/// A part of a scan.
#[derive(Clone, Debug, Default)]
pub struct Page {
	/// Keys in the order they were written. There may be none though the scan goes on: how much
	/// a call looks at is bounded.
	pub items: Vec<Item>,
	/// Where the scan goes on. `None` at the end.
	pub next: Option<Cursor>,
}

/// A key that a scan met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
	/// The key.
	pub key: Vec<u8>,
	/// The length of its value.
	pub length: u32,
	/// When it was written.
	pub timestamp: u32,
}

/// A version of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(u64);

impl Version {
	/// As clients hold it: eight bytes that mean nothing to them.
	pub fn to_bytes(self) -> [u8; 8] {
		self.0.to_le_bytes()
	}

	/// What clients give back.
	pub fn from_bytes(bytes: [u8; 8]) -> Self {
		Self(u64::from_le_bytes(bytes))
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

#[allow(unused_variables)]
impl Store {
	/// Opens a store, and makes it where there is none.
	pub fn open(options: Options) -> Result<Self, OpenError> {
		unimplemented!()
	}

	/// Commits, and writes down all that makes the next start fast.
	pub fn close(self) -> Result<(), CloseError> {
		unimplemented!()
	}

	/// All namespaces with their names, in the order they were made.
	pub fn namespaces(&self) -> impl Iterator<Item = (NamespaceId, &[u8])> {
		std::iter::empty()
	}

	/// Makes a namespace.
	pub fn create(
		&mut self,
		name: &[u8],
		settings: Settings,
	) -> Result<NamespaceId, NamespaceError> {
		unimplemented!()
	}

	/// Changes what is settled about a namespace.
	pub fn change(&mut self, id: NamespaceId, settings: Settings) -> Result<(), NamespaceError> {
		unimplemented!()
	}

	/// Removes a namespace with all that is in it.
	pub fn remove(&mut self, id: NamespaceId) -> Result<(), NamespaceError> {
		unimplemented!()
	}

	/// Removes all that is in a namespace.
	pub fn flush(&mut self, id: NamespaceId) -> Result<(), NamespaceError> {
		unimplemented!()
	}

	/// The namespace of that name.
	pub fn find(&self, name: &[u8]) -> Option<NamespaceId> {
		unimplemented!()
	}

	/// What is settled about a namespace.
	pub fn settings(&self, id: NamespaceId) -> Option<&Settings> {
		unimplemented!()
	}

	/// What is in a namespace.
	pub fn info(&self, id: NamespaceId) -> Option<Info> {
		unimplemented!()
	}

	/// Gives a key a value.
	pub fn set(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
		value: &[u8],
		timestamp: u32,
	) -> Result<Set, WriteError> {
		unimplemented!()
	}

	/// Adds a value to a sequential namespace. Its key is the number returned.
	pub fn append(
		&mut self,
		namespace: NamespaceId,
		value: &[u8],
		timestamp: u32,
	) -> Result<u64, WriteError> {
		unimplemented!()
	}

	/// Deletes a key. `false` where there was none.
	pub fn delete(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
		timestamp: u32,
	) -> Result<bool, WriteError> {
		unimplemented!()
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
		unimplemented!()
	}

	/// Whether there is such a key.
	pub fn exists(&mut self, namespace: NamespaceId, key: &[u8]) -> Result<bool, ReadError> {
		unimplemented!()
	}

	/// The length of the key's value.
	pub fn length(&mut self, namespace: NamespaceId, key: &[u8]) -> Result<Option<u32>, ReadError> {
		unimplemented!()
	}

	/// When the key was written.
	pub fn time(&mut self, namespace: NamespaceId, key: &[u8]) -> Result<Option<u32>, ReadError> {
		unimplemented!()
	}

	/// Reads the key's record from the disk and says how well it is.
	pub fn check(&mut self, namespace: NamespaceId, key: &[u8]) -> Result<Check, ReadError> {
		unimplemented!()
	}

	/// The place of a key in a scan: the scan goes on after it.
	pub fn cursor(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
	) -> Result<Option<Cursor>, ReadError> {
		unimplemented!()
	}

	/// The next keys, at most `limit`, after a cursor or from the beginning. A key that is there
	/// during the whole of a forward scan is met at least once.
	pub fn scan(
		&mut self,
		namespace: NamespaceId,
		after: Option<Cursor>,
		direction: Direction,
		limit: usize,
	) -> Result<Page, ReadError> {
		unimplemented!()
	}

	/// What a key is, or was at a version. `None` where there is no such key.
	pub fn history(
		&mut self,
		namespace: NamespaceId,
		key: &[u8],
		version: Option<Version>,
	) -> Result<Option<Past>, ReadError> {
		unimplemented!()
	}

	/// Ends a batch: all that was changed since the last commit is handed to the operating system,
	/// and is durable when the store syncs always. Before it returns nobody may be told of the
	/// changes. After an error none of them is there.
	pub fn commit(&mut self) -> Result<(), CommitError> {
		unimplemented!()
	}

	/// Takes over what the store's threads finished and gives them more to do, for a fraction of a
	/// millisecond. `true` where there is more to do at once; otherwise a call every 100 ms will do.
	pub fn maintain(&mut self) -> Result<bool, MaintainError> {
		unimplemented!()
	}

	/// Whether, and since what, the store takes no changes.
	pub fn read_only(&self) -> Option<&'static str> {
		unimplemented!()
	}
}
