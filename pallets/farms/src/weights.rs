//! What the calls of the pallet weigh.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// What the calls of the pallet weigh.
pub trait WeightInfo {
	/// `create`.
	fn create() -> Weight;
	/// `update`.
	fn update() -> Weight;
	/// `set_payout`.
	fn set_payout() -> Weight;
	/// `remove_public_ip`.
	fn remove_public_ip() -> Weight;
	/// `transfer`.
	fn transfer() -> Weight;
	/// `withdraw_offer`.
	fn withdraw_offer() -> Weight;
	/// `accept_transfer`.
	fn accept_transfer() -> Weight;
	/// `delete`.
	fn delete() -> Weight;
	/// `add_public_ips`, of `n` addresses.
	fn add_public_ips(n: u32) -> Weight;
}

/// Estimates, for tests.
impl WeightInfo for () {
	fn create() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn update() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn set_payout() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn remove_public_ip() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn transfer() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn withdraw_offer() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn accept_transfer() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn delete() -> Weight {
		ParityDbWeight::get().reads_writes(6, 6)
	}
	fn add_public_ips(n: u32) -> Weight {
		ParityDbWeight::get().reads_writes(4, 4).saturating_mul(n.into())
	}
}
