//! Ways in and out, as they are declared.

use crate::world::{Part, World};
use grid_primitives::spec::{Forward, Protocol};
use std::net::{IpAddr, SocketAddr};
use zos_core::{ports::Networks, Key};
use zos_testing::hosts::{greeter, hears, pings, within};

fn forward(port: u16) -> Forward {
	let to = "web".try_into().expect("short");
	Forward { protocol: Protocol::Tcp, port, to, to_port: 80 }
}

#[test]
fn what_is_let_in_comes_in_and_nothing_else() {
	let mut world = World::new();
	let one = world.host("one");
	let (client, _) = world.internet.space("client");
	let part = Part::new(1, 1).forward(forward(8_080));
	one.make(&part);
	let web = one.attach("web", &[(&part, [10, 1, 1, 2])]).namespace;
	for (port, word) in [(80, "web"), (81, "admin")] {
		greeter(&web, SocketAddr::from(([10, 1, 1, 2], port)), word);
	}
	let own = one.settings.address.expect("it has one");
	let at = |port| hears(&client.path(), SocketAddr::new(own, port));
	assert_eq!(at(8_080).as_deref(), Some("web"));
	assert_eq!([at(80), at(81), at(53)], [None, None, None]);

	// Somebody else cannot have the same port.
	let taken = one.refuses(&Part::new(2, 1).forward(forward(8_080))).to_string();
	assert!(taken.contains("8080") && taken.contains("1/net"), "{taken}");

	// It is let in no more when the owner says so.
	one.make(&Part::new(1, 1));
	assert_eq!(at(8_080), None);
}

#[test]
fn a_public_address_leads_in_and_is_seen_outside() {
	let mut world = World::new();
	let one = world.host("one");
	let (client, address) = world.internet.space("client");
	let public = [198, 51, 100, 7];
	world.internet.router.ip("route add 198.51.100.0/24 dev to-one");
	let mut part = Part::new(1, 1).egress().forward(forward(80));
	part.around.addresses = vec![IpAddr::from(public).into()];
	one.make(&part);
	let web = one.attach("web", &[(&part, [10, 1, 1, 2])]).namespace;
	greeter(&web, SocketAddr::from(([10, 1, 1, 2], 80)), "web");
	let heard = hears(&client.path(), SocketAddr::from((public, 80)));
	assert_eq!(heard.as_deref(), Some("web"));
	let own = one.settings.address.expect("it has one");
	assert_eq!(hears(&client.path(), SocketAddr::new(own, 80)), None, "the node's own does not");

	let listener =
		within(&client.path(), || std::net::TcpListener::bind((address, 9)).expect("a port"));
	within(&web, || std::net::TcpStream::connect((address, 9)).expect("it goes out"));
	let (_, from) = listener.accept().expect("it came");
	assert_eq!(from.ip(), IpAddr::from(public));

	// The owner gives it back, and later has another.
	part.around.addresses.clear();
	one.make(&part);
	assert!(!one.space.run("ip addr show").contains("198.51.100.7"));
	let own = one.settings.address.expect("it has one");
	let heard = hears(&client.path(), SocketAddr::new(own, 80));
	assert_eq!(heard.as_deref(), Some("web"), "now the node's own leads in");
	part.around.addresses = vec![IpAddr::from([198, 51, 100, 8]).into()];
	one.make(&part);
	let heard = hears(&client.path(), SocketAddr::from(([198, 51, 100, 8], 80)));
	assert_eq!(heard.as_deref(), Some("web"));

	one.within(|networks| networks.remove(&Key::new(1, "net").expect("a name")).expect("it goes"));
	assert!(!one.space.run("ip addr show").contains("198.51.100."));
}

#[test]
fn what_cannot_be_had_is_refused_before_anything_is_made() {
	let mut world = World::new();
	let one = world.host("one");
	let mut part = Part::new(1, 1);
	part.network.public_v6 = true;
	let refused = one.refuses(&part);
	assert!(refused.to_string().contains("public_v6") && !refused.is_retryable(), "{refused}");
	assert!(one.list().is_empty());

	let listener = || std::net::UdpSocket::bind(("0.0.0.0", 5_555)).expect("a port");
	let taken = within(&one.space.path(), listener);
	let mut part = Part::new(1, 1);
	part.network.port = Some(5_555);
	let refused = one.refuses(&part);
	assert!(refused.to_string().contains("UDP port 5555") && refused.is_retryable(), "{refused}");
	drop(taken);
	one.make(&part);
	assert_eq!(one.key(&part).endpoint.expect("it is reached").port, 5_555);
}

