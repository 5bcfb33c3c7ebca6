//! What the calls and hooks of `pallet_billing` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_billing::WeightInfo for Measured {
	fn settle(s: u32) -> Weight {
		Weight::from_parts(247_810_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(15, 8))
			.saturating_add(Weight::from_parts(420_010_344, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(6, 3).saturating_mul(s.into()))
	}
	fn top_up() -> Weight {
		Weight::from_parts(264_430_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(23, 12))
	}
	fn set_grace() -> Weight {
		Weight::from_parts(11_600_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 3))
	}
	fn set_token_price() -> Weight {
		Weight::from_parts(4_470_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn pay_share() -> Weight {
		Weight::from_parts(41_800_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 3))
	}
	fn serve_nothing() -> Weight {
		Weight::from_parts(4_080_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
