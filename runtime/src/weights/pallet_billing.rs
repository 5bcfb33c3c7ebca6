//! What the calls and hooks of `pallet_billing` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_billing::WeightInfo for Measured {
	fn settle(s: u32) -> Weight {
		Weight::from_parts(123_700_787, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(13, 6))
			.saturating_add(Weight::from_parts(43_248_887, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(5, 1).saturating_mul(s.into()))
	}
	fn late_share() -> Weight {
		Weight::from_parts(74_150_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 5))
	}
	fn top_up() -> Weight {
		Weight::from_parts(205_300_000, 0).saturating_add(ParityDbWeight::get().reads_writes(20, 8))
	}
	fn set_grace() -> Weight {
		Weight::from_parts(9_570_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 3))
	}
	fn set_token_price() -> Weight {
		Weight::from_parts(4_570_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn pay_share() -> Weight {
		Weight::from_parts(42_160_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 3))
	}
	fn serve_nothing() -> Weight {
		Weight::from_parts(3_670_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
