//! What the calls of the pallet weigh.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// What the calls of the pallet weigh.
pub trait WeightInfo {
	/// `invite`.
	fn invite() -> Weight;
	/// `withdraw_invitation`.
	fn withdraw_invitation() -> Weight;
	/// `register`, with the check that stands in for its fee.
	fn register() -> Weight;
	/// `heartbeat`, with the check that stands in for its fee.
	fn heartbeat() -> Weight;
	/// `update`, with the check that stands in for its fee.
	fn update() -> Weight;
	/// `set_state`.
	fn set_state() -> Weight;
	/// `certify`.
	fn certify() -> Weight;
	/// `remove`.
	fn remove() -> Weight;
	/// `force_expel`.
	fn force_expel() -> Weight;
}

/// Estimates, for tests.
impl WeightInfo for () {
	fn invite() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn withdraw_invitation() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn register() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn heartbeat() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn update() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn set_state() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn certify() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn remove() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn force_expel() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
}
