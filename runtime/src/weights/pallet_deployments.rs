//! What the calls and hooks of `pallet_deployments` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_deployments::WeightInfo for Measured {
	fn create(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(106_714_757, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 3))
			.saturating_add(Weight::from_parts(15_028_451, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 3).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(41_887, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(10_948_636, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn ask() -> Weight {
		Weight::from_parts(61_500_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 7))
	}
	fn amend(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(140_408_046, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(7, 8))
			.saturating_add(Weight::from_parts(18_743_136, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(48_135, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(12_627_161, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn apply(n: u32, b: u32) -> Weight {
		Weight::from_parts(60_483_623, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(3, 3))
			.saturating_add(Weight::from_parts(10_763_056, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(28_429, 0).saturating_mul(b.into()))
	}
	fn end(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(85_055_324, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 7))
			.saturating_add(Weight::from_parts(9_095_495, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 3).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(13_069_644, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(19_889, 0).saturating_mul(b.into()))
	}
	fn withdraw(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(91_278_815, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 6))
			.saturating_add(Weight::from_parts(9_371_083, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(13_186_716, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(20_252, 0).saturating_mul(b.into()))
	}
	fn deliver(n: u32) -> Weight {
		Weight::from_parts(75_272_774, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 7))
			.saturating_add(Weight::from_parts(3_608_511, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 0).saturating_mul(n.into()))
	}
	fn report(p: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(44_113_533, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(3, 1))
			.saturating_add(Weight::from_parts(1_994_211, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 1).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(10_810_556, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(41_532, 0).saturating_mul(b.into()))
	}
	fn rent() -> Weight {
		Weight::from_parts(62_180_000, 0).saturating_add(ParityDbWeight::get().reads_writes(7, 4))
	}
	fn release() -> Weight {
		Weight::from_parts(48_260_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 4))
	}
	fn clear_nothing() -> Weight {
		Weight::from_parts(3_100_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
