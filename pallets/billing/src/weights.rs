//! What the calls of the pallet weigh.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// What the calls of the pallet weigh.
pub trait WeightInfo {
	/// `settle`, with so many streams. What hears of arrears weighs what it says besides.
	fn settle(streams: u32) -> Weight;
	/// What a share weighs besides that waits, or is paid together with what waited.
	fn late_share() -> Weight;
	/// `top_up`, without the settlement.
	fn top_up() -> Weight;
	/// `set_grace`.
	fn set_grace() -> Weight;
	/// `withdraw`.
	fn withdraw() -> Weight;
	/// `set_token_price`.
	fn set_token_price() -> Weight;
	/// `pay_share`.
	fn pay_share() -> Weight;
	/// To look whether a bill is due.
	fn serve_nothing() -> Weight;
}

/// Estimates, for tests.
impl WeightInfo for () {
	fn settle(streams: u32) -> Weight {
		let accesses = u64::from(8 + 5 * streams);
		ParityDbWeight::get().reads_writes(accesses, accesses)
	}
	fn late_share() -> Weight {
		ParityDbWeight::get().reads_writes(3, 3)
	}
	fn top_up() -> Weight {
		Self::settle(1)
	}
	fn set_grace() -> Weight {
		Self::settle(0)
	}
	fn withdraw() -> Weight {
		Self::settle(0)
	}
	fn set_token_price() -> Weight {
		Self::settle(0)
	}
	fn pay_share() -> Weight {
		Self::settle(0)
	}
	fn serve_nothing() -> Weight {
		ParityDbWeight::get().reads(1)
	}
}
