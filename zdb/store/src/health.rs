//! Looking after a store: how much there is, whether all of it is well, and getting it out.

use crate::{
	error::ReadError,
	format::{Kind, Step, Want, HEADER},
	store::{Direction, Item, Store},
	NamespaceId,
};

/// How much there is in a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
	/// Namespaces.
	pub namespaces: u64,
	/// Keys.
	pub entries: u64,
	/// The length of all values.
	pub data_bytes: u64,
	/// The files of the log.
	pub segments: u64,
	/// Their length.
	pub log_bytes: u64,
	/// How much of it nobody needs.
	pub dead_bytes: u64,
	/// How much memory the indexes take.
	pub index_bytes: u64,
	/// How much memory holds data.
	pub cache_bytes: u64,
	/// How much of the disk is free, if it says so.
	pub free_bytes: Option<u64>,
	/// How much a start after a kill would read.
	pub unsaved_bytes: u64,
}

/// A piece of the log that is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
	/// The segment.
	pub segment: u32,
	/// Where in its file.
	pub offset: u32,
	/// Whose value it is, where that can be read.
	pub key: Option<(NamespaceId, Vec<u8>)>,
	/// Whether somebody would miss it: it is a key's newest value, or nobody knows what it is.
	pub needed: bool,
}

/// What a look at the whole log found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
	/// How many records are well.
	pub records: u64,
	/// What is not.
	pub damaged: Vec<Damage>,
}

/// How far a look at the whole log has come.
#[derive(Clone, Debug, Default)]
pub struct Checking {
	segment: u32,
	serial: u32,
	offset: u32,
	/// What it found so far.
	pub checked: Checked,
}

impl Store {
	/// How much there is.
	pub fn stats(&self) -> Stats {
		let segments = || self.log.segments.iter();
		Stats {
			namespaces: self.namespaces.iter().count() as u64,
			entries: self.namespaces.entries(),
			data_bytes: self.namespaces.iter().map(|(_, one)| one.data_bytes).sum(),
			segments: segments().len() as u64,
			log_bytes: segments().map(|segment| u64::from(segment.end)).sum(),
			dead_bytes: segments().map(|segment| segment.usage.dead_bytes()).sum(),
			index_bytes: self.namespaces.index_bytes(),
			cache_bytes: self.cache_bytes() as u64,
			free_bytes: self.log.disk.free_bytes().ok(),
			unsaved_bytes: self.unsaved_bytes(),
		}
	}

	/// Reads every record of the log and verifies it.
	pub fn check_all(&mut self) -> Result<Checked, ReadError> {
		let mut checking = Checking::default();
		while self.go_on_with_check(&mut checking, u64::MAX)? {}
		Ok(checking.checked)
	}

	/// Goes on with a look at the whole log: reads about so many bytes and verifies them. `false`
	/// when all is read.
	pub fn go_on_with_check(
		&mut self,
		checking: &mut Checking,
		bytes: u64,
	) -> Result<bool, ReadError> {
		self.write_log()?;
		let Some(place) = self.log.segments.place(checking.segment) else { return Ok(false) };
		let Some(segment) = self.log.segments.get(place) else { return Ok(false) };
		let (number, last, serial) = (segment.first, segment.last, segment.serial);
		if checking.serial != serial {
			// It is another file now.
			(checking.serial, checking.offset) = (serial, HEADER);
		}
		let walk = self.log.walk(place, checking.offset, Want::Values);
		let mut walk = walk.map_err(|error| self.refused(place, checking.offset, error))?;
		let limit = u64::from(checking.offset).saturating_add(bytes);
		loop {
			let at = walk.offset();
			if u64::from(at) >= limit {
				checking.offset = at;
				return Ok(true);
			}
			let checked = &mut checking.checked;
			let mut damaged = |offset, key, needed| {
				checked.damaged.push(Damage { segment: number, offset, key, needed });
			};
			let step = match walk.step() {
				Ok(step) => step,
				Err(error) => {
					log::error!("segment {number} cannot be read from {at} on: {error}");
					damaged(at, None, true);
					break;
				},
			};
			match step {
				Step::Record { value: Some(_), .. } => checked.records += 1,
				Step::Record { head, key, offset, .. } => {
					let namespace = NamespaceId(head.namespace);
					let needed = head.kind != Kind::Set || self.is_alive(&head, key);
					let key = head.kind.has_key().then(|| (namespace, key.to_vec()));
					damaged(offset, key, needed);
				},
				Step::Damaged { from } => damaged(from, None, true),
				Step::End => break,
			}
		}
		(checking.segment, checking.serial) = (last + 1, 0);
		Ok(true)
	}

	/// Hands what was written to the operating system, so that it can be read from files.
	pub(crate) fn write_log(&mut self) -> Result<(), ReadError> {
		let end = self.log.end();
		let (segment, offset) = (end.segment(), end.offset());
		self.log.write().map_err(|source| ReadError::Disk { segment, offset, source })
	}

	pub(crate) fn refused(&self, place: usize, offset: u32, source: std::io::Error) -> ReadError {
		let segment = self.log.segments.get(place).map_or(0, |segment| segment.first);
		ReadError::Disk { segment, offset, source }
	}

	/// Hands out all keys of a namespace with their values, in the order they were written. What
	/// cannot be read is handed out as such, and the rest follows.
	pub fn dump<E: From<ReadError>>(
		&mut self,
		namespace: NamespaceId,
		mut take: impl FnMut(&Item, Result<&[u8], ReadError>) -> Result<(), E>,
	) -> Result<(), E> {
		let (mut cursor, mut value) = (None, Vec::new());
		loop {
			let page = self.scan(namespace, cursor, Direction::Forward, 256)?;
			for item in &page.items {
				value.clear();
				match self.get(namespace, &item.key, &mut value) {
					Ok(true) => take(item, Ok(&value))?,
					Ok(false) => (),
					Err(error) => take(item, Err(error))?,
				}
			}
			cursor = page.next;
			if cursor.is_none() {
				return Ok(());
			}
		}
	}
}
