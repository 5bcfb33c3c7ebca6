//! What the calls and hooks of `pallet_twins` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_twins::WeightInfo for Measured {
	fn create() -> Weight {
		Weight::from_parts(52_180_000, 0).saturating_add(ParityDbWeight::get().reads_writes(7, 5))
	}
	fn update() -> Weight {
		Weight::from_parts(10_440_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
	}
	fn delete() -> Weight {
		Weight::from_parts(73_530_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 5))
	}
	fn accept_terms() -> Weight {
		Weight::from_parts(44_030_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 2))
	}
	fn withdraw_acceptance() -> Weight {
		Weight::from_parts(39_300_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 2))
	}
	fn set_terms() -> Weight {
		Weight::from_parts(3_870_000, 0).saturating_add(ParityDbWeight::get().reads_writes(0, 1))
	}
}
