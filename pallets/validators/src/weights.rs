//! What the calls and hooks of the pallet weigh.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// What the calls and hooks of the pallet weigh.
pub trait WeightInfo {
	/// `add`.
	fn add() -> Weight;
	/// `remove`.
	fn remove() -> Weight;
	/// `leave`.
	fn leave() -> Weight;
	/// `rejoin`.
	fn rejoin() -> Weight;
	/// `withdraw_keys`.
	fn withdraw_keys() -> Weight;
	/// `set_timing`.
	fn set_timing() -> Weight;
	/// The turn of a session with `n` validators, all of whom change.
	fn turn(n: u32) -> Weight;
}

impl WeightInfo for () {
	fn add() -> Weight {
		Weight::from_parts(40_000_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 5))
	}
	fn remove() -> Weight {
		Weight::from_parts(40_000_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 5))
	}
	fn leave() -> Weight {
		Weight::from_parts(40_000_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 5))
	}
	fn rejoin() -> Weight {
		Weight::from_parts(40_000_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 5))
	}
	fn withdraw_keys() -> Weight {
		Weight::from_parts(40_000_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 5))
	}
	fn set_timing() -> Weight {
		Weight::from_parts(40_000_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 5))
	}
	fn turn(n: u32) -> Weight {
		Weight::from_parts(100_000_000, 0)
			.saturating_add(Weight::from_parts(40_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(20, 20))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
	}
}