#[test]
fn a_machine_passes_on_for_its_networks_alone() {
	let mut world = World::new();
	let mut one = world.host("one");
	let (client, address) = world.internet.space("client");
	let stranger = world.internet.behind(&one.space, "stranger");
	one.space.run("sysctl -qw net.ipv4.ip_forward=0");
	let own = one.settings.address.expect("it has one");
	world.internet.router.ip(&format!("route add 192.168.7.0/24 via {own}"));
	assert!(!pings(&client.path(), [192, 168, 7, 2]), "it is no router");

	let part = Part::new(1, 1).egress();
	one.make(&part);
	let web = one.attach("web", &[(&part, [10, 1, 1, 2])]).namespace;
	let is_closed =
		|| !pings(&client.path(), [192, 168, 7, 2]) && !pings(&stranger.path(), address);
	assert!(pings(&web, address), "networks go out");
	assert!(is_closed(), "and nobody else does");
	one.restart();
	assert!(pings(&web, address) && is_closed(), "also when the agent begins anew");

	// Those who have the machine want it to be a router, and nobody stands in their way.
	one.space.run("sysctl -qw net.ipv4.ip_forward=1");
	one.restart();
	assert!(pings(&client.path(), [192, 168, 7, 2]) && pings(&web, address));
	one.space.run("sysctl -qw net.ipv4.ip_forward=0");
	one.restart();
	assert!(pings(&web, address) && is_closed());

	one.within(|networks| networks.remove(&part.key).expect("it goes"));
	assert!(is_closed(), "it is as it was");
	let forwards = one.space.run("cat /proc/sys/net/ipv4/conf/eth0/forwarding");
	assert_eq!(forwards.trim(), "0");
}

#[test]
fn a_forward_takes_nothing_that_somebody_else_has() {
	let mut world = World::new();
	let one = world.host("one");
	let udp = |port| Forward { protocol: Protocol::Udp, ..forward(port) };
	let of_host = within(&one.space.path(), || {
		let tcp = std::net::TcpListener::bind("0.0.0.0:2222").expect("a port");
		(tcp, std::net::UdpSocket::bind("[::]:3333").expect("a port"))
	});
	let mut first = Part::new(1, 1);
	first.network.port = Some(5_555);
	one.make(&first);
	for (forward, port) in [(forward(2_222), "2222"), (udp(3_333), "3333"), (udp(5_555), "5555")] {
		let refused = one.refuses(&Part::new(2, 1).forward(forward));
		assert!(refused.to_string().contains(port) && refused.is_retryable(), "{refused}");
	}
	drop(of_host);
	let second = Part::new(2, 1).forward(forward(2_222));
	one.make(&second);

	// What is forwarded already stays so, whoever listens there now.
	let late = within(&one.space.path(), || std::net::TcpListener::bind("0.0.0.0:2222"));
	one.make(&second.clone().egress());
	drop(late);

	// No tunnel is put where another's forward leads away from it.
	one.make(&Part::new(3, 1).forward(udp(6_666)));
	let mut fourth = Part::new(4, 1);
	fourth.network.port = Some(6_666);
	let refused = one.refuses(&fourth).to_string();
	assert!(refused.contains("UDP port 6666"), "{refused}");
}

#[test]
fn an_address_is_its_new_owners_when_the_one_before_never_ran() {
	let mut world = World::new();
	let one = world.host("one");
	let part = Part::new(1, 1);
	one.make(&part);
	one.attach("a", &[(&part, [10, 1, 1, 2])]);
	let b = one.attach("b", &[(&part, [10, 1, 1, 2])]).namespace;
	assert!(pings(&b, [10, 1, 1, 1]));
}

#[test]
fn nobody_fills_the_table_of_conversations_of_the_machine() {
	let mut world = World::new();
	let one = world.host("one");
	let (_client, address) = world.internet.space("client");
	let part = Part::new(1, 1).egress();
	one.make(&part);
	let web = one.attach("web", &[(&part, [10, 1, 1, 2])]).namespace;
	within(&web, || {
		let socket = std::net::UdpSocket::bind("0.0.0.0:0").expect("a port");
		for port in 1..=30_000_u16 {
			// It may be told of those before that nobody listens.
			let _ = socket.send_to(b"x", (address, port));
		}
	});
	let known = one.space.run("cat /proc/sys/net/netfilter/nf_conntrack_count");
	let known: u32 = known.trim().parse().expect("a number");
	assert!((1_000..17_000).contains(&known), "{known}");
}
