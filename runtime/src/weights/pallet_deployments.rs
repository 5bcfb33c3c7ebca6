//! What the calls and hooks of `pallet_deployments` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_deployments::WeightInfo for Measured {
	fn create(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(125_891_121, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(8, 4))
			.saturating_add(Weight::from_parts(19_555_440, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(40_903, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(9_959_187, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn ask() -> Weight {
		Weight::from_parts(60_740_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 7))
	}
	fn amend(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(173_016_056, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(11, 9))
			.saturating_add(Weight::from_parts(21_990_512, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(48_839, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(13_242_689, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn apply(n: u32, b: u32) -> Weight {
		Weight::from_parts(59_277_792, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(3, 3))
			.saturating_add(Weight::from_parts(10_607_210, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(28_412, 0).saturating_mul(b.into()))
	}
	fn end(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(126_261_583, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(8, 8))
			.saturating_add(Weight::from_parts(14_701_368, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(12_039_424, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(20_066, 0).saturating_mul(b.into()))
	}
	fn withdraw(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(80_522_640, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 6))
			.saturating_add(Weight::from_parts(9_802_852, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(13_777_062, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(19_571, 0).saturating_mul(b.into()))
	}
	fn deliver(n: u32) -> Weight {
		Weight::from_parts(76_472_436, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 7))
			.saturating_add(Weight::from_parts(3_668_967, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 0).saturating_mul(n.into()))
	}
	fn report(p: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(76_487_784, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(12, 3))
			.saturating_add(Weight::from_parts(2_697_841, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 1).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(11_433_331, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(40_761, 0).saturating_mul(b.into()))
	}
	fn rent() -> Weight {
		Weight::from_parts(121_610_000, 0).saturating_add(ParityDbWeight::get().reads_writes(11, 6))
	}
	fn release() -> Weight {
		Weight::from_parts(89_130_000, 0).saturating_add(ParityDbWeight::get().reads_writes(8, 6))
	}
	fn clear_nothing() -> Weight {
		Weight::from_parts(3_300_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
