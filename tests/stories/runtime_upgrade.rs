//! The runtime is replaced while people use the chain.

use grid_runtime::{AccountId, Runtime, RuntimeCall};
use grid_stories::{eventually, Chain, Network, Person};
use sp_core::Pair;
use std::{
	thread::sleep,
	time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(60);
const AMOUNT: u128 = 100_000;

#[test]
fn no_transfer_is_lost() {
	let network = Network::local();
	let chain = network.nodes[0].chain();
	network.finalizes(2);
	assert_eq!(chain.spec_version(), 1);

	let code = grid_next_runtime::WASM_BINARY.expect("the next runtime is built").to_vec();
	let set_code = frame_system::Call::<Runtime>::set_code { code };
	let upgrade = pallet_sudo::Call::<Runtime>::sudo_unchecked_weight {
		call: Box::new(RuntimeCall::System(set_code)),
		weight: Default::default(),
	};
	let nonce = chain.nonce(&Person::Alice.to_account_id());
	let upgrade =
		chain.sign(&Person::Alice.pair(), nonce, RuntimeCall::Sudo(upgrade)).expect("signed");

	let receiver = AccountId::from(sp_core::sr25519::Pair::from_seed(&[7; 32]).public());
	let payer = Payer { chain, receiver: receiver.clone() };
	let mut payments = 0;
	for _ in 0..20 {
		payer.pay(payments);
		payments += 1;
	}
	chain.submit(&upgrade).expect("the upgrade is taken");
	let start = Instant::now();
	while chain.spec_version() == 1 {
		assert!(start.elapsed() < SOON, "the version changes");
		payer.pay(payments);
		payments += 1;
		sleep(Duration::from_millis(100));
	}
	for _ in 0..20 {
		payer.pay(payments);
		payments += 1;
	}
	assert_eq!(chain.spec_version(), 2);

	// What was signed for the old version and came too late is signed again, under its nonce.
	eventually("every payment is made", SOON, || {
		let made = payer.made();
		if made < payments {
			payer.pay(made);
			sleep(Duration::from_millis(500));
		}
		(made == payments).then_some(())
	});
	assert_eq!(
		chain.balance(&receiver),
		u128::from(payments) * AMOUNT,
		"each payment arrived, and none twice"
	);
	let number = network.commonly_finalized();
	network.finalizes(number + 4);
	for node in &network.nodes {
		assert_eq!(node.chain().spec_version(), 2, "{} follows", node.name());
	}
}

/// Somebody who numbers payments: a payment is its nonce, so it can be signed again, and cannot be
/// made twice.
struct Payer<'a> {
	chain: &'a Chain,
	receiver: AccountId,
}

impl Payer<'_> {
	fn pay(&self, number: u32) {
		let call = RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death {
			dest: self.receiver.clone().into(),
			value: AMOUNT,
		});
		let signed = self.chain.sign(&Person::Bob.pair(), number, call).expect("signed");
		// Refused: it is in already, or the version changed in between. `made` tells.
		let _refused = self.chain.submit(&signed);
	}

	/// How many payments are in the chain.
	fn made(&self) -> u32 {
		let bob = Person::Bob.to_account_id();
		let key = frame_system::Account::<Runtime>::hashed_key_for(bob);
		let account: Option<frame_system::AccountInfo<u32, pallet_balances::AccountData<u128>>> =
			self.chain.storage(&key, None).expect("the node answers");
		account.expect("Bob has an account").nonce
	}
}
