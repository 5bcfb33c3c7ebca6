//! The machine starts again: only what is on its disk is left.

use crate::modes;
use grid_primitives::{
	capacity::bytes::MIB,
	spec::{Kind, RestartPolicy, Workload},
};
use grid_stories::{
	eventually, hasty_chain,
	specs::{container, spec, volume},
	AgentProcess, Hears, Images, Person, User,
};
use std::{collections::BTreeMap, time::Duration};

const LIMIT: Duration = Duration::from_secs(90);

/// A container that is not started again.
fn once(workload: Workload) -> Workload {
	let Kind::Container(mut it) = workload.kind else { return workload };
	it.restart = RestartPolicy::Never;
	Workload { kind: Kind::Container(it), ..workload }
}

#[test]
fn a_machine_that_starts_again_runs_what_the_chain_wants_with_all_its_data() {
	for hears in modes(Hears::Rpc) {
		comes_back(hears);
	}
}

fn comes_back(hears: Hears) {
	let node = hasty_chain("reboot");
	let chain = node.chain();
	let images = Images::new();
	let (one, two) = (images.make("one"), images.make("two"));
	let done = images.running("done", "echo done >>/data/visits; cat /data/visits");
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let plan = |image| spec([volume("data", 16 * MIB), container("web", image, "data")]);
	let with_job = spec([
		volume("data", 16 * MIB),
		volume("more", 16 * MIB),
		container("web", &one, "data"),
		once(container("job", &done, "more")),
	]);
	let made = user.at_once(vec![
		user.creation("kept", with_job, None),
		user.creation("changed", plan(&one), None),
		user.creation("ended", plan(&one), None),
	]);
	let [kept, changed, ended] = User::created(&made)[..] else { panic!("three were made") };
	for contract in [kept, changed, ended] {
		user.runs(contract, 1);
	}
	eventually("the job is done", LIMIT, || (agent.printed(kept, "job") == "done\n").then_some(()));
	let before = agent.programs();

	agent.reboot();
	assert_eq!(agent.programs(), BTreeMap::new(), "the power is off");
	user.at_once(vec![user.amendment(changed, 1, plan(&two)), User::cancellation(ended)]);
	agent.start();

	user.runs(changed, 2);
	eventually("all that is wanted runs", LIMIT, || (agent.programs().len() == 2).then_some(()));
	for (key, program) in agent.programs() {
		assert_ne!(before.get(&key), Some(&program), "{key} is another process");
		assert!([kept, changed].contains(&key.contract), "{key} runs");
	}
	eventually("it knows what it knew", LIMIT, || {
		let web = agent.printed(kept, "web").ends_with("I am one\none\none\n");
		let other = agent.printed(changed, "web").ends_with("I am two\none\ntwo\n");
		(web && other).then_some(())
	});
	assert_eq!(agent.printed(kept, "job"), "done\n", "what is done is not done again");
	user.runs(kept, 1);

	user.at_once(vec![User::cancellation(kept), User::cancellation(changed)]);
	agent.leaves_nothing();
	agent.assert_alive();
}
