//! What the calls of the pallet weigh.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// What the calls of the pallet weigh. What hears of a decision weighs what it says besides.
pub trait WeightInfo {
	/// `create_policy`.
	fn create_policy() -> Weight;
	/// `amend_policy`, which asks the stakeholders.
	fn amend_policy() -> Weight;
	/// `withdraw_amendment`.
	fn withdraw_amendment() -> Weight;
	/// `retire_policy`.
	fn retire_policy() -> Weight;
	/// `approve`, which decides.
	fn approve() -> Weight;
	/// `object`, which decides.
	fn object() -> Weight;
	/// `retract`.
	fn retract() -> Weight;
	/// `expire`.
	fn expire() -> Weight;
	/// `force_decide`.
	fn force_decide() -> Weight;
	/// Look whether there is anything to sweep.
	fn sweep_nothing() -> Weight;
	/// Sweep a block in which nothing expires.
	fn sweep_empty_block() -> Weight;
	/// Let one request expire.
	fn expire_one() -> Weight;
}

/// Estimates, for tests.
impl WeightInfo for () {
	fn create_policy() -> Weight {
		ParityDbWeight::get().reads_writes(3, 3)
	}
	fn amend_policy() -> Weight {
		ParityDbWeight::get().reads_writes(6, 9)
	}
	fn withdraw_amendment() -> Weight {
		ParityDbWeight::get().reads_writes(6, 8)
	}
	fn retire_policy() -> Weight {
		ParityDbWeight::get().reads_writes(3, 3)
	}
	fn approve() -> Weight {
		ParityDbWeight::get().reads_writes(7, 8)
	}
	fn object() -> Weight {
		ParityDbWeight::get().reads_writes(7, 8)
	}
	fn retract() -> Weight {
		ParityDbWeight::get().reads_writes(2, 1)
	}
	fn expire() -> Weight {
		ParityDbWeight::get().reads_writes(6, 8)
	}
	fn force_decide() -> Weight {
		ParityDbWeight::get().reads_writes(6, 8)
	}
	fn sweep_nothing() -> Weight {
		ParityDbWeight::get().reads(1)
	}
	fn sweep_empty_block() -> Weight {
		ParityDbWeight::get().reads_writes(2, 1)
	}
	fn expire_one() -> Weight {
		ParityDbWeight::get().reads_writes(8, 9)
	}
}
