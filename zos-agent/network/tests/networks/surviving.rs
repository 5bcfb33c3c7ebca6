//! What flows goes on, whatever happens to agents, links and addresses.

use crate::world::{eventually, introduce, Part, World};
use std::{
	net::SocketAddr,
	path::{Path, PathBuf},
	thread,
	time::Duration,
};
use zos_testing::hosts::{pings, tried, Flow};

/// The processes of tunnels that speak at a place.
fn tunnels(controls: &Path) -> Vec<PathBuf> {
	let words = controls.to_str().expect("text").to_owned();
	let all = std::fs::read_dir("/proc").expect("it is there").flatten();
	let mut found: Vec<_> = all
		.map(|it| it.path())
		.filter(|it| {
			std::fs::read(it.join("cmdline"))
				.is_ok_and(|line| String::from_utf8_lossy(&line).contains(&words))
		})
		.collect();
	found.sort();
	found
}

#[test]
fn an_agent_that_begins_anew_finds_all_as_it_was() {
	let mut world = World::new();
	let (mut one, two) = (world.host("one"), world.host("two"));
	let mut parts = [(&one, Part::new(1, 1)), (&two, Part::new(1, 2))];
	introduce(&mut parts);
	let [(_, first), (_, second)] = parts;
	let a = one.attach("a", &[(&first, [10, 1, 1, 2])]).namespace;
	let b = two.attach("b", &[(&second, [10, 1, 2, 2])]).namespace;
	let flow = Flow::begin(&a, &b, SocketAddr::from(([10, 1, 2, 2], 5_000)));
	flow.goes_on("at first");
	let before = tunnels(&one.settings.controls);
	assert_eq!(before.len(), 1);
	let key = one.key(&first);

	one.restart();
	let found = one.list();
	assert_eq!(found[0].fingerprint, Some(first.fingerprint()), "it is known again");
	// As an agent does that is not sure.
	one.make(&first);
	one.attach("a", &[(&first, [10, 1, 1, 2])]);
	assert_eq!(tunnels(&one.settings.controls), before, "nothing was started again");
	assert_eq!(one.key(&first), key);
	flow.goes_on("after the agent began anew");

	// A tunnel that dies is missed, and comes back with its key and port.
	let tunnel = before[0].file_name().and_then(|it| it.to_str()).expect("a number");
	assert!(tried(&format!("kill -9 {tunnel}")).0);
	eventually("it is missed", || one.list()[0].fingerprint.is_none());
	one.make(&first);
	assert_eq!(one.key(&first), key);
	flow.goes_on("after the tunnel died");
}

#[test]
fn tunnels_may_do_nothing() {
	let mut world = World::new();
	let one = world.host("one");
	one.make(&Part::new(1, 1));
	let tunnel = &tunnels(&one.settings.controls)[0];
	let status = std::fs::read_to_string(tunnel.join("status")).expect("it runs");
	let line = |word: &str| {
		let mut lines = status.lines().filter_map(|line| line.split_once(":\t"));
		lines.find(|(it, _)| *it == word).map(|(_, value)| value.to_owned()).expect("it is said")
	};
	for word in ["CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"] {
		assert_eq!(line(word).trim_start_matches('0'), "", "{word}");
	}
	assert_eq!(line("NoNewPrivs"), "1");
	assert_eq!(line("Uid"), "65534\t65534\t65534\t65534");
}

#[test]
fn flows_outlive_links_and_addresses() {
	let mut world = World::new();
	let (one, two) = (world.host("one"), world.host("two"));
	let mut parts = [(&one, Part::new(1, 1)), (&two, Part::new(1, 2))];
	introduce(&mut parts);
	let [(_, first), (_, second)] = parts;
	let a = one.attach("a", &[(&first, [10, 1, 1, 2])]).namespace;
	let b = two.attach("b", &[(&second, [10, 1, 2, 2])]).namespace;
	let flow = Flow::begin(&a, &b, SocketAddr::from(([10, 1, 2, 2], 5_000)));
	flow.goes_on("at first");

	world.internet.cut("two");
	thread::sleep(Duration::from_secs(3));
	world.internet.mend("two");
	flow.goes_on("after the link came back");

	// The other node is somewhere else all of a sudden, and says so by sending.
	world.internet.moves("two", &two.space);
	flow.goes_on("after the other moved");
	assert!(pings(&a, [10, 1, 2, 2]));
}

#[test]
fn nodes_come_and_go_and_nobody_else_notices() {
	let mut world = World::new();
	let (one, two, three) = (world.host("one"), world.host("two"), world.host("three"));
	let mut parts = [(&one, Part::new(1, 1)), (&two, Part::new(1, 2))];
	introduce(&mut parts);
	let [(_, first), (_, second)] = parts;
	let a = one.attach("a", &[(&first, [10, 1, 1, 2])]).namespace;
	let b = two.attach("b", &[(&second, [10, 1, 2, 2])]).namespace;
	let flow = Flow::begin(&a, &b, SocketAddr::from(([10, 1, 2, 2], 5_000)));
	flow.goes_on("at first");

	let mut parts = [(&one, first), (&two, second), (&three, Part::new(1, 3))];
	introduce(&mut parts);
	let c = three.attach("c", &[(&parts[2].1, [10, 1, 3, 2])]).namespace;
	eventually("the new one is reached", || pings(&a, [10, 1, 3, 2]) && pings(&c, [10, 1, 2, 2]));
	flow.goes_on("after a node came");

	let [(_, first), (_, second), _] = parts;
	introduce(&mut [(&one, first), (&two, second)]);
	assert!(!pings(&c, [10, 1, 1, 2]), "who left does not get through");
	flow.goes_on("after a node went");
}
