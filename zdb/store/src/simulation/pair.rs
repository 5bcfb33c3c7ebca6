//! A long random life of a store and of a copy of it, which is behind now and then.

use super::{
	model::{difference, observe, text, value},
	power::Dice,
	SimulatedDisk,
};
use crate::{
	error::WriteError,
	replication::{Joined, Kinship, LogPosition},
	Compaction, Mode, NamespaceId, Options, Settings, Store, Sync,
};
use std::sync::Arc;

/// What a master and its copy went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
	/// Changes made.
	pub changes: u64,
	/// Ends of either, gentle and not.
	pub ends: u64,
	/// Times that the copy went on where it was.
	pub resumed: u64,
	/// Times that it had to be made anew.
	pub anew: u64,
	/// Times that the copy took over.
	pub promoted: u64,
	/// Times that both were compared.
	pub compared: u64,
}

/// One of the two.
struct Side {
	disk: SimulatedDisk,
	options: Options,
	store: Option<Store>,
}

struct Pair {
	dice: Dice,
	master: Side,
	copy: Side,
	connected: bool,
	joined: Option<Joined>,
	report: Followed,
	clock: u32,
}

/// Lives for so many steps. The same seed gives the same life, but for what threads do in it. An
/// error says what went wrong.
pub fn follow(seed: u64, steps: u64) -> Result<Followed, String> {
	let mut dice = Dice::new(seed);
	let sync = if dice.once_in(2) { Sync::Always } else { Sync::Os };
	let mut master = Side::new(&mut dice, sync);
	let options = Options { sync, ..master.options.clone() };
	master.store = Some(open(&options)?);
	let mut pair = Pair {
		copy: Side::new(&mut dice, sync),
		dice,
		master,
		connected: false,
		joined: None,
		report: Followed::default(),
		clock: 0,
	};
	pair.begin_anew()?;
	for step in 0..steps {
		pair.step().map_err(|error| format!("seed {seed}, step {step}: {error}"))?;
	}
	pair.compare().map_err(|error| format!("seed {seed}, at the end: {error}"))?;
	Ok(pair.report)
}

fn open(options: &Options) -> Result<Store, String> {
	Store::open(options.clone()).map_err(text)
}

impl Side {
	fn new(dice: &mut Dice, sync: Sync) -> Self {
		let disk = SimulatedDisk::new();
		let mut options = Options::on(Arc::new(disk.clone()));
		options.segment_bytes = 4096 << dice.below(3);
		options.cache_bytes = 64 << 10;
		options.reserve_bytes = 0;
		options.open_files = 4;
		options.sync = sync;
		if !dice.once_in(6) {
			options.compaction = Compaction::When { dead_percent: 10 + dice.below(40) as u8 };
		}
		Self { disk, options, store: None }
	}

	fn store(&mut self) -> Result<&mut Store, String> {
		self.store.as_mut().ok_or_else(|| "there is no store".into())
	}

	fn maintain(&mut self, dice: &mut Dice) -> Result<(), String> {
		for _ in 0..60 {
			self.store()?.maintain().map_err(text)?;
			if dice.once_in(6) {
				std::thread::yield_now();
			}
		}
		Ok(())
	}
}

impl Pair {
	fn step(&mut self) -> Result<(), String> {
		match self.dice.below(1000) {
			0..=4 => self.end_of_master(),
			5..=14 => self.end_of_copy(),
			15..=24 if self.connected => {
				self.cut_off();
				Ok(())
			},
			15..=39 if !self.connected => self.connect(),
			40..=47 => self.namespaces(),
			48..=120 => self.master.maintain(&mut self.dice),
			121..=180 => self.copy.maintain(&mut self.dice),
			181..=330 => self.send().map(|_| ()),
			331..=334 => self.compare(),
			335 => self.promote(),
			336..=420 => self.master.store()?.commit().map_err(text),
			_ => self.change(),
		}
	}

	fn pick(&mut self) -> Result<Option<NamespaceId>, String> {
		let ids: Vec<NamespaceId> = self.master.store()?.namespaces().map(|(id, _)| id).collect();
		Ok(ids.get(self.dice.below(ids.len() as u64) as usize).copied())
	}

	fn namespaces(&mut self) -> Result<(), String> {
		let picked = self.pick()?;
		let choice = self.dice.below(8);
		let name = format!("space-{}", self.dice.below(5)).into_bytes();
		let mode = if self.dice.once_in(3) { Mode::Sequential } else { Mode::User };
		let store = self.master.store()?;
		match picked {
			Some(id) if choice == 0 => store.remove(id).map_err(text),
			Some(id) if choice == 1 => store.flush(id).map_err(text),
			_ if store.find(&name).is_some() => Ok(()),
			_ => {
				let settings = Settings { mode, ..Settings::default() };
				store.create(&name, settings).map(|_| ()).map_err(text)
			},
		}
	}

	fn change(&mut self) -> Result<(), String> {
		let Some(id) = self.pick()? else { return self.namespaces() };
		self.clock += 1;
		self.report.changes += 1;
		let new = value(&mut self.dice);
		let (number, fate) = (self.dice.below(30), self.dice.below(3));
		let clock = self.clock;
		let store = self.master.store()?;
		let sequential = store.settings(id).is_some_and(|known| known.mode == Mode::Sequential);
		let next = store.info(id).map_or(0, |info| info.next_id);
		let key = match sequential {
			true => next.saturating_sub(number).to_le_bytes().to_vec(),
			false => format!("key-{number}").into_bytes(),
		};
		let done = match fate {
			0 => store.delete(id, &key, clock).map(|_| ()),
			_ if sequential && number < 10 => store.append(id, &new, clock).map(|_| ()),
			_ => store.set(id, &key, &new, clock).map(|_| ()),
		};
		match done {
			Err(WriteError::NotAnId) | Ok(()) => Ok(()),
			Err(error) => Err(text(error)),
		}
	}

