//! What the calls and hooks of `pallet_deployments` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_deployments::WeightInfo for Measured {
	fn create(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(79_048_528, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(6, 4))
			.saturating_add(Weight::from_parts(16_199_945, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 3).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(40_887, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(11_889_262, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn ask() -> Weight {
		Weight::from_parts(63_280_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 7))
	}
	fn amend(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(134_932_389, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(7, 8))
			.saturating_add(Weight::from_parts(19_324_209, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(49_185, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(10_815_763, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn apply(n: u32, b: u32) -> Weight {
		Weight::from_parts(56_853_554, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(3, 3))
			.saturating_add(Weight::from_parts(10_987_136, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(28_185, 0).saturating_mul(b.into()))
	}
	fn end(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(97_430_024, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(6, 8))
			.saturating_add(Weight::from_parts(8_827_577, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 3).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(12_044_628, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(19_839, 0).saturating_mul(b.into()))
	}
	fn withdraw(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(95_870_774, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 6))
			.saturating_add(Weight::from_parts(9_175_109, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(12_997_998, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(19_470, 0).saturating_mul(b.into()))
	}
	fn deliver(n: u32) -> Weight {
		Weight::from_parts(74_449_827, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 7))
			.saturating_add(Weight::from_parts(3_642_982, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 0).saturating_mul(n.into()))
	}
	fn report(p: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(19_396_912, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(3, 1))
			.saturating_add(Weight::from_parts(2_205_785, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 1).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(12_738_974, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(40_802, 0).saturating_mul(b.into()))
	}
	fn rent() -> Weight {
		Weight::from_parts(62_190_000, 0).saturating_add(ParityDbWeight::get().reads_writes(7, 4))
	}
	fn release() -> Weight {
		Weight::from_parts(48_230_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 4))
	}
	fn clear_nothing() -> Weight {
		Weight::from_parts(3_140_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
