//! What the calls and hooks of `pallet_deployments` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_deployments::WeightInfo for Measured {
	fn create(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(102_245_982, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(14, 5))
			.saturating_add(Weight::from_parts(31_317_925, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 4).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(42_077, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(14_059_397, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn ask() -> Weight {
		Weight::from_parts(60_610_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 7))
	}
	fn amend(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(202_544_816, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(15, 9))
			.saturating_add(Weight::from_parts(25_518_776, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(48_218, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(10_939_086, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn apply(n: u32, b: u32) -> Weight {
		Weight::from_parts(51_137_119, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(3, 3))
			.saturating_add(Weight::from_parts(11_423_553, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(28_722, 0).saturating_mul(b.into()))
	}
	fn end(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(160_274_006, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(10, 9))
			.saturating_add(Weight::from_parts(26_118_605, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(5, 4).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(7_899_771, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(19_818, 0).saturating_mul(b.into()))
	}
	fn withdraw(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(141_645_521, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 6))
			.saturating_add(Weight::from_parts(8_239_085, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(12_145_763, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(19_541, 0).saturating_mul(b.into()))
	}
	fn deliver(n: u32) -> Weight {
		Weight::from_parts(76_845_575, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 7))
			.saturating_add(Weight::from_parts(3_723_235, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 0).saturating_mul(n.into()))
	}
	fn report(p: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(107_195_234, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(17, 4))
			.saturating_add(Weight::from_parts(6_051_513, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 1).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(12_067_735, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(40_235, 0).saturating_mul(b.into()))
	}
	fn rent() -> Weight {
		Weight::from_parts(156_520_000, 0).saturating_add(ParityDbWeight::get().reads_writes(18, 8))
	}
	fn release() -> Weight {
		Weight::from_parts(101_140_000, 0).saturating_add(ParityDbWeight::get().reads_writes(11, 8))
	}
	fn clear_nothing() -> Weight {
		Weight::from_parts(3_410_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