	/// The copy begins with nothing.
	fn begin_anew(&mut self) -> Result<(), String> {
		let sync = self.copy.options.sync;
		self.copy = Side::new(&mut self.dice, sync);
		self.copy.options.replica_of = Some(self.master.store()?.identity());
		self.copy.store = Some(open(&self.copy.options)?);
		Ok(())
	}

	fn connect(&mut self) -> Result<(), String> {
		self.master.store()?.commit().map_err(text)?;
		let tip = self.copy.store()?.tip().map_err(text)?;
		let joined = self.joined;
		match self.master.store()?.kinship(tip, joined).map_err(text)? {
			Kinship::Beginning => self.report.resumed += 1,
			Kinship::Later => {
				self.master.store()?.keep_deletions(Some(tip.end));
				return Ok(());
			},
			Kinship::Other => return Err(format!("the copy is said to be another: {tip:?}")),
			Kinship::Unknown => {
				self.report.anew += 1;
				self.begin_anew()?;
				return Ok(());
			},
		}
		self.master.store()?.keep_deletions(Some(tip.end));
		self.joined = Some(self.master.store()?.join(tip.end, false));
		self.connected = true;
		Ok(())
	}

	fn cut_off(&mut self) {
		self.connected = false;
		// Whether or not the master waits for it.
		if self.dice.once_in(2) {
			if let Some(master) = &mut self.master.store {
				master.keep_deletions(None);
			}
		}
	}

	/// Sends the copy a piece of what it lacks. `true` where that is all.
	fn send(&mut self) -> Result<bool, String> {
		if !self.connected {
			return Ok(false);
		}
		let bytes = self.dice.below(6000) as usize;
		let mut records = Vec::new();
		let from: LogPosition = self.copy.store()?.log_end();
		let master = self.master.store()?;
		master.commit().map_err(text)?;
		let next = master.read_log(from, bytes, &mut records).map_err(text)?;
		let all = next == master.log_end();
		let copy = self.copy.store()?;
		copy.apply(&records).map_err(text)?;
		copy.commit().map_err(text)?;
		let end = copy.log_end();
		self.master.store()?.keep_deletions(Some(end));
		Ok(all)
	}

	/// Has the copy catch up, and compares the two.
	fn compare(&mut self) -> Result<(), String> {
		while !self.connected {
			self.connect()?;
			self.master.maintain(&mut self.dice)?;
		}
		while !self.send()? {}
		self.report.compared += 1;
		let expected = observe(self.master.store()?).map_err(|e| format!("master: {e}"))?;
		let found = observe(self.copy.store()?).map_err(|e| format!("copy: {e}"))?;
		if found != expected {
			return Err(format!("the copy differs: {}", difference(&found, &expected)));
		}
		for segment in 0..self.master.store()?.log_segments() {
			let master = self.master.store()?.digest(segment).map_err(text)?;
			let copy = self.copy.store()?.digest(segment).map_err(text)?;
			// Nothing of the last one may have come.
			let digests = (master.unwrap_or_default(), copy.unwrap_or_default());
			if digests.0 != digests.1 {
				return Err(format!("segment {segment}: {digests:?}"));
			}
		}
		Ok(())
	}

	/// The copy takes the master's place, and another copy is begun.
	fn promote(&mut self) -> Result<(), String> {
		self.compare()?;
		self.cut_off();
		std::mem::swap(&mut self.master, &mut self.copy);
		self.report.promoted += 1;
		self.begin_anew()
	}

	fn end_of_master(&mut self) -> Result<(), String> {
		self.cut_off();
		self.report.ends += 1;
		let fate = self.dice.below(3);
		let Some(mut store) = self.master.store.take() else { return Ok(()) };
		if fate == 0 {
			store.close().map_err(text)?;
		} else {
			store.commit().map_err(text)?;
			self.master.disk.power_off();
			drop(store);
			// What a copy was sent is durable under `always` only.
			match self.master.options.sync {
				Sync::Always if fate == 1 => self.master.disk.power_on(&mut self.dice),
				_ => self.master.disk.restart(),
			}
		}
		self.master.store = Some(open(&self.master.options)?);
		Ok(())
	}

	/// The copy ends, and is what it was when it begins again, or has less after a power cut.
	fn end_of_copy(&mut self) -> Result<(), String> {
		self.cut_off();
		self.report.ends += 1;
		let fate = self.dice.below(4);
		let Some(mut store) = self.copy.store.take() else { return Ok(()) };
		let before = observe(&mut store).map_err(|e| format!("before its end: {e}"))?;
		if fate == 0 {
			store.close_copy().map_err(text)?;
		} else {
			self.copy.disk.power_off();
			drop(store);
			match fate {
				1 => self.copy.disk.power_on(&mut self.dice),
				_ => self.copy.disk.restart(),
			}
		}
		if self.dice.once_in(4) {
			self.copy.disk.lose("index");
		}
		self.copy.store = Some(open(&self.copy.options)?);
		let start = self.copy.store()?.recovered().clone();
		let after =
			observe(self.copy.store()?).map_err(|e| format!("after end {fate}: {e}; {start:?}"))?;
		if fate != 1 && after != before {
			let start = self.copy.store()?.recovered().clone();
			let difference = difference(&after, &before);
			return Err(format!("after a restart the copy is another: {difference}; {start:?}"));
		}
		Ok(())
	}
}
