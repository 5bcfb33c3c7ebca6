//! A node that dies: what was on it goes elsewhere, and it is said.

use crate::world::{eventually, manifest, World};

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
