//! Programs that fail, and what whoever deployed them is told.

use crate::modes;
use grid_primitives::{
	capacity::bytes::MIB,
	report::{Failure, FailureCode},
	spec::{Image, RestartPolicy, Spec},
};
use grid_stories::{
	eventually, hasty_chain,
	specs::{container_with, spec, text},
	AgentProcess, Hears, Images, Person, User,
};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(90);

#[test]
fn a_program_that_fails_is_reported_with_its_reason_and_can_be_mended() {
	for hears in modes(Hears::Light) {
		fails_and_is_mended(hears);
	}
}

fn fails_and_is_mended(hears: Hears) {
	let node = hasty_chain("failing");
	let chain = node.chain();
	let images = Images::new();
	let good = images.running("good", "echo it runs; trap exit TERM; sleep 100000 & wait");
	let greedy = images.running("greedy", "echo it begins; tail /dev/zero");
	let faulty = images.running("faulty", "echo it begins; exit 3");
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let plan = |image: &Image, restart| -> Spec {
		spec([
			container_with("neighbour", &good, |_| ()),
			container_with("web", image, |it| {
				it.memory = 16 * MIB;
				it.restart = restart;
			}),
		])
	};

	let hungry = user.deploy("hungry", plan(&greedy, RestartPolicy::Always));
	let broken = user.deploy("broken", plan(&faulty, RestartPolicy::OnFailure(1)));

	let Failure { code, workload, detail } = user.failure(hungry);
	assert_eq!((code, workload), (FailureCode::OutOfMemory, Some(text("web"))));
	let detail = detail.as_str().expect("it is text");
	assert!(detail.contains("more memory than it has"), "{detail}");

	let Failure { code, workload, detail } = user.failure(broken);
	assert_eq!((code, workload), (FailureCode::Crashed, Some(text("web"))));
	let detail = detail.as_str().expect("it is text");
	assert!(detail.contains("code 3"), "{detail}");
	let begun = agent.printed(broken, "web");
	assert_eq!(begun, "it begins\nit begins\n", "it is started once more, and that is all");

	// What others do wrong holds nobody back, and it is no reason to touch them.
	let neighbours = || {
		let mut programs = agent.programs();
		programs.retain(|key, _| key.name() == "neighbour");
		programs
	};
	eventually("the others run", LIMIT, || (neighbours().len() == 2).then_some(()));
	let before = neighbours();
	for contract in [hungry, broken] {
		user.amend(contract, plan(&good, RestartPolicy::Always));
		user.runs(contract, 2);
	}
	assert_eq!(neighbours(), before, "the same processes");
	user.at_once(vec![User::cancellation(hungry), User::cancellation(broken)]);
	agent.leaves_nothing();
	agent.assert_alive();
}
