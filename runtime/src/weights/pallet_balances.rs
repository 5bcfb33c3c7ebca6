//! What the calls and hooks of `pallet_balances` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_balances::WeightInfo for Measured {
	fn transfer_allow_death() -> Weight {
		Weight::from_parts(45_500_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn transfer_keep_alive() -> Weight {
		Weight::from_parts(35_390_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn force_set_balance_creating() -> Weight {
		Weight::from_parts(16_740_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn force_set_balance_killing() -> Weight {
		Weight::from_parts(16_610_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn force_transfer() -> Weight {
		Weight::from_parts(46_460_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 2))
	}
	fn transfer_all() -> Weight {
		Weight::from_parts(44_390_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn force_unreserve() -> Weight {
		Weight::from_parts(13_680_000, 0).saturating_add(ParityDbWeight::get().reads_writes(1, 1))
	}
	fn upgrade_accounts(u: u32) -> Weight {
		Weight::from_parts(13_320_000, 0)
			.saturating_add(Weight::from_parts(12_080_386, 0).saturating_mul(u.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 1).saturating_mul(u.into()))
	}
	fn force_adjust_total_issuance() -> Weight {
		Weight::from_parts(4_320_000, 0)
	}
	fn burn_allow_death() -> Weight {
		Weight::from_parts(27_050_000, 0)
	}
	fn burn_keep_alive() -> Weight {
		Weight::from_parts(17_650_000, 0)
	}
}
