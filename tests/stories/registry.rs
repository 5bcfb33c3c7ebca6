//! A farmer plugs in a machine; the grid sees it come, beat, and fall silent.

use crate::{
	agent::{machine, say, BOOT},
	wallet::javascript,
};
use grid_primitives::query::{NodeFilter, NodePage};
use grid_runtime::{AccountId, Runtime, RuntimeCall};
use grid_stories::{chain_with, eventually, hasty_chain, Chain, Gaps, Person};
use sp_core::{sr25519, Pair};
use std::time::Duration;

fn online(chain: &Chain) -> Vec<u32> {
	let filter = NodeFilter { online: Some(true), country: Some(*b"BE"), ..Default::default() };
	let page: NodePage =
		chain.ask("NodesApi_find_nodes", (filter, None::<u32>, 50u32)).expect("the node answers");
	page.nodes.into_iter().map(|node| node.node).collect()
}

#[test]
fn a_machine_joins_beats_and_falls_silent() {
	// More than it takes to see that one is final.
	let gaps = Gaps { min: 10, max: 30 };
	let node = chain_with("registry", gaps);
	let chain = node.chain();
	let agent = sr25519::Pair::from_seed(&[77; 32]);
	let account = AccountId::from(agent.public());

	let create = pallet_twins::Call::create { relay: None, encryption_key: [8; 32] };
	chain.send(Person::Bob, RuntimeCall::Twins(create)).expect("Bob has money");
	let name = b"bobs-farm".to_vec().try_into().expect("it is short");
	let create = pallet_farms::Call::create { name, payout: None };
	chain.send(Person::Bob, RuntimeCall::Farms(create)).expect("Bob has a twin");

	let register = || pallet_nodes::Call::register { farm: 2, machine: machine(), boot_id: BOOT };
	let uninvited = say(chain, &agent, register()).expect_err("nobody knows it");
	assert!(format!("{uninvited:#}").contains("Invalid Transaction"), "{uninvited:#}");

	let invite = pallet_nodes::Call::invite { farm: 2, node: account.clone() };
	chain.send(Person::Bob, RuntimeCall::Nodes(invite)).expect("Bob is the farmer");
	say(chain, &agent, register()).expect("it is invited");
	assert_eq!(online(chain), [1]);

	let heartbeat = |uptime| pallet_nodes::Call::heartbeat { boot_id: BOOT, uptime };
	for uptime in [10, 20] {
		eventually("a heartbeat is due", Duration::from_secs(60), || {
			say(chain, &agent, heartbeat(uptime)).ok()
		});
	}
	let early = say(chain, &agent, heartbeat(21)).expect_err("it is too early");
	assert!(format!("{early:#}").contains("valid in the future"), "{early:#}");
	assert_eq!(chain.balance(&account), 0, "it cost nothing, and there was nothing");
	let clock = pallet_nodes::Clocks::<Runtime>::hashed_key_for(1);
	let clock: pallet_nodes::Clock =
		chain.storage(&clock, None).expect("the node answers").expect("it has a clock");
	assert!(clock.available_seconds >= 2 * gaps.min, "{clock:?}");
	assert_eq!(online(chain), [1]);

	eventually("nobody hears of it", Duration::from_secs(gaps.max + 30), || {
		online(chain).is_empty().then_some(())
	});
}

#[test]
fn polkadot_js_runs_a_farm_with_only_the_metadata() {
	let node = hasty_chain("registry");
	javascript("registry.mjs", &format!("ws://127.0.0.1:{}", node.rpc_port));
}
