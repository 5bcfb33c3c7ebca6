//! A user's laptop joins a network.

use base64::{engine::general_purpose::STANDARD, Engine};
use grid_primitives::spec::AccessPeer;
use grid_stories::{
	eventually,
	machines::{deploy, reaches, Machines},
	specs::{network_with, spec, text},
	Grid, Person, User,
};
use std::{fs, time::Duration};
use zos_testing::hosts::{pings, resolve};

const LAPTOP: [u8; 4] = [10, 1, 1, 200];

#[test]
fn a_laptop_joins_with_what_the_chain_tells_it() {
	let mut world = Machines::new();
	let [one, two] = ["one", "two"].map(|name| world.machine(name));
	let (laptop, _) = world.internet.space("laptop");
	let grid = Grid::default();
	let [key, config, stripped] =
		["laptop.key", "wg.conf", "stripped.conf"].map(|it| grid.file(it));
	let public = grid.says(&["network", "key", &key]);
	let public_key = STANDARD.decode(public.trim()).ok().and_then(|key| key.try_into().ok());
	let public_key = public_key.expect("it is a key");
	let device = AccessPeer { name: text("laptop"), public_key, ip: LAPTOP };
	let open = network_with(1, |it| it.access = vec![device].try_into().expect("one"));

	let user = User::new(world.node.chain(), Person::Bob, one.node);
	let mut part = world.part(1, "web", "db");
	part[0] = open;
	let contract = deploy(&user, vec![(&one, part), (&two, world.part(2, "db", "web"))]);
	reaches(&one.container(contract, "web"), [10, 1, 2, 2]);

	let chain = ["--chain", &world.node.url(), "network", "access", &contract.to_string()];
	grid.says(&[&chain[..], &["laptop", "--key-file", &key, "--to", &config]].concat());
	let config = fs::read_to_string(&config).expect("it was written");
	let interface = format!("wj{}", std::process::id());
	// What `wg-quick` does beside would change how this machine resolves names: it is done by hand.
	let by_hand = ["Address", "DNS", "MTU"];
	let lines = config.lines().filter(|line| !by_hand.iter().any(|it| line.starts_with(it)));
	let rest: String = lines.map(|line| format!("{line}\n")).collect();
	fs::write(&stripped, rest).expect("it is written");
	laptop.run(&format!("wireguard-go {interface}"));
	laptop.run(&format!("wg setconf {interface} {stripped}"));
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
