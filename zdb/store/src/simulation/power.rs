//! What is left after a power cut.

use super::{held, Change, Inode, SimulatedDisk};

/// What a disk writes at once or not at all.
const SECTOR: usize = 512;

/// A small generator of numbers: the same seed gives the same faults.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
	/// Numbers of this seed.
	pub fn new(seed: u64) -> Self {
		Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
	}

	/// The next number.
	pub fn roll(&mut self) -> u64 {
		self.0 ^= self.0 << 13;
		self.0 ^= self.0 >> 7;
		self.0 ^= self.0 << 17;
		self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
	}

	/// A number below a limit.
	pub fn below(&mut self, limit: u64) -> u64 {
		self.roll() % limit.max(1)
	}

	/// Whether something that happens once in so many times happens.
	pub fn once_in(&mut self, times: u64) -> bool {
		self.below(times) == 0
	}
}

impl SimulatedDisk {
	/// Nothing works any more, until the power is back.
	pub fn power_off(&self) {
		held(&self.state).off = true;
	}

	/// The power is back. What was synced is there. Of what was not, any sectors may be, in any
	/// order, and any file may be longer or shorter.
	pub fn power_on(&self, dice: &mut Dice) {
		let mut state = held(&self.state);
		state.off = false;
		state.cycle += 1;
		for file in &mut state.files {
			file.lose_power(dice);
		}
		// Names change in order: all that came after the last sync, or nothing of it.
		if dice.once_in(2) {
			state.names = state.durable_names.clone();
		} else {
			state.durable_names = state.names.clone();
		}
	}

	/// The process is gone, the machine is not: all that was written is there.
	pub fn restart(&self) {
		let mut state = held(&self.state);
		state.off = false;
		state.cycle += 1;
	}
}

impl Inode {
	fn lose_power(&mut self, dice: &mut Dice) {
		let mut data = self.durable.clone();
		let fate = dice.below(4);
		for change in self.pending.drain(..) {
			match change {
				Change::Write { offset, bytes } => {
					let mut done = 0;
					while done < bytes.len() {
						let at = offset + done;
						let length = (SECTOR - at % SECTOR).min(bytes.len() - done);
						let kept = match fate {
							0 => true,
							1 => false,
							_ => dice.once_in(2),
						};
						if kept {
							// What lies between and was never written reads as zeros.
							if data.len() < at + length {
								data.resize(at + length, 0);
							}
							data[at..at + length].copy_from_slice(&bytes[done..done + length]);
						}
						done += length;
					}
				},
				Change::Truncate(length) => {
					if fate != 1 {
						data.resize(length, 0);
					}
				},
			}
		}
		self.durable = data.clone();
		self.data = data;
	}
}
