//! What the calls and hooks of `pallet_farms` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_farms::WeightInfo for Measured {
	fn create() -> Weight {
		Weight::from_parts(57_270_000, 0).saturating_add(ParityDbWeight::get().reads_writes(8, 7))
	}
	fn update() -> Weight {
		Weight::from_parts(12_260_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 3))
	}
	fn set_payout() -> Weight {
		Weight::from_parts(7_770_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn add_public_ips(n: u32) -> Weight {
		Weight::from_parts(56_863_033, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(6, 5))
			.saturating_add(Weight::from_parts(9_601_454, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 2).saturating_mul(n.into()))
	}
	fn remove_public_ip() -> Weight {
		Weight::from_parts(53_771_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 7))
	}
	fn transfer() -> Weight {
		Weight::from_parts(12_500_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
	}
	fn withdraw_offer() -> Weight {
		Weight::from_parts(9_980_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
	}
	fn accept_transfer() -> Weight {
		Weight::from_parts(92_220_000, 0).saturating_add(ParityDbWeight::get().reads_writes(10, 8))
	}
	fn delete() -> Weight {
		Weight::from_parts(51_320_000, 0).saturating_add(ParityDbWeight::get().reads_writes(6, 7))
	}
}
