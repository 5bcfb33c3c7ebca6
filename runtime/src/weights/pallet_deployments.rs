//! What the calls and hooks of `pallet_deployments` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_deployments::WeightInfo for Measured {
	fn create(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(101_614_518, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(8, 4))
			.saturating_add(Weight::from_parts(19_870_061, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 3).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(42_382, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(13_136_124, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn ask() -> Weight {
		Weight::from_parts(60_900_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 7))
	}
	fn amend(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(146_876_796, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(11, 9))
			.saturating_add(Weight::from_parts(22_649_538, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(51_840, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(15_954_283, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn apply(n: u32, b: u32) -> Weight {
		Weight::from_parts(37_899_194, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(3, 3))
			.saturating_add(Weight::from_parts(12_144_991, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(29_334, 0).saturating_mul(b.into()))
	}
	fn end(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(133_006_950, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(8, 8))
			.saturating_add(Weight::from_parts(16_183_738, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 3).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(12_800_421, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(20_337, 0).saturating_mul(b.into()))
	}
	fn withdraw(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(118_972_084, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 6))
			.saturating_add(Weight::from_parts(9_344_354, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(11_769_926, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(19_484, 0).saturating_mul(b.into()))
	}
	fn deliver(n: u32) -> Weight {
		Weight::from_parts(77_389_065, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 7))
			.saturating_add(Weight::from_parts(3_703_638, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 0).saturating_mul(n.into()))
	}
	fn report(p: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(61_652_997, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(12, 3))
			.saturating_add(Weight::from_parts(2_248_446, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 1).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(12_849_676, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(42_750, 0).saturating_mul(b.into()))
	}
	fn rent() -> Weight {
		Weight::from_parts(127_100_000, 0).saturating_add(ParityDbWeight::get().reads_writes(11, 6))
	}
	fn release() -> Weight {
		Weight::from_parts(89_490_000, 0).saturating_add(ParityDbWeight::get().reads_writes(8, 6))
	}
	fn clear_nothing() -> Weight {
		Weight::from_parts(3_460_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
