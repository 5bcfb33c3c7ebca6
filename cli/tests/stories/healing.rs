//! A node that dies: what was on it goes elsewhere, and it is said.

use crate::{
	approving::{agree, asked, policy},
	world::{eventually, manifest, World},
};

/// The node that has the container.
fn home(world: &World) -> u64 {
	let contract = world.asks("//Bob", &["deployment", "show", "1"]);
	let parts = contract["nodes"].as_array().expect("a list").iter();
	let mut taken = parts.filter(|part| part["place"] == "taken" && !part["spec"].is_null());
	taken.next().and_then(|part| part["node"].as_u64()).expect("it is somewhere")
}

fn dies(world: &mut World, node: u64) {
	world.stop_machine(node);
	eventually("it is known to be gone", 90, || {
		let online = world.asks("//Bob", &["node", "list", "--online"]);
		let mut nodes = online.as_array()?.iter();
		nodes.all(|it| it["node"] != node).then_some(())
	});
}

#[test]
fn apply_and_watch_move_what_a_dead_node_had() {
	let mut world = World::with_machines(3);
	world.does("//Bob", &["twin", "create"]);
	let shop = world.write("shop.yaml", &manifest(1, "none"));
	world.does("//Bob", &["apply", &shop]);

	let first = home(&world);
	dies(&mut world, first);
	let (code, _) = world.fails("//Bob", &["plan", &shop, "--exit-code"]);
	assert_eq!(code, 10, "it is not as it should be");
	let status = world.asks("//Bob", &["status"]);
	assert_eq!(status["contracts"][0]["runs"], false, "{status}");
	let status = world.does("//Bob", &["status"]);
	assert!(status.contains("0 of 1 running") && status.contains("offline"), "{status}");
	let (code, why) = world.fails("//Bob", &["deployment", "wait", "1", "--timeout", "4"]);
	assert_eq!(code, 8, "{why}");
	let mut watch = world.sits("//Bob", &["watch", &shop, "--heal", "--yes"]);
	watch.sees("offline; before: running revision 1");
	assert!(!watch.screen().contains("moves from"), "seconds are no reason: {}", watch.screen());
	watch.interrupts();
	assert!(watch.ends().success(), "{}", watch.screen());
	let planned = world.asks("//Bob", &["plan", &shop]);
	assert_eq!(planned["moves"][0]["from"], first, "{planned}");
	let mut terminal = world.sits("//Bob", &["apply", &shop, "--yes"]);
	terminal.sees(&format!("web moves from node {first}, which is offline, to node"));
	assert!(terminal.ends().success(), "{}", terminal.screen());
	let second = home(&world);
	assert_ne!(first, second);
	world.does("//Bob", &["plan", &shop, "--exit-code"]);

	let mut watch = world.sits("//Bob", &["watch", &shop, "--heal", "--after", "1", "--yes"]);
	watch.sees("is as it should be");
	dies(&mut world, second);
	watch.sees(&format!("web moves from node {second}, which is offline, to node"));
	eventually("it runs elsewhere", 90, || {
		let status = world.asks("//Bob", &["status"]);
		(status["contracts"][0]["runs"] == true && home(&world) != second).then_some(())
	});
	watch.interrupts();
	assert!(watch.ends().success(), "{}", watch.screen());
}

#[test]
fn who_watches_asks_stakeholders_waits_for_them_and_goes_on() {
	let world = World::with_nodes(3);
	world.does("//Bob", &["twin", "create"]);
	let text = format!("{}policy: {}\n", manifest(2, "nodes"), policy(&world));
	let shop = world.write("shop.yaml", &text);
	world.does("//Bob", &["apply", &shop]);
	agree(&world, &asked(&world));
	world.does("//Bob", &["deployment", "wait", "1"]);
	let first = home(&world);

	let mut watch = world.sits("//Bob", &["watch", &shop, "--heal", "--after", "1", "--yes"]);
	watch.sees("is as it should be");
	world.does("//Alice", &["node", "expel", &first.to_string(), "--by", "sudo"]);
	watch.sees("drift: node");
	let request = asked(&world);
	watch.sees("under way: stakeholders are asked");
	let shown = world.does("//Charlie", &["approvals", "show", &request]);
	assert!(shown.contains(&format!("node {first} is gone, with what it ran")), "{shown}");
	agree(&world, &request);
	let well = || watch.screen().matches("is as it should be").count() > 1;
	eventually("it is well again, and said to be", 60, || well().then_some(()));
	assert_ne!(home(&world), first);
	watch.interrupts();
	assert!(watch.ends().success(), "{}", watch.screen());
}

#[test]
fn who_watches_goes_on_when_the_chain_is_there_again() {
	let mut world = World::with_nodes(1);
	world.does("//Bob", &["twin", "create"]);
	let shop = world.write("shop.yaml", &manifest(1, "none"));
	world.does("//Bob", &["apply", &shop]);
	let mut watch = world.sits("//Bob", &["watch", &shop, "--heal", "--yes"]);
	watch.sees("is as it should be");
	world.kill_chain();
	watch.sees("not now: ");
	world.start_chain();
	let well = || watch.screen().matches("is as it should be").count() > 1;
	eventually("it is reached again", 60, || well().then_some(()));
	watch.interrupts();
	assert!(watch.ends().success(), "{}", watch.screen());
}
