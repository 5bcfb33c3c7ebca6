//! What the calls and hooks of `pallet_approvals` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_approvals::WeightInfo for Measured {
	fn create_policy() -> Weight {
		Weight::from_parts(61_190_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 4))
	}
	fn amend_policy() -> Weight {
		Weight::from_parts(145_470_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 9))
	}
	fn withdraw_amendment() -> Weight {
		Weight::from_parts(92_540_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 7))
	}
	fn retire_policy() -> Weight {
		Weight::from_parts(41_540_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 3))
	}
	fn approve() -> Weight {
		Weight::from_parts(112_040_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 7))
	}
	fn object() -> Weight {
		Weight::from_parts(124_620_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 7))
	}
	fn retract() -> Weight {
		Weight::from_parts(15_150_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
	}
	fn expire() -> Weight {
		Weight::from_parts(92_690_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 7))
	}
	fn force_decide() -> Weight {
		Weight::from_parts(89_600_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 7))
	}
	fn sweep_nothing() -> Weight {
		Weight::from_parts(2_790_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 0))
	}
	fn sweep_empty_block() -> Weight {
		Weight::from_parts(7_900_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 1))
	}
	fn expire_one() -> Weight {
		Weight::from_parts(97_250_000, 0).saturating_add(ParityDbWeight::get().reads_writes(10, 8))
	}
}
