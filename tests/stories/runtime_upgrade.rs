//! The runtime is replaced while people use the chain.

use grid_runtime::{AccountId, Runtime, RuntimeCall};
use grid_stories::{eventually, Network, Person};
use sp_core::Pair;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(60);
const AMOUNT: u128 = 100_000;

#[test]
fn no_transfer_is_lost() {
	let network = Network::local();
	let chain = network.nodes[0].chain();
	network.finalizes(2, SOON);
	assert_eq!(chain.spec_version(), 1);

	let code = grid_next_runtime::WASM_BINARY
		.expect("the next runtime is built")
		.to_vec();
	let set_code = frame_system::Call::<Runtime>::set_code { code };
	let upgrade = pallet_sudo::Call::<Runtime>::sudo_unchecked_weight {
		call: Box::new(RuntimeCall::System(set_code)),
		weight: Default::default(),
	};
	let nonce = chain.nonce(&Person::Alice.to_account_id());
	let upgrade = chain
		.sign(&Person::Alice.pair(), nonce, RuntimeCall::Sudo(upgrade))
		.expect("signed");

	let receiver = AccountId::from(sp_core::sr25519::Pair::from_seed(&[7; 32]).public());
	let mut sent = 0;
	let mut pay = || {
		let call = RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death {
			dest: receiver.clone().into(),
			value: AMOUNT,
		});
		// A transaction is for one version of the runtime. One that comes too late is refused, by
		// name, and its sender signs it again: that is not a loss.
		eventually("the transfer is taken", SOON, || {
			let nonce = chain.nonce(&Person::Bob.to_account_id());
			let signed = chain.sign(&Person::Bob.pair(), nonce, call.clone()).ok()?;
			chain.submit(&signed).ok()
		});
		sent += 1;
	};

	for _ in 0..20 {
		pay();
	}
	chain.submit(&upgrade).expect("the upgrade is taken");
	let start = std::time::Instant::now();
	while chain.spec_version() == 1 {
		assert!(start.elapsed() < SOON, "the version changes");
		pay();
		std::thread::sleep(Duration::from_millis(100));
	}
	for _ in 0..20 {
		pay();
	}
	assert_eq!(chain.spec_version(), 2);
	eventually("every transfer has arrived", SOON, || {
		(chain.balance(&receiver) == sent as u128 * AMOUNT).then_some(())
	});
	let number = network.commonly_finalized();
	network.finalizes(number + 4, SOON);
	for node in &network.nodes {
		assert_eq!(node.chain().spec_version(), 2, "{} follows", node.name());
	}
}
