//! What the calls of the pallet weigh.

use frame_support::weights::Weight;

/// What the calls of the pallet weigh.
pub trait WeightInfo {
	/// `enact`, less the weight of the call inside.
	fn enact() -> Weight;
}

impl WeightInfo for () {
	fn enact() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
}
