//! What of the runtime can be measured. `scripts/weights.sh` does it.

use crate::*;
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{define_benchmarks, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use frame_system_benchmarking::Pallet as SystemBench;

define_benchmarks!(
	[frame_system, SystemBench::<Runtime>]
	[pallet_approvals, Approvals]
	[pallet_balances, Balances]
	[pallet_billing, Billing]
	[pallet_deployments, Deployments]
	[pallet_farms, Farms]
	[pallet_governance, Governance]
	[pallet_nodes, Nodes]
	[pallet_timestamp, Timestamp]
	[pallet_twins, Twins]
	[pallet_validators, Validators]
);

impl frame_system_benchmarking::Config for Runtime {}

pub(crate) fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

pub(crate) fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}
