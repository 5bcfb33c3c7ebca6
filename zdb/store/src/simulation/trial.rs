//! A long random life of a store, with ends of all kinds, beside a model of it.

use super::{
	model::{difference, observe, text, value, Model, Space},
	power::Dice,
	SimulatedDisk,
};
use crate::{Compaction, MaintainError, Mode, Options, Set, Settings, Store, Sync, WriteError};
use std::{sync::Arc, time::Duration};

/// What a trial went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trial {
	/// Changes made.
	pub changes: u64,
	/// Times that the process ended at once.
	pub kills: u64,
	/// Times that the power went.
	pub cuts: u64,
	/// Times that the store was closed.
	pub closes: u64,
	/// Batches that the disk refused.
	pub refused: u64,
}

struct Life {
	disk: SimulatedDisk,
	options: Options,
	dice: Dice,
	store: Option<Store>,
	/// What the store holds now.
	now: Model,
	/// What it held at the last commit.
	committed: Model,
	/// What it held after each change since what is durable for sure, the oldest first.
	since: Vec<Model>,
	/// How many of these were before the last commit.
	committed_at: usize,
	report: Trial,
	clock: u32,
}

/// Lives for so many steps. The same seed gives the same life. An error says what went wrong.
pub fn trial(seed: u64, steps: u64) -> Result<Trial, String> {
	let mut dice = Dice::new(seed);
	let disk = SimulatedDisk::new();
	let mut options = Options::on(Arc::new(disk.clone()));
	options.segment_bytes = 4096 << dice.below(6);
	options.cache_bytes = 64 << 10;
	options.reserve_bytes = 0;
	options.open_files = 4;
	options.sync = match dice.below(3) {
		0 => Sync::Always,
		1 => Sync::Interval(Duration::from_millis(1)),
		_ => Sync::Os,
	};
	if dice.once_in(4) {
		options.compaction = Compaction::Off;
	} else {
		options.compaction = Compaction::When { dead_percent: 10 + dice.below(60) as u8 };
	}
	let mut life = Life {
		disk,
		options,
		dice,
		store: None,
		now: Model::default(),
		committed: Model::default(),
		since: vec![Model::default()],
		committed_at: 0,
		report: Trial::default(),
		clock: 0,
	};
	life.open()?;
	for step in 0..steps {
		life.step().map_err(|error| format!("seed {seed}, step {step}: {error}"))?;
	}
	life.end(true).map_err(|error| format!("seed {seed}, at the end: {error}"))?;
	Ok(life.report)
}

impl Life {
	fn open(&mut self) -> Result<(), String> {
		let files = self.disk.files();
		let opened = Store::open(self.options.clone());
		self.store =
			Some(opened.map_err(|error| format!("{}; the files are {files:?}", text(error)))?);
		if matches!(self.options.sync, Sync::Interval(_)) && self.dice.once_in(3) {
			return self.wait_for_sync();
		}
		Ok(())
	}

	/// After an interval all is durable, also what was there before.
	fn wait_for_sync(&mut self) -> Result<(), String> {
		let store = self.store()?;
		for _ in 0..100_000 {
			if store.log_durable() == Some(store.log_end()) {
				return Ok(());
			}
			std::thread::sleep(Duration::from_micros(100));
		}
		Err("nobody makes durable what a start found".into())
	}

	fn store(&mut self) -> Result<&mut Store, String> {
		self.store.as_mut().ok_or_else(|| "there is no store".into())
	}

	fn step(&mut self) -> Result<(), String> {
		match self.dice.below(1000) {
			0..=3 => self.end(true),
			4..=8 => self.end(false),
			9..=13 => self.cut(),
			14..=18 => self.refuse(),
			19..=119 => self.commit(),
			120..=250 => {
				for _ in 0..40 {
					// What the disk refused a while ago is said now.
					if let Err(error @ MaintainError::Sync(_)) = self.store()?.maintain() {
						return Err(text(error));
					}
					if self.dice.once_in(8) {
						std::thread::yield_now();
					}
				}
				self.committed();
				Ok(())
			},
			251..=258 => self.namespaces(),
			259..=262 => {
				let found = observe(self.store()?)?;
				self.compare(&found)
			},
			263..=450 => self.read(),
			_ => self.change(),
		}
	}

	/// Whoever changes namespaces commits.
	fn committed(&mut self) {
		self.committed = self.now.clone();
		let store = self.store.as_ref();
		let durable = store.is_some_and(|store| store.log_durable() == Some(store.log_end()));
		if durable || self.options.sync == Sync::Always {
			self.since.clear();
		}
		self.committed_at = self.since.len();
	}

