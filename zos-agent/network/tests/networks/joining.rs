//! A user's device joins.

use crate::world::{eventually, introduce, Part, World};
use grid_primitives::{device::Device, spec::AccessPeer};
use std::{fs, net::SocketAddr};
use zos_testing::hosts::{greeter, hears, pings, resolve, run_line};

#[test]
fn a_laptop_joins_with_what_it_is_given() {
	let mut world = World::new();
	let (one, two) = (world.host("one"), world.host("two"));
	let (laptop, _) = world.internet.space("laptop");
	let folder = tempfile::tempdir().expect("a folder");
	let private: [u8; 32] = rand::random();
	let secret = boringtun::x25519::StaticSecret::from(private);
	let public = boringtun::x25519::PublicKey::from(&secret).to_bytes();
	let name = "laptop".try_into().expect("short");
	let device = AccessPeer { name, public_key: public, ip: [10, 1, 1, 200] };
	let part = Part::new(1, 1).access(device.clone()).member("web", [10, 1, 1, 2]);
	let mut parts = [(&one, part), (&two, Part::new(1, 2))];
	introduce(&mut parts);
	let web = one.attach("web", &[(&parts[0].1, [10, 1, 1, 2])]).namespace;
	let far = two.attach("far", &[(&parts[1].1, [10, 1, 2, 2])]).namespace;
	greeter(&web, SocketAddr::from(([10, 1, 1, 2], 80)), "web");

	let node = one.key(&parts[0].1);
	let config =
		Device { network: &parts[0].1.network, device: &device, node: &node, label: "shop" };
	let config = config.wg_quick(Some(&private)).expect("the node is reached");
	// A device has its own program. What `wg-quick` does beside is done here by hand, as it would
	// change how this machine resolves names.
	let interface = format!("wl{}", std::process::id());
	let stripped: String = config
		.lines()
		.filter(|line| !["Address", "DNS", "MTU"].iter().any(|word| line.starts_with(word)))
		.map(|line| format!("{line}\n"))
		.collect();
	let file = folder.path().join("wg.conf");
	fs::write(&file, stripped).expect("it is written");
	laptop.run(&format!("wireguard-go {interface}"));
	laptop.run(&format!("wg setconf {interface} {}", file.display()));
	laptop.ip(&format!("addr add 10.1.1.200/32 dev {interface}"));
	laptop.ip(&format!("link set {interface} mtu 1420 up"));
	laptop.ip(&format!("route add 10.1.0.0/16 dev {interface}"));

	let at = laptop.path();
	eventually("the laptop is in", || pings(&at, [10, 1, 1, 2]));
	let heard = hears(&at, SocketAddr::from(([10, 1, 1, 2], 80)));
	assert_eq!(heard.as_deref(), Some("web"));
	assert!(pings(&at, [10, 1, 2, 2]), "it reaches the other node through this one");
	assert!(pings(&far, [10, 1, 1, 200]), "and is reached from there");
	let resolver = [10, 1, 1, 1].into();
	assert_eq!(resolve(&at, resolver, "web.shop.grid", 1), Ok(vec![10, 1, 1, 2]));

	// Operators see it with the usual program, where sockets are where it looks.
	let shown = run_line(&format!("ip netns exec {} wg show {interface} peers", laptop.name));
	assert_eq!(shown.lines().count(), 1);

	let mut without = parts[0].1.clone();
	without.network.access = Default::default();
	one.make(&without);
	assert!(!pings(&at, [10, 1, 1, 2]), "who is not in the list any more is out");
	laptop.ip(&format!("link del {interface}"));
}
