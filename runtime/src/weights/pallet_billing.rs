//! What the calls and hooks of `pallet_billing` weigh. `scripts/weights.sh` measured it in the release
//! profile: divided by 1.85, by which calls that have not changed were slower there than when packaged.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_billing::WeightInfo for Measured {
	fn settle(s: u32) -> Weight {
		Weight::from_parts(132_759_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(14, 6))
			.saturating_add(Weight::from_parts(63_481_000, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(5, 1).saturating_mul(s.into()))
	}
	fn late_share() -> Weight {
		Weight::from_parts(78_906_000, 0).saturating_add(ParityDbWeight::get().reads_writes(5, 5))
	}
	fn top_up() -> Weight {
		Weight::from_parts(206_530_000, 0).saturating_add(ParityDbWeight::get().reads_writes(21, 8))
	}
	fn set_grace() -> Weight {
		Weight::from_parts(407_992_000, 0).saturating_add(ParityDbWeight::get().reads_writes(40, 3))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(404_961_000, 0).saturating_add(ParityDbWeight::get().reads_writes(40, 5))
	}
	fn set_token_price() -> Weight {
		Weight::from_parts(4_444_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn pay_share() -> Weight {
		Weight::from_parts(43_443_000, 0).saturating_add(ParityDbWeight::get().reads_writes(3, 3))
	}
	fn serve_nothing() -> Weight {
		Weight::from_parts(3_162_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
