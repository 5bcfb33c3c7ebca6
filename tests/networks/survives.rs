//! An agent is killed, upgraded and started again under load: what flows goes on.

use grid_stories::{
	machines::{deploy, reaches, Machines},
	Person, User,
};
use std::{net::SocketAddr, thread, time::Duration};
use zos_testing::hosts::Flow;

/// The longest that a flow may rest though an agent ends.
const REST: Duration = Duration::from_secs(1);
const TIMES: u32 = 5;

#[test]
fn an_agent_is_killed_and_started_again_and_flows_do_not_rest() {
	let mut world = Machines::new();
	let [one, mut two] = ["one", "two"].map(|name| world.machine(name));
	let user = User::new(world.node.chain(), Person::Bob, one.node);
	let parts = vec![(&one, world.part(1, "web", "db")), (&two, world.part(2, "db", "web"))];
	let contract = deploy(&user, parts);
	let [web, db] = [one.container(contract, "web"), two.container(contract, "db")];
	reaches(&web, [10, 1, 2, 2]);
	let there = Flow::begin(&web, &db, SocketAddr::from(([10, 1, 2, 2], 5_000)));
	let back = Flow::begin(&db, &web, SocketAddr::from(([10, 1, 1, 2], 5_001)));
	for flow in [&there, &back] {
		flow.goes_on("at first");
		flow.forget_rests();
	}
	for time in 1..=TIMES {
		two.agent.kill();
		thread::sleep(Duration::from_millis(u64::from(time) * 300));
		if time == TIMES {
			two.agent.upgrade();
		}
		two.agent.start();
		thread::sleep(Duration::from_secs(2));
		two.agent.assert_alive();
		for flow in [&there, &back] {
			flow.never_rested(REST, &format!("around kill {time}"));
		}
	}
	// It has not lost sight of what is there.
	user.cancel(contract);
	drop((there, back));
	two.agent.leaves_nothing();
}
