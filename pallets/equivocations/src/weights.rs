//! What a report weighs.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// What a report weighs.
pub trait WeightInfo {
	/// `report`, with a proof of ownership among `validators`.
	fn report(validators: u32) -> Weight;
}

/// Two signatures, two hashes of headers, a proof of some hundred bytes, and the records of the
/// offence. It is not measured but bounded from above: the call needs an offence to happen, it
/// is never a user's, and nobody pays for it.
impl WeightInfo for () {
	fn report(validators: u32) -> Weight {
		Weight::from_parts(300_000_000, 0)
			.saturating_add(Weight::from_parts(250_000, 0).saturating_mul(validators.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(20, 10))
	}
}
