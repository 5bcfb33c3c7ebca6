use grid_benchmarks::quantile;
use grid_runtime::{AccountId, RuntimeCall};
use grid_stories::{Network, Person};
use sp_core::Pair;
use std::{
	thread::sleep,
	time::{Duration, Instant},
};

const TRANSFERS: u32 = 100;

pub(crate) fn run() {
	let network = Network::local();
	network.finalizes(5);
	let chain = network.nodes[0].chain();
	let receiver = AccountId::from(sp_core::sr25519::Pair::from_seed(&[9; 32]).public());

	let times: Vec<f64> = (0..TRANSFERS)
		.map(|nonce| {
			// Not in step with the slots: people are not.
			sleep(Duration::from_millis(u64::from(nonce * 377 % 2_000)));
			let call = RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death {
				dest: receiver.clone().into(),
				value: 100_000,
			});
			let transaction = chain.sign(&Person::Bob.pair(), nonce, call).expect("signed");
			let start = Instant::now();
			chain.finalized_in(&transaction).expect("finalized");
			start.elapsed().as_secs_f64()
		})
		.collect();
	println!("worst: {:.2} s", quantile(&times, 1.0));
	println!("finality-p99: {:.2} s (bar: ≤ 3 s)", quantile(&times, 0.99));
	println!("finality: {:.2} s (bar: ≤ 1.5 s)", quantile(&times, 0.5));
}
