//! Two containers on two nodes find each other by name and pass a lot, also when the way is bad.

use grid_stories::{
	eventually,
	machines::{deploy, published, reaches, Machines},
	Person, User,
};
use std::{net::SocketAddr, time::Duration};
use zos_testing::hosts::{pass, pings, resolve, Flow};

/// What is passed each way.
fn size() -> usize {
	let is_long = std::env::var_os("GRID_SOAK").is_some();
	if is_long {
		1 << 30
	} else {
		100 << 20
	}
}

#[test]
fn containers_on_two_nodes_find_each_other_and_pass_a_lot_both_ways() {
	let mut world = Machines::new();
	let [mut one, mut two] = ["one", "two"].map(|name| world.machine(name));
	let user = User::new(world.node.chain(), Person::Bob, one.node);
	let parts = vec![(&one, world.part(1, "web", "db")), (&two, world.part(2, "db", "web"))];
	let contract = deploy(&user, parts);

	one.prints(contract, "web", "found db");
	two.prints(contract, "db", "found web");
	let [web, db] = [one.container(contract, "web"), two.container(contract, "db")];
	let resolver = [10, 1, 1, 1].into();
	assert_eq!(resolve(&web, resolver, "db.shop.grid", 1), Ok(vec![10, 1, 2, 2]));
	pass(&web, &db, SocketAddr::from(([10, 1, 2, 2], 5_000)), size());

	let flow = Flow::begin(&web, &db, SocketAddr::from(([10, 1, 2, 2], 5_001)));
	flow.goes_on("at first");
	world.internet.loses(2);
	flow.goes_on("when packets are lost");
	world.internet.loses(0);
	world.internet.cut("two");
	assert!(!pings(&web, [10, 1, 2, 2]), "the way is cut");
	world.internet.mend("two");
	flow.goes_on("after the way was cut");
	drop(flow);

	user.cancel(contract);
	for machine in [&mut one, &mut two] {
		machine.agent.leaves_nothing();
		machine.agent.assert_alive();
	}
}

#[test]
fn a_node_that_is_hidden_reaches_those_that_are_not() {
	let mut world = Machines::new();
	let [home, other_home] = ["home", "flat"].map(|name| world.internet.home(name));
	let open = world.machine("open");
	let hidden = world.behind(&home, "hidden");
	let alone = world.behind(&other_home, "alone");
	let user = User::new(world.node.chain(), Person::Bob, open.node);
	let parts = vec![
		(&open, world.part(1, "a", "b")),
		(&hidden, world.part(2, "b", "a")),
		(&alone, world.part(3, "c", "a")),
	];
	let contract = deploy(&user, parts);
	assert_eq!(published(&user.at(hidden.node), contract).expect("a key").endpoint, None);
	let a = open.container(contract, "a");
	reaches(&a, [10, 1, 2, 2]);
	reaches(&a, [10, 1, 3, 2]);
	let b = hidden.container(contract, "b");
	reaches(&b, [10, 1, 1, 2]);

	// Nobody tells these two where the other is, and both are told why that does not work.
	assert!(!pings(&b, [10, 1, 3, 2]));
	for (here, there) in [(&hidden, &alone), (&alone, &hidden)] {
		let node = there.node;
		let why = format!("no way to its part on node {node}: both nodes are hidden");
		eventually("its operator is told", Duration::from_secs(60), || {
			let told = here.agent.tell(&["status"]).stdout;
			String::from_utf8_lossy(&told).contains(&why).then_some(())
		});
	}
	let told = String::from_utf8_lossy(&open.agent.tell(&["status"]).stdout).into_owned();
	assert!(!told.contains("no way to"), "{told}");
}
