//! A disk in memory that fails when it is told to, for tests of whatever keeps a store.

mod model;
mod pair;
mod power;
mod trial;

pub use pair::{follow, Followed};
pub use power::Dice;
pub use trial::{trial, Trial};

use crate::disk::{Disk, DiskFile};
use std::{
	collections::BTreeMap,
	io::{self, IoSlice},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How the disk misbehaves.
#[derive(Clone, Debug, Default)]
pub struct Faults {
	/// All writes write one part of what they are given, if it is longer than a byte.
	pub short_writes: bool,
	/// So many more writes work, then all fail with an I/O error.
	pub writes_left: Option<u64>,
	/// So many more syncs work, then all fail.
	pub syncs_left: Option<u64>,
	/// No file can be removed.
	pub keeps_files: bool,
	/// How many bytes fit. Beyond that there is no space.
	pub capacity: Option<u64>,
	/// Reads that touch this piece of this file fail.
	pub unreadable: Option<(String, std::ops::Range<u64>)>,
}

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Default)]
pub struct SimulatedDisk {
	state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
	files: Vec<Inode>,
	/// As a process sees them.
	names: BTreeMap<String, usize>,
	/// As they are after a power cut.
	durable_names: BTreeMap<String, usize>,
	faults: Faults,
	/// Handles of an earlier power cycle are dead.
	cycle: u64,
	off: bool,
	syncs: u64,
	/// How many files are open, and how many were at most.
	open: usize,
	most_open: usize,
	read: u64,
}

#[derive(Default)]
struct Inode {
	data: Vec<u8>,
	/// What the last sync made durable.
	durable: Vec<u8>,
	/// What was done since.
	pending: Vec<Change>,
	/// Up to where there is room for sure.
	reserved: usize,
}

enum Change {
	Write { offset: usize, bytes: Vec<u8> },
	Truncate(usize),
}

impl Change {
	fn make(&self, data: &mut Vec<u8>) {
		match self {
			Self::Write { offset, bytes } => {
				let end = offset + bytes.len();
				data.resize(data.len().max(end), 0);
				data[*offset..end].copy_from_slice(bytes);
			},
			Self::Truncate(length) => data.resize(*length, 0),
		}
	}
}

struct Handle {
	state: Arc<Mutex<State>>,
	file: usize,
	cycle: u64,
}

fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
	state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn missing() -> io::Error {
	io::ErrorKind::NotFound.into()
}

impl SimulatedDisk {
	/// An empty disk that works.
	pub fn new() -> Self {
		Self::default()
	}

	/// Changes how it misbehaves.
	pub fn misbehave(&self, change: impl FnOnce(&mut Faults)) {
		change(&mut held(&self.state).faults);
	}

	/// The names of all files and their lengths.
	pub fn files(&self) -> Vec<(String, usize)> {
		let state = held(&self.state);
		let files = state.names.iter();
		files.map(|(name, file)| (name.clone(), state.files[*file].data.len())).collect()
	}

	/// Changes the bytes of a file behind everybody's back, as bit rot does.
	pub fn rot(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
		let mut state = held(&self.state);
		let Some(file) = state.names.get(name).copied() else { return };
		let file = &mut state.files[file];
		change(&mut file.data);
		file.durable = file.data.clone();
		file.pending.clear();
	}

	/// Removes a file behind everybody's back.
	pub fn lose(&self, name: &str) {
		let mut state = held(&self.state);
		state.names.remove(name);
		state.durable_names.remove(name);
	}

	/// How often something was synced.
	pub fn syncs(&self) -> u64 {
		held(&self.state).syncs
	}

	/// How many files were open at a time at most.
	pub fn most_open(&self) -> usize {
		held(&self.state).most_open
	}

	/// How many bytes were read.
	pub fn read_bytes(&self) -> u64 {
		held(&self.state).read
	}

	/// Another disk with the same bytes, that has been off.
	pub fn copy(&self) -> Self {
		let state = held(&self.state);
		let mut copy = State::default();
		for (name, file) in &state.names {
			let data = state.files[*file].data.clone();
			copy.names.insert(name.clone(), copy.files.len());
			copy.files.push(Inode { durable: data.clone(), data, ..Inode::default() });
		}
		copy.durable_names = copy.names.clone();
		Self { state: Arc::new(Mutex::new(copy)) }
	}
}

impl State {
	fn alive(&self, cycle: Option<u64>) -> io::Result<()> {
		if self.off || cycle.is_some_and(|cycle| cycle != self.cycle) {
			return Err(io::Error::other("the power is off"));
		}
		Ok(())
	}

	fn used(&self) -> u64 {
		let room = |file: &Inode| file.data.len().max(file.reserved) as u64;
		self.names.values().map(|file| room(&self.files[*file])).sum()
	}

	fn sync_one(&mut self) -> io::Result<()> {
		self.syncs += 1;
		match &mut self.faults.syncs_left {
			Some(0) => Err(io::Error::other("the sync failed")),
			Some(left) => {
				*left -= 1;
				Ok(())
			},
			None => Ok(()),
		}
	}
}

impl SimulatedDisk {
	fn handle(&self, state: &mut State, file: usize) -> Arc<dyn DiskFile> {
		state.open += 1;
		state.most_open = state.most_open.max(state.open);
		Arc::new(Handle { state: self.state.clone(), file, cycle: state.cycle })
	}
}

impl Disk for SimulatedDisk {
	fn lock(&self) -> io::Result<()> {
		held(&self.state).alive(None)
	}

	fn unlock(&self) {}

	fn list(&self) -> io::Result<Vec<String>> {
		Ok(held(&self.state).names.keys().cloned().collect())
	}

	fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
		let mut state = held(&self.state);
		state.alive(None)?;
		let file = state.names.get(name).copied().ok_or_else(missing)?;
		Ok(self.handle(&mut state, file))
	}

	fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
		let mut state = held(&self.state);
		state.alive(None)?;
		let file = state.files.len();
		state.files.push(Inode::default());
		state.names.insert(name.into(), file);
		Ok(self.handle(&mut state, file))
	}

	fn rename(&self, from: &str, to: &str) -> io::Result<()> {
		let mut state = held(&self.state);
		state.alive(None)?;
		let file = state.names.remove(from).ok_or_else(missing)?;
		state.names.insert(to.into(), file);
		Ok(())
	}

	fn remove(&self, name: &str) -> io::Result<()> {
		let mut state = held(&self.state);
		state.alive(None)?;
		if state.faults.keeps_files {
			return Err(io::Error::other("the disk is broken"));
		}
		state.names.remove(name).map(|_| ()).ok_or_else(missing)
	}

	fn sync_names(&self) -> io::Result<()> {
		let mut state = held(&self.state);
		state.alive(None)?;
		state.sync_one()?;
		state.durable_names = state.names.clone();
		Ok(())
	}

	fn free_bytes(&self) -> io::Result<u64> {
		let state = held(&self.state);
		let capacity = state.faults.capacity;
		Ok(capacity.map_or(u64::MAX / 2, |capacity| capacity.saturating_sub(state.used())))
	}
}

impl Drop for Handle {
	fn drop(&mut self) {
		held(&self.state).open -= 1;
	}
}

impl Handle {
	fn state(&self) -> io::Result<MutexGuard<'_, State>> {
		let state = held(&self.state);
		state.alive(Some(self.cycle))?;
		Ok(state)
	}
}

impl DiskFile for Handle {
	fn length(&self) -> io::Result<u64> {
		Ok(self.state()?.files[self.file].data.len() as u64)
	}

	fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
		let mut state = self.state()?;
		if let Some((name, piece)) = &state.faults.unreadable {
			let touches = offset < piece.end && piece.start < offset + buffer.len() as u64;
			if state.names.get(name) == Some(&self.file) && touches {
				return Err(io::Error::other("the sector cannot be read"));
			}
		}
		let data = state.files[self.file].data.get(offset as usize..).unwrap_or_default();
		let length = data.len().min(buffer.len());
		buffer[..length].copy_from_slice(&data[..length]);
		state.read += length as u64;
		Ok(length)
	}

	fn read_to(&self, buffer: &mut Vec<u8>, length: usize, offset: u64) -> io::Result<usize> {
		let start = buffer.len();
		buffer.resize(start + length, 0);
		let read = self.read_at(&mut buffer[start..], offset);
		buffer.truncate(start + read.as_ref().map_or(0, |read| *read));
		read
	}

	fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
		let mut state = self.state()?;
		match &mut state.faults.writes_left {
			Some(0) => return Err(io::Error::other("the write failed")),
			Some(left) => *left -= 1,
			None => (),
		}
		let mut bytes: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
		if state.faults.short_writes && bytes.len() > 1 {
			bytes.truncate(bytes.len() / 2);
		}
		let offset = offset as usize;
		let length = state.files[self.file].data.len().max(state.files[self.file].reserved);
		if let Some(capacity) = state.faults.capacity {
			let free = capacity.saturating_sub(state.used()) as usize;
			let most = length.saturating_sub(offset) + free;
			if most == 0 && !bytes.is_empty() {
				return Err(io::ErrorKind::StorageFull.into());
			}
			bytes.truncate(most);
		}
		let file = &mut state.files[self.file];
		if file.data.len() < offset + bytes.len() {
			file.data.resize(offset + bytes.len(), 0);
		}
		file.data[offset..offset + bytes.len()].copy_from_slice(&bytes);
		let written = bytes.len();
		file.pending.push(Change::Write { offset, bytes });
		Ok(written)
	}

	fn sync(&self) -> io::Result<()> {
		let mut state = self.state()?;
		let synced = state.sync_one();
		let file = &mut state.files[self.file];
		// As kernels do: what could not be written is forgotten, and the next sync works.
		for change in std::mem::take(&mut file.pending) {
			if synced.is_ok() {
				change.make(&mut file.durable);
			}
		}
		synced
	}

	fn truncate(&self, length: u64) -> io::Result<()> {
		let mut state = self.state()?;
		let file = &mut state.files[self.file];
		file.data.resize(length as usize, 0);
		file.reserved = 0;
		file.pending.push(Change::Truncate(length as usize));
		Ok(())
	}

	fn reserve(&self, from: u64, length: u64) -> io::Result<()> {
		let mut state = self.state()?;
		let used = state.used();
		let capacity = state.faults.capacity;
		let file = &mut state.files[self.file];
		let more = (from + length).saturating_sub(file.data.len().max(file.reserved) as u64);
		if capacity.is_some_and(|capacity| used + more > capacity) {
			return Err(io::ErrorKind::StorageFull.into());
		}
		file.reserved = file.reserved.max((from + length) as usize);
		Ok(())
	}

	fn forget(&self, from: u64) -> io::Result<()> {
		let mut state = self.state()?;
		let file = &mut state.files[self.file];
		let mut data = file.durable.clone();
		file.pending.iter().for_each(|change| change.make(&mut data));
		data.resize(file.data.len(), 0);
		let from = data.len().min(from as usize);
		file.data[from..].copy_from_slice(&data[from..]);
		Ok(())
	}
}
