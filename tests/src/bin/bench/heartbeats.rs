use codec::Encode;
use frame_support::dispatch::GetDispatchInfo;
use grid_primitives::time::SLOT_MILLIS;
use grid_runtime::{Runtime, RuntimeCall, TxExtension};
use sp_runtime::traits::TransactionExtension;

const NODES: u64 = 10_000;
const SECONDS: u64 = 120;

/// The share of all blocks that the heartbeats of many nodes take, as they are weighed.
pub(crate) fn run() {
	let call = RuntimeCall::Nodes(pallet_nodes::Call::heartbeat { boot_id: [1; 16], uptime: 1 });
	let extension: TxExtension = grid_stories::extension(1);
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	let class = limits.get(frame_support::dispatch::DispatchClass::Normal);
	let each = call
		.get_dispatch_info()
		.call_weight
		.saturating_add(extension.weight(&call))
		.saturating_add(class.base_extrinsic);
	let blocks = SECONDS * 1_000 / SLOT_MILLIS;
	let taken = u128::from(each.ref_time()) * u128::from(NODES) / u128::from(blocks);
	println!(
		"one heartbeat weighs {} µs and {} bytes",
		each.ref_time() / 1_000_000,
		call.encoded_size()
	);
	let share = taken as f64 * 100.0 / limits.max_block.ref_time() as f64;
	println!("heartbeats: {share:.2} % of a block for {NODES} nodes (bar: < 5 %)");
}
