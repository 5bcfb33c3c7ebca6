//! Many networks on one node, and nothing left of them.

use crate::world::{eventually, introduce, pings, run, tried, Part, World};
use std::path::PathBuf;
use zos_core::ports::Networks;

const MANY: u32 = 20;

#[test]
fn twenty_networks_are_there_side_by_side_and_leave_nothing() {
	let mut world = World::new();
	let (one, two) = (world.host("one"), world.host("two"));
	let mut ends: Vec<(PathBuf, Part)> = Vec::new();
	for contract in 1..=MANY {
		let mut parts =
			[(&one, Part::new(contract, 1).egress()), (&two, Part::new(contract, 2).egress())];
		introduce(&mut parts);
		let [(_, first), (_, second)] = parts;
		let a = one.attach("a", &[(&first, [10, 1, 1, 2])]).namespace;
		two.attach("b", &[(&second, [10, 1, 2, 2])]);
		ends.push((a, first));
	}
	for (a, part) in &ends {
		eventually(&format!("{} works", part.key), || pings(a, [10, 1, 2, 2]));
	}
	let found = one.list();
	assert_eq!(found.len(), MANY as usize);
	assert!(found.iter().all(|it| it.fingerprint.is_some() && it.public.is_some()));

	for (_, part) in &ends {
		one.within(|networks| networks.remove(&part.key).expect("it goes"));
	}
	assert!(one.list().is_empty());
	let prefix = one.settings.names.prefix();
	assert!(!run("ip netns list").contains(prefix), "a namespace is left");
	let links = one.space.run("ip -o link");
	assert_eq!(links.lines().count(), 2, "an interface is left: {links}");
	assert!(!one.space.run("nft list tables").contains(prefix.trim_end_matches('-')));
	let running = tried("pgrep -af zos-wg").1;
	let run = one.settings.run.to_str().expect("text");
	assert!(!running.contains(run), "a tunnel is left: {running}");
	// Nothing is there to be removed, and that is fine.
	one.within(|networks| networks.remove(&ends[0].1.key).expect("it goes"));
}
