//! What the calls and hooks of `pallet_twins` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_twins::WeightInfo for Measured {
	fn create() -> Weight {
		Weight::from_parts(51_990_000, 0).saturating_add(ParityDbWeight::get().reads_writes(7, 5))
	}
	fn update() -> Weight {
		Weight::from_parts(10_900_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
	}
	fn delete() -> Weight {
		Weight::from_parts(76_610_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 5))
	}
	fn accept_terms() -> Weight {
		Weight::from_parts(43_270_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 2))
	}
	fn withdraw_acceptance() -> Weight {
		Weight::from_parts(39_290_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 2))
	}
	fn set_terms() -> Weight {
		Weight::from_parts(3_930_000, 0).saturating_add(ParityDbWeight::get().reads_writes(0, 1))
	}
}
