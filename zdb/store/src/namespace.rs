//! Namespaces: their settings, and what is in them.

use crate::WriteError;

/// A namespace. Ids are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NamespaceId(pub u32);

/// Who names the keys of a namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
	/// Whoever writes: 1 to 255 bytes.
	#[default]
	User,
	/// The store: a number each, from 0, as eight bytes, the lowest first.
	Sequential,
}

/// What is settled about a namespace, kept with its data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
	/// Who names the keys.
	pub mode: Mode,
	/// Whether those who do not know the password may read.
	pub public: bool,
	/// What the server makes of the password, up to 1024 bytes. The store does not look into it.
	pub password: Option<Vec<u8>>,
	/// How many bytes of values there may be.
	pub max_bytes: Option<u64>,
	/// Whether what was written stays for ever: no key is changed or deleted.
	pub worm: bool,
	/// Whether nothing may be written.
	pub locked: bool,
	/// Whether nothing may be read or written.
	pub frozen: bool,
}

impl Settings {
	/// Refuses where nothing may be written at all.
	pub(crate) fn allow_writing(&self) -> Result<(), WriteError> {
		if self.frozen {
			return Err(WriteError::Frozen);
		}
		if self.locked {
			return Err(WriteError::Locked);
		}
		Ok(())
	}
}

/// What a namespace may take at most, beside what its settings say: as long as the store is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
	/// Of the disk: values, keys and all that belongs to them.
	pub disk_bytes: Option<u64>,
	/// How many keys there may be, as each takes memory.
	pub entries: Option<u64>,
}

/// What is in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
	/// How many keys there are.
	pub entries: u64,
	/// The length of all values together.
	pub data_bytes: u64,
	/// How much of the disk the records of these keys take.
	pub disk_bytes: u64,
	/// How much memory the index of these keys takes.
	pub index_bytes: u64,
	/// The number that the next value of a sequential namespace gets.
	pub next_id: u64,
}