	fn commit(&mut self) -> Result<(), String> {
		self.store()?.commit().map_err(text)?;
		self.committed();
		Ok(())
	}

	fn compare(&self, found: &Model) -> Result<(), String> {
		if *found == self.now {
			return Ok(());
		}
		Err(format!("the store is not as it should be: {}", difference(found, &self.now)))
	}

	fn pick(&mut self) -> Option<Vec<u8>> {
		let count = self.now.namespaces.len() as u64;
		let at = self.dice.below(count) as usize;
		self.now.namespaces.keys().nth(at).cloned()
	}

	fn namespaces(&mut self) -> Result<(), String> {
		let picked = self.pick();
		let choice = self.dice.below(6);
		let before = self.now.clone();
		match picked {
			Some(name) if choice == 0 => {
				let store = self.store()?;
				let id = store.find(&name).ok_or("it is not found")?;
				store.remove(id).map_err(text)?;
				self.now.namespaces.remove(&name);
			},
			Some(name) if choice == 1 => {
				let store = self.store()?;
				let id = store.find(&name).ok_or("it is not found")?;
				store.flush(id).map_err(text)?;
				let space = self.now.namespaces.entry(name).or_default();
				space.keys.clear();
				space.next_id = 0;
			},
			Some(name) if choice == 2 => {
				let max_bytes = Some(20_000 + self.dice.below(50_000));
				let store = self.store()?;
				let id = store.find(&name).ok_or("it is not found")?;
				let settings = store.settings(id).cloned().unwrap_or_default();
				store.change(id, Settings { max_bytes, ..settings }).map_err(text)?;
				self.now.namespaces.entry(name).or_default().max_bytes = max_bytes;
			},
			_ if self.now.namespaces.len() < 4 => return self.create(),
			_ => return Ok(()),
		}
		// A batch that was open is committed before.
		self.since.push(before);
		self.since.push(self.now.clone());
		self.committed();
		Ok(())
	}

	fn create(&mut self) -> Result<(), String> {
		let name = format!("space-{}", self.dice.below(8)).into_bytes();
		if self.now.namespaces.contains_key(&name) {
			return Ok(());
		}
		let mode = if self.dice.once_in(3) { Mode::Sequential } else { Mode::User };
		let settings = Settings { mode, ..Settings::default() };
		self.store()?.create(&name, settings).map_err(text)?;
		self.since.push(self.now.clone());
		self.now.namespaces.insert(name, Space { mode, ..Space::default() });
		self.since.push(self.now.clone());
		self.committed();
		Ok(())
	}

	fn key(&mut self, name: &[u8]) -> Vec<u8> {
		let space = &self.now.namespaces[name];
		match space.mode {
			Mode::User => {
				let number = self.dice.below(60);
				let length = 1 + (number * 7) as usize % 40;
				format!("{number:->length$}").into_bytes()
			},
			Mode::Sequential => self.dice.below(space.next_id.max(1)).to_le_bytes().to_vec(),
		}
	}

	fn read(&mut self) -> Result<(), String> {
		let Some(name) = self.pick() else { return Ok(()) };
		let key = self.key(&name);
		let store = self.store()?;
		let id = store.find(&name).ok_or("the namespace is not found")?;
		let mut found = b"before".to_vec();
		let there = store.get(id, &key, &mut found).map_err(text)?;
		let expected = self.now.namespaces[&name].keys.get(&key);
		let right = match expected {
			Some((value, _)) => there && found[6..] == value[..],
			None => !there && found == b"before",
		};
		right.then_some(()).ok_or_else(|| format!("{key:?} is read wrong"))
	}

