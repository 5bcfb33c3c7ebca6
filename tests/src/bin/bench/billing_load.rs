use grid_primitives::time::DAYS;
use grid_runtime::{configs::system::RuntimeBlockWeights, Runtime};
use pallet_billing::{Config, WeightInfo};

const CONTRACTS: u64 = 1_000_000;

/// What settlements take of all blocks, by their weights.
pub(crate) fn run() {
	type Info = <Runtime as Config>::WeightInfo;
	let each = (Info::settle(1) + Info::serve_nothing()).ref_time();
	let day = RuntimeBlockWeights::get().max_block.ref_time() as f64 * f64::from(DAYS);
	let share = |times: u64| 100.0 * (each * CONTRACTS * times) as f64 / day;
	println!("a settlement weighs {} µs", each / 1_000_000);
	println!("each hour, as it is: {:.2} %", share(24));
	println!("billing-load: {:.2} % for {CONTRACTS} contracts once a day (bar: < 25 %)", share(1));
}
