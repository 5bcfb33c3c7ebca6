//! What the calls and hooks of the pallet weigh.

use frame_support::weights::Weight;

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
		Weight::from_parts(10_000_000, 0)
	}
	fn remove() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
	fn leave() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
	fn rejoin() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
	fn withdraw_keys() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
	fn set_timing() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
	fn turn(n: u32) -> Weight {
		Weight::from_parts(10_000_000, 0).saturating_mul((n as u64).max(1))
	}
}
