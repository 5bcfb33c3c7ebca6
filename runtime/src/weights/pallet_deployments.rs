//! What the calls and hooks of `pallet_deployments` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_deployments::WeightInfo for Measured {
	fn create(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(91_528_252, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(8, 4))
			.saturating_add(Weight::from_parts(19_581_249, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(40_174, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(15_198_621, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn ask() -> Weight {
		Weight::from_parts(61_520_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 7))
	}
	fn amend(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(154_279_139, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(11, 9))
			.saturating_add(Weight::from_parts(22_890_836, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(47_759, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(14_350_154, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn apply(n: u32, b: u32) -> Weight {
		Weight::from_parts(44_777_807, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(3, 3))
			.saturating_add(Weight::from_parts(11_362_214, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(28_049, 0).saturating_mul(b.into()))
	}
	fn end(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(117_253_807, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(8, 8))
			.saturating_add(Weight::from_parts(15_337_181, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(13_907_660, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(18_609, 0).saturating_mul(b.into()))
	}
	fn withdraw(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(85_963_791, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 6))
			.saturating_add(Weight::from_parts(9_770_060, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(14_237_395, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(19_277, 0).saturating_mul(b.into()))
	}
	fn deliver(n: u32) -> Weight {
		Weight::from_parts(76_146_272, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 7))
			.saturating_add(Weight::from_parts(3_615_740, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 0).saturating_mul(n.into()))
	}
	fn report(p: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(45_937_757, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(12, 3))
			.saturating_add(Weight::from_parts(3_766_263, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 1).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(14_851_233, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(39_458, 0).saturating_mul(b.into()))
	}
	fn rent() -> Weight {
		Weight::from_parts(121_820_000, 0).saturating_add(ParityDbWeight::get().reads_writes(11, 6))
	}
	fn release() -> Weight {
		Weight::from_parts(88_110_000, 0).saturating_add(ParityDbWeight::get().reads_writes(8, 6))
	}
	fn clear_nothing() -> Weight {
		Weight::from_parts(3_300_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
