//! What the calls and hooks of `pallet_validators` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_validators::WeightInfo for Measured {
	fn add() -> Weight {
		Weight::from_parts(19_640_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
	}
	fn remove() -> Weight {
		Weight::from_parts(21_150_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 2))
	}
	fn leave() -> Weight {
		Weight::from_parts(21_110_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 2))
	}
	fn rejoin() -> Weight {
		Weight::from_parts(18_760_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
	}
	fn withdraw_keys() -> Weight {
		Weight::from_parts(51_020_000, 0).saturating_add(ParityDbWeight::get().reads_writes(7, 6))
	}
	fn set_timing() -> Weight {
		Weight::from_parts(3_670_000, 0).saturating_add(ParityDbWeight::get().reads_writes(0, 1))
	}
	fn turn(n: u32) -> Weight {
		Weight::from_parts(38_027_232, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(13, 8))
			.saturating_add(Weight::from_parts(9_105_076, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
	}
}
