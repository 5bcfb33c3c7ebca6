//! A node changes its address.

use grid_primitives::spec::Change;
use grid_stories::{
	eventually,
	machines::{deploy, published, reaches, Machines},
	specs::spec,
	Person, User,
};
use std::{
	net::{IpAddr, SocketAddr},
	time::Duration,
};
use zos_testing::hosts::Flow;

#[test]
fn a_node_moves_and_its_peers_follow() {
	let mut world = Machines::new();
	let [one, two, third] = ["one", "two", "third"].map(|name| world.machine(name));
	let user = User::new(world.node.chain(), Person::Bob, one.node);
	let parts = vec![(&one, world.part(1, "web", "db")), (&two, world.part(2, "db", "web"))];
	let contract = deploy(&user, parts);
	let [web, db] = [one.container(contract, "web"), two.container(contract, "db")];
	reaches(&web, [10, 1, 2, 2]);
	let flow = Flow::begin(&web, &db, SocketAddr::from(([10, 1, 2, 2], 5_000)));
	flow.goes_on("at first");

	let address = world.internet.moves(two.name, &two.host.space);
	flow.goes_on("after the other moved");
	// Whoever comes later is told of the new address.
	eventually("the chain knows", Duration::from_secs(60), || {
		let endpoint = published(&user.at(two.node), contract)?.endpoint?;
		(endpoint.ip == IpAddr::from(address).into()).then_some(())
	});
	let joins = Change { node: third.node, spec: Some(spec(world.part(3, "late", "db"))) };
	user.amend_over(contract, vec![joins]);
	user.at(third.node).runs(contract, 2);
	reaches(&third.container(contract, "late"), [10, 1, 2, 2]);
	flow.goes_on("after somebody else came");
}
