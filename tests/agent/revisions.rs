//! Users change their minds within a block: only what they want in the end counts.

use crate::modes;
use grid_primitives::{capacity::bytes::MIB, ContractId};
use grid_runtime::Runtime;
use grid_stories::{
	eventually, hasty_chain,
	specs::{container, spec, volume},
	stays, AgentProcess, Hears, Images, Person, User,
};
use std::{fs, time::Duration};

#[test]
fn of_several_revisions_in_a_block_the_last_one_runs() {
	for hears in modes(Hears::Light) {
		the_last_one_runs(hears);
	}
}

fn the_last_one_runs(hears: Hears) {
	let node = hasty_chain("revisions");
	let chain = node.chain();
	let images = Images::new();
	let [one, two, three] = ["one", "two", "three"].map(|name| images.make(name));
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let plan = |image| spec([volume("data", 16 * MIB), container("web", image, "data")]);
	let key = pallet_deployments::NextContractId::<Runtime>::hashed_key();
	let next = || -> ContractId { chain.storage(&key, None).expect("it answers").unwrap_or(1) };
	let ran = |agent: &AgentProcess, contract: ContractId| {
		let path = format!("volumes/{contract}-data/mounted/visits");
		fs::read_to_string(agent.state().join(path)).unwrap_or_default()
	};

	// Made and amended.
	let contract = next();
	user.at_once(vec![
		user.creation("shop", plan(&one), None),
		user.amendment(contract, 1, plan(&two)),
	]);
	user.runs(contract, 2);
	assert_eq!(ran(&agent, contract), "two\n");

	// Amended twice.
	user.at_once(vec![
		user.amendment(contract, 2, plan(&one)),
		user.amendment(contract, 3, plan(&three)),
	]);
	user.runs(contract, 4);
	assert_eq!(ran(&agent, contract), "two\nthree\n");
	assert_eq!(agent.programs().len(), 1);

	// Amended there and back: what runs is what is wanted, and goes on.
	let before = agent.programs();
	user.at_once(vec![
		user.amendment(contract, 4, plan(&one)),
		user.amendment(contract, 5, plan(&three)),
	]);
	user.runs(contract, 6);
	assert_eq!(agent.programs(), before, "the same process");

	// Amended and ended; and another made and ended.
	let brief = next();
	user.at_once(vec![
		user.amendment(contract, 6, plan(&one)),
		User::cancellation(contract),
		user.creation("brief", plan(&two), None),
		User::cancellation(brief),
	]);
	agent.leaves_nothing();
	stays("nothing begins", Duration::from_secs(5), || agent.left().is_empty());
	assert_eq!((user.status(contract), user.status(brief)), (None, None));
	eventually("the agent wants nothing", Duration::from_secs(30), || {
		agent.status()["contracts"].as_array()?.is_empty().then_some(())
	});
	agent.assert_alive();
}
