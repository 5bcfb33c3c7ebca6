//! What the calls of the pallet weigh.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// What the calls of the pallet weigh.
pub trait WeightInfo {
	/// `create`.
	fn create() -> Weight;
	/// `update`.
	fn update() -> Weight;
	/// `delete`.
	fn delete() -> Weight;
	/// `accept_terms`.
	fn accept_terms() -> Weight;
	/// `withdraw_acceptance`.
	fn withdraw_acceptance() -> Weight;
	/// `set_terms`.
	fn set_terms() -> Weight;
}

/// Estimates, for tests.
impl WeightInfo for () {
	fn create() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn update() -> Weight {
		ParityDbWeight::get().reads_writes(2, 1)
	}
	fn delete() -> Weight {
		ParityDbWeight::get().reads_writes(5, 5)
	}
	fn accept_terms() -> Weight {
		ParityDbWeight::get().reads_writes(3, 2)
	}
	fn withdraw_acceptance() -> Weight {
		ParityDbWeight::get().reads_writes(3, 2)
	}
	fn set_terms() -> Weight {
		ParityDbWeight::get().writes(1)
	}
}
