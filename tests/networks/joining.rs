//! A user's laptop joins a network.

use boringtun::x25519::{PublicKey, StaticSecret};
use grid_primitives::{
	device::Device,
	spec::{AccessPeer, Kind},
};
use grid_stories::{
	eventually,
	machines::{deploy, published, reaches, Machines},
	specs::{network_with, spec, text},
	Person, User,
};
use std::{fs, time::Duration};
use zos_testing::hosts::{pings, resolve};

const LAPTOP: [u8; 4] = [10, 1, 1, 200];

#[test]
fn a_laptop_joins_with_what_the_chain_tells_it() {
	let mut world = Machines::new();
	let [one, two] = ["one", "two"].map(|name| world.machine(name));
	let (laptop, _) = world.internet.space("laptop");
	let private: [u8; 32] = rand::random();
	let public_key = PublicKey::from(&StaticSecret::from(private)).to_bytes();
	let device = AccessPeer { name: text("laptop"), public_key, ip: LAPTOP };
	let open = network_with(1, |it| it.access = vec![device.clone()].try_into().expect("one"));
	let Kind::Network(network) = open.kind.clone() else { unreachable!("it is one") };

	let user = User::new(world.node.chain(), Person::Bob, one.node);
	let mut part = world.part(1, "web", "db");
	part[0] = open;
	let contract = deploy(&user, vec![(&one, part), (&two, world.part(2, "db", "web"))]);
	reaches(&one.container(contract, "web"), [10, 1, 2, 2]);

	let node = published(&user, contract).expect("it has published one");
	let told = Device { network: &network, device: &device, node: &node, label: "shop" };
	let config = told.wg_quick(Some(&private)).expect("the node is reached");
	let folder = tempfile::tempdir().expect("a folder");
	let interface = format!("wj{}", std::process::id());
	// What `wg-quick` does beside would change how this machine resolves names: it is done by hand.
	let file = folder.path().join("wg.conf");
	let by_hand = ["Address", "DNS", "MTU"];
	let lines = config.lines().filter(|line| !by_hand.iter().any(|it| line.starts_with(it)));
	let stripped: String = lines.map(|line| format!("{line}\n")).collect();
	fs::write(&file, stripped).expect("it is written");
	laptop.run(&format!("wireguard-go {interface}"));
	laptop.run(&format!("wg setconf {interface} {}", file.display()));
	laptop.ip(&format!("addr add 10.1.1.200/32 dev {interface}"));
	laptop.ip(&format!("link set {interface} mtu 1420 up"));
	laptop.ip(&format!("route add 10.1.0.0/16 dev {interface}"));

	let at = laptop.path();
	reaches(&at, [10, 1, 1, 2]);
	reaches(&at, [10, 1, 2, 2]);
	reaches(&two.container(contract, "db"), LAPTOP);
	let resolver = [10, 1, 1, 1].into();
	assert_eq!(resolve(&at, resolver, "db.shop.grid", 1), Ok(vec![10, 1, 2, 2]));

	// Who is not in the list any more is out.
	user.amend(contract, spec(world.part(1, "web", "db")));
	eventually("the laptop is out", Duration::from_secs(60), || {
		(!pings(&at, [10, 1, 1, 2])).then_some(())
	});
	laptop.ip(&format!("link del {interface}"));
}
