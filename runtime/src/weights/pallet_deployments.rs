//! What the calls and hooks of `pallet_deployments` weigh. `scripts/weights.sh` measured it in the release
//! profile: divided by 1.85, by which calls that have not changed were slower there than when packaged.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// As measured.
pub struct Measured;

impl pallet_deployments::WeightInfo for Measured {
	fn create(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(92_545_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(10, 5))
			.saturating_add(Weight::from_parts(43_421_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(39_926, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(18_559_000, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn ask() -> Weight {
		Weight::from_parts(64_626_000, 0).saturating_add(ParityDbWeight::get().reads_writes(4, 7))
	}
	fn amend(n: u32, b: u32, a: u32) -> Weight {
		Weight::from_parts(169_701_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(12, 9))
			.saturating_add(Weight::from_parts(41_465_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(43_283, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(15_797_000, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(3, 4).saturating_mul(a.into()))
	}
	fn apply(n: u32, b: u32) -> Weight {
		Weight::from_parts(55_314_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(10, 4))
			.saturating_add(Weight::from_parts(24_597_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(4, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(28_357, 0).saturating_mul(b.into()))
	}
	fn end(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(265_964_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(13, 9))
			.saturating_add(Weight::from_parts(206_344_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(7, 4).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(14_008, 0).saturating_mul(b.into()))
	}
	fn withdraw(n: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(185_827_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(16, 10))
			.saturating_add(Weight::from_parts(57_942_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(5, 2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(14_228_000, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(22_003, 0).saturating_mul(b.into()))
	}
	fn deliver(n: u32) -> Weight {
		Weight::from_parts(75_253_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(5, 7))
			.saturating_add(Weight::from_parts(3_962_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(1, 0).saturating_mul(n.into()))
	}
	fn report(p: u32, a: u32, b: u32) -> Weight {
		Weight::from_parts(33_235_000, 0)
			.saturating_add(ParityDbWeight::get().reads_writes(11, 5))
			.saturating_add(Weight::from_parts(9_696_000, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 1).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(19_344_000, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(2, 4).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(46_605, 0).saturating_mul(b.into()))
	}
	fn rent() -> Weight {
		Weight::from_parts(146_034_000, 0).saturating_add(ParityDbWeight::get().reads_writes(12, 6))
	}
	fn release() -> Weight {
		Weight::from_parts(213_297_000, 0).saturating_add(ParityDbWeight::get().reads_writes(16, 8))
	}
	fn clear_nothing() -> Weight {
		Weight::from_parts(3_291_000, 0).saturating_add(ParityDbWeight::get().reads_writes(2, 0))
	}
}
