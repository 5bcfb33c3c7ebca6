//! Two roles have to agree before anything is done.

use crate::modes;
use grid_primitives::{approval::Digest, capacity::bytes::MIB, RequestId};
use grid_runtime::{RuntimeCall, RuntimeEvent};
use grid_stories::{
	eventually, hasty_chain,
	specs::{container, spec, volume},
	stays, AgentProcess, Hears, Images, Included, Person, User,
};
use pallet_approvals::{Guards, Role, Terms};
use pallet_deployments::Status;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(90);
/// Longer than an agent takes to hear of something and start it.
const A_WHILE: Duration = Duration::from_secs(6);

#[test]
fn nothing_runs_before_both_roles_agree_and_what_they_reject_touches_nothing() {
	for hears in modes(Hears::Light) {
		waits_for_both(hears);
	}
}

/// The request that a transaction has put to stakeholders, and the hash of all that it is about.
fn asked(included: &Included) -> (RequestId, Digest) {
	let asked = |event: &RuntimeEvent| match event {
		RuntimeEvent::Approvals(pallet_approvals::Event::Asked { request, digest, .. }) => {
			Some((*request, *digest))
		},
		_ => None,
	};
	included.events.iter().find_map(asked).expect("they are asked")
}

fn role(title: &str, members: &[Person], veto: bool) -> Role<grid_runtime::AccountId> {
	let members: Vec<_> = members.iter().map(|it| it.to_account_id()).collect();
	Role {
		title: title.as_bytes().to_vec().try_into().expect("it is short"),
		members: members.try_into().expect("they are few"),
		threshold: 1,
		veto,
	}
}

fn waits_for_both(hears: Hears) {
	let node = hasty_chain("stakeholders");
	let chain = node.chain();
	let images = Images::new();
	let [one, two, three] = ["one", "two", "three"].map(|name| images.make(name));
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let plan = |image| spec([volume("data", 16 * MIB), container("web", image, "data")]);
	let approve = |who: Person, (request, digest): (RequestId, Digest)| {
		let call = pallet_approvals::Call::approve { request, digest };
		chain.send(who, RuntimeCall::Approvals(call)).expect("he is asked");
	};

	let terms = Terms {
		title: b"The shop".to_vec().try_into().expect("it is short"),
		roles: vec![
			role("legal", &[Person::Charlie], true),
			role("board", &[Person::Dave, Person::Eve], false),
		]
		.try_into()
		.expect("they are few"),
		ttl: 1_000,
		guards: Guards { create: true, amend: true, cancel: false },
		acceptance: false,
		several_roles: false,
		open: false,
	};
	let policy = pallet_approvals::Call::create_policy { terms };
	chain.send(Person::Bob, RuntimeCall::Approvals(policy)).expect("he has money");

	let made = chain.send(Person::Bob, user.creation("shop", plan(&one), Some(1)));
	let made = made.expect("there is room");
	let contract = User::created(&made)[0];
	stays("nobody agreed", A_WHILE, || agent.left().is_empty());
	approve(Person::Charlie, asked(&made));
	stays("half agreed", A_WHILE, || agent.left().is_empty());
	approve(Person::Dave, asked(&made));
	user.runs(contract, 1);
	let before = agent.programs();
	assert_eq!(before.len(), 1);

	// Legal rejects another revision.
	let proposed = chain.send(Person::Bob, user.amendment(contract, 1, plan(&two)));
	let request = asked(&proposed.expect("it is his"));
	approve(Person::Eve, request);
	stays("half agreed", A_WHILE, || agent.programs() == before);
	let reason = b"not this one".to_vec().try_into().expect("it is short");
	let object = pallet_approvals::Call::object { request: request.0, reason };
	chain.send(Person::Charlie, RuntimeCall::Approvals(object)).expect("he is asked");
	stays("the old revision runs untouched", A_WHILE, || agent.programs() == before);
	assert_eq!(user.status(contract), Some((1, Status::Running)));

	// Both agree with a third.
	let proposed = chain.send(Person::Bob, user.amendment(contract, 1, plan(&three)));
	let request = asked(&proposed.expect("it is his"));
	approve(Person::Charlie, request);
	approve(Person::Eve, request);
	eventually("the third prints", LIMIT, || {
		agent.printed(contract, "web").ends_with("I am three\none\nthree\n").then_some(())
	});
	user.runs(contract, 2);
	user.cancel(contract);
	agent.leaves_nothing();
	agent.assert_alive();
}
