//! What the calls of the pallet weigh.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// What the calls of the pallet weigh.
pub trait WeightInfo {
	/// `create` without a policy, on so many nodes, with so many bytes and public addresses.
	fn create(nodes: u32, bytes: u32, addresses: u32) -> Weight;
	/// To put a contract under a policy, and ask its stakeholders.
	fn ask() -> Weight;
	/// `amend` of a contract on so many nodes, with so many new bytes and public addresses, as long
	/// as nobody agrees.
	fn amend(nodes: u32, bytes: u32, addresses: u32) -> Weight;
	/// What is agreed comes into force, on so many nodes, with so many bytes.
	fn apply(nodes: u32, bytes: u32) -> Weight;
	/// The end of a contract on so many nodes, with so many public addresses and bytes.
	fn end(nodes: u32, addresses: u32, bytes: u32) -> Weight;
	/// `withdraw` of an amendment of so many nodes, with so many public addresses and bytes.
	fn withdraw(nodes: u32, addresses: u32, bytes: u32) -> Weight;
	/// `deliver`, for so many nodes.
	fn deliver(nodes: u32) -> Weight;
	/// `report` about so many bytes, with so many other nodes that are told, and public addresses
	/// that are released. The check that stands in for its fee is in it.
	fn report(peers: u32, addresses: u32, bytes: u32) -> Weight;
	/// `rent`.
	fn rent() -> Weight;
	/// `release`.
	fn release() -> Weight;
	/// To look whether a node is to be cleared.
	fn clear_nothing() -> Weight;
}

/// Estimates, for tests.
impl WeightInfo for () {
	fn create(nodes: u32, bytes: u32, addresses: u32) -> Weight {
		Self::end(nodes, addresses, bytes)
	}
	fn ask() -> Weight {
		Self::end(1, 0, 0)
	}
	fn amend(nodes: u32, bytes: u32, addresses: u32) -> Weight {
		Self::end(nodes, addresses, bytes)
	}
	fn apply(nodes: u32, bytes: u32) -> Weight {
		Self::end(nodes, 0, bytes)
	}
	fn end(nodes: u32, addresses: u32, bytes: u32) -> Weight {
		let accesses = u64::from(8 + 5 * nodes + 3 * addresses);
		ParityDbWeight::get()
			.reads_writes(accesses, accesses)
			.saturating_add(Weight::from_parts(40_000, 0).saturating_mul(bytes.into()))
	}
	fn withdraw(nodes: u32, addresses: u32, bytes: u32) -> Weight {
		Self::end(nodes, addresses, bytes)
	}
	fn deliver(nodes: u32) -> Weight {
		Self::end(nodes, 0, 0)
	}
	fn report(peers: u32, addresses: u32, bytes: u32) -> Weight {
		Self::end(peers, addresses, bytes)
	}
	fn rent() -> Weight {
		Self::end(1, 0, 0)
	}
	fn release() -> Weight {
		Self::end(1, 0, 0)
	}
	fn clear_nothing() -> Weight {
		ParityDbWeight::get().reads(2)
	}
}
