//! What the calls and hooks of `pallet_governance` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_governance::WeightInfo for Measured {
	fn enact() -> Weight {
		Weight::from_parts(5_460_000, 0).saturating_add(ParityDbWeight::get().reads_writes(0, 1))
	}
}