	fn change(&mut self) -> Result<(), String> {
		let Some(name) = self.pick() else { return self.create() };
		self.clock += 1;
		self.report.changes += 1;
		let clock = self.clock;
		let key = self.key(&name);
		let new = value(&mut self.dice);
		let delete = self.dice.once_in(4);
		let appends = self.now.namespaces[&name].mode == Mode::Sequential && self.dice.once_in(2);
		let store = self.store()?;
		let id = store.find(&name).ok_or("the namespace is not found")?;
		let space = &self.now.namespaces[&name];
		let sum: u64 = space.keys.values().map(|(value, _)| value.len() as u64).sum();
		let old = space.keys.get(&key).cloned();
		let freed = if appends { 0 } else { old.as_ref().map_or(0, |(old, _)| old.len() as u64) };
		let full = space.max_bytes.is_some_and(|most| sum - freed + new.len() as u64 > most);
		let (sequential, next_id) = (space.mode == Mode::Sequential, space.next_id);
		let store = self.store.as_mut().ok_or("there is no store")?;
		let mut next = self.now.clone();
		let space = next.namespaces.entry(name).or_default();
		if appends {
			match store.append(id, &new, clock) {
				Ok(number) if number == next_id && !full => {
					space.keys.insert(number.to_le_bytes().to_vec(), (new.into(), clock));
					space.next_id += 1;
				},
				Err(WriteError::NamespaceFull) if full => return Ok(()),
				other => return Err(format!("an append gives {other:?}")),
			}
		} else if delete {
			let deleted = store.delete(id, &key, clock).map_err(text)?;
			if deleted != old.is_some() {
				return Err(format!("deleting {key:?} gives {deleted}"));
			}
			space.keys.remove(&key);
		} else {
			match (store.set(id, &key, &new, clock), &old) {
				(Ok(Set::Unchanged), Some((old, _))) if **old == *new => return Ok(()),
				(Ok(Set::Written), old) if !full && (old.is_some() || !sequential) => {
					space.keys.insert(key, (new.into(), clock));
				},
				(Err(WriteError::NamespaceFull), _) if full => return Ok(()),
				(Err(WriteError::NotAnId), None) if sequential => return Ok(()),
				(other, _) => return Err(format!("setting {key:?} gives {other:?}")),
			}
		}
		self.since.push(std::mem::replace(&mut self.now, next));
		Ok(())
	}

	/// The disk refuses for a while: what was not committed is gone, and nothing else.
	fn refuse(&mut self) -> Result<(), String> {
		self.commit()?;
		let kind = self.dice.below(3);
		let left = self.dice.below(3);
		self.disk.misbehave(|faults| match kind {
			0 => faults.short_writes = true,
			1 => faults.writes_left = Some(left),
			_ => faults.capacity = Some(left * 1000),
		});
		let mut refused = false;
		for _ in 0..self.dice.below(30) {
			let change = self.change();
			refused |= change.is_err();
		}
		let committed = self.store()?.commit();
		self.disk.misbehave(|faults| *faults = Default::default());
		if committed.is_err() {
			self.report.refused += 1;
			// A namespace that was made on the way is committed by itself.
			self.now = self.committed.clone();
		} else if refused {
			// A change was refused by itself, and those before it are there.
			self.report.refused += 1;
			let found = observe(self.store()?)?;
			self.compare(&found)?;
		}
		self.commit()?;
		let found = observe(self.store()?)?;
		self.compare(&found)
	}

	/// The store ends, and begins again.
	fn end(&mut self, well: bool) -> Result<(), String> {
		let Some(store) = self.store.take() else { return Ok(()) };
		if well {
			store.close().map_err(text)?;
			self.report.closes += 1;
			self.since.clear();
			self.committed_at = 0;
			self.committed = self.now.clone();
		} else {
			self.disk.power_off();
			drop(store);
			self.disk.restart();
			self.report.kills += 1;
		}
		if self.dice.once_in(3) {
			self.disk.lose("index");
		}
		self.open()?;
		let found = observe(self.store()?)?;
		if well {
			return self.compare(&found);
		}
		// What was committed is there, and of what was not maybe the beginning.
		let later = self.since.get(self.committed_at..).unwrap_or_default();
		let known = found == self.now || found == self.committed || later.contains(&found);
		if !known {
			let difference = difference(&found, &self.committed);
			return Err(format!("after a kill what was committed is not there: {difference}"));
		}
		self.resume(found);
		Ok(())
	}

	/// What was found is what the store holds.
	fn resume(&mut self, found: Model) {
		self.since.push(found.clone());
		self.committed_at = self.since.len();
		self.committed = found.clone();
		self.now = found;
	}

	/// The power goes, and comes back.
	fn cut(&mut self) -> Result<(), String> {
		self.disk.power_off();
		drop(self.store.take());
		self.disk.power_on(&mut self.dice);
		self.report.cuts += 1;
		self.open()?;
		let found = observe(self.store()?)?;
		let always = self.options.sync == Sync::Always;
		let later = match always {
			false => &self.since[..],
			true => self.since.get(self.committed_at..).unwrap_or_default(),
		};
		if found != self.now && found != self.committed && !later.contains(&found) {
			let difference = difference(&found, &self.committed);
			let (sync, start) = (self.options.sync, self.store()?.recovered().clone());
			return Err(format!(
				"after a power cut the store is as it never was: {difference}; {sync:?}, {start:?}"
			));
		}
		self.since.clear();
		// What is there now was read from the disk: it stays.
		self.resume(found);
		Ok(())
	}
}
