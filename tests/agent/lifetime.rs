//! A contract becomes containers and volumes, pauses, and is gone.

use crate::modes;
use grid_primitives::{capacity::bytes::MIB, ports::Bill, spec::Image};
use grid_runtime::{AccountId, RuntimeCall};
use grid_stories::{
	eventually, hasty_chain, set_advance,
	specs::{container, spec, volume},
	AgentProcess, Hears, Images, Person, User,
};
use pallet_deployments::Status;
use sp_core::Pair;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(90);

fn from_its_deployment_to_its_end(hears: Hears) {
	let node = hasty_chain("real-agent");
	let chain = node.chain();
	let images = Images::new();
	let (one, two) = (images.make("one"), images.make("two"));
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));

	let plan =
		|image: &Image, size| spec(vec![volume("data", size), container("web", image, "data")]);
	let contract = user.deploy("shop", plan(&one, 32 * MIB));
	user.runs(contract, 1);
	eventually("it prints", LIMIT, || {
		(agent.printed(contract, "web") == "I am one\none\n").then_some(())
	});
	assert_eq!(agent.running().len(), 1);

	// Another image, and a larger volume: the program is another, its data is the same.
	user.amend(contract, plan(&two, 48 * MIB));
	user.runs(contract, 2);
	eventually("the other prints", LIMIT, || {
		agent.printed(contract, "web").ends_with("I am two\none\ntwo\n").then_some(())
	});
	assert_eq!(agent.running().len(), 1);

	user.cancel(contract);
	agent.leaves_nothing();
	assert_eq!(user.status(contract), None);
	agent.assert_alive();
}

#[test]
fn a_light_client_carries_a_contract_from_its_deployment_to_its_end() {
	from_its_deployment_to_its_end(Hears::Light);
}

#[test]
fn an_endpoint_carries_a_contract_from_its_deployment_to_its_end() {
	from_its_deployment_to_its_end(Hears::Rpc);
}

#[test]
fn what_nobody_pays_pauses_with_its_data_and_comes_back() {
	for hears in modes(Hears::Rpc) {
		pauses_and_comes_back(hears);
	}
}

fn pauses_and_comes_back(hears: Hears) {
	let node = hasty_chain("pausing-agent");
	let chain = node.chain();
	set_advance(chain, 15);
	let images = Images::new();
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Dave, agent.joins(chain));
	let image = images.make("one");
	let plan = spec(vec![volume("data", 32 * MIB), container("web", &image, "data")]);
	let contract = user.deploy("shop", plan);
	let dest = AccountId::from(Person::Bob.pair().public()).into();
	let all = pallet_balances::Call::transfer_all { dest, keep_alive: true };
	chain.send(Person::Dave, RuntimeCall::Balances(all)).expect("it is his money");
	user.runs(contract, 1);

	eventually("it pauses", Duration::from_secs(180), || {
		(user.status(contract)?.1 == Status::Stopped).then_some(())
	});
	assert!(agent.running().is_empty(), "no program runs");
	assert!(!agent.left().is_empty(), "the volume is there");

	let bill = Bill::Contract(contract);
	let top_up = pallet_billing::Call::sponsor { bill, amount: 10_000_000 };
	chain.send(Person::Charlie, RuntimeCall::Billing(top_up)).expect("Charlie has money");
	user.runs(contract, 1);
	eventually("it prints what it knew", LIMIT, || {
		agent.printed(contract, "web").ends_with("I am one\none\none\n").then_some(())
	});
}
