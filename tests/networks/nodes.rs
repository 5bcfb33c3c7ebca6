//! Nodes come to a network and leave it.

use grid_primitives::spec::Change;
use grid_stories::{
	eventually,
	machines::{deploy, reaches, Machines},
	specs::spec,
	Person, User,
};
use std::{net::SocketAddr, time::Duration};
use zos_testing::hosts::{pings, resolve, Flow};

/// The longest that a flow may rest though nobody touched its ends.
const REST: Duration = Duration::from_secs(1);

#[test]
fn a_node_comes_and_goes_and_the_others_notice_nothing() {
	let mut world = Machines::new();
	let [one, two, three] = ["one", "two", "three"].map(|name| world.machine(name));
	let user = User::new(world.node.chain(), Person::Bob, one.node);
	let parts = vec![(&one, world.part(1, "a", "b")), (&two, world.part(2, "b", "a"))];
	let contract = deploy(&user, parts);
	let [a, b] = [one.container(contract, "a"), two.container(contract, "b")];
	reaches(&a, [10, 1, 2, 2]);
	let flow = Flow::begin(&a, &b, SocketAddr::from(([10, 1, 2, 2], 5_000)));
	flow.goes_on("at first");
	flow.forget_rests();

	let joins = Change { node: three.node, spec: Some(spec(world.part(3, "c", "a"))) };
	user.amend_over(contract, vec![joins]);
	user.at(three.node).runs(contract, 2);
	three.prints(contract, "c", "found a");
	let c = three.container(contract, "c");
	reaches(&b, [10, 1, 3, 2]);
	reaches(&c, [10, 1, 2, 2]);
	flow.never_rested(REST, "while a node came");

	user.amend_over(contract, vec![Change { node: three.node, spec: None }]);
	three.agent.leaves_nothing();
	eventually("nobody is there any more", Duration::from_secs(60), || {
		(!pings(&a, [10, 1, 3, 2])).then_some(())
	});
	eventually("its names are gone", Duration::from_secs(60), || {
		let answer = resolve(&a, [10, 1, 1, 1].into(), "c.shop.grid", 1);
		(answer == Err(3)).then_some(())
	});
	let status = one.agent.status();
	assert_eq!(status["failures"].as_array().map(Vec::len), Some(0), "{status}");
	flow.never_rested(REST, "while a node went");
}
