//! What the calls and hooks of `pallet_nodes` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_nodes::WeightInfo for Measured {
	fn invite() -> Weight {
		Weight::from_parts(54_850_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 4))
	}
	fn withdraw_invitation() -> Weight {
		Weight::from_parts(43_820_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 4))
	}
	fn register() -> Weight {
		Weight::from_parts(31_120_000, 0).saturating_add(ParityDbWeight::get().reads_writes(7, 8))
	}
	fn heartbeat() -> Weight {
		Weight::from_parts(19_030_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 1))
	}
	fn update() -> Weight {
		Weight::from_parts(23_140_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 1))
	}
	fn set_state() -> Weight {
		Weight::from_parts(11_430_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
	}
	fn certify() -> Weight {
		Weight::from_parts(7_300_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn force_expel() -> Weight {
		Weight::from_parts(8_400_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 2))
	}
	fn remove() -> Weight {
		Weight::from_parts(57_340_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 11))
	}
}
