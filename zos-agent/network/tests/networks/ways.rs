//! Ways in and out, as they are declared.

use crate::world::{greeter, hears, Part, World};
use grid_primitives::spec::{Forward, Protocol};
use std::net::{IpAddr, SocketAddr};
use zos_core::{
	ports::{NetworkOrder, Networks},
	Key,
};

fn forward(port: u16) -> Forward {
	let to = "web".try_into().expect("short");
	Forward { protocol: Protocol::Tcp, port, to, to_port: 80 }
}

#[test]
fn what_is_let_in_comes_in_and_nothing_else() {
	let mut world = World::new();
	let one = world.host("one");
	let (client, _) = world.space("client");
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
	let other = Part::new(2, 1).forward(forward(8_080));
	let Part { key, network, around } = &other;
	let order = NetworkOrder { key, fingerprint: other.fingerprint(), network, around };
	let taken = one.within(|networks| networks.make(&order).expect_err("it is taken"));
	assert!(taken.to_string().contains("8080") && taken.to_string().contains("1/net"), "{taken}");

	// It is let in no more when the owner says so.
	one.make(&Part::new(1, 1));
	assert_eq!(at(8_080), None);
}

#[test]
fn a_public_address_leads_in_and_is_seen_outside() {
	let mut world = World::new();
	let one = world.host("one");
	let (client, address) = world.space("client");
	let public = [198, 51, 100, 7];
	world.router.ip("route add 198.51.100.0/24 dev to-one");
	let mut part = Part::new(1, 1).egress().forward(forward(80));
	part.around.addresses = vec![IpAddr::from(public).into()];
	one.make(&part);
	let web = one.attach("web", &[(&part, [10, 1, 1, 2])]).namespace;
	greeter(&web, SocketAddr::from(([10, 1, 1, 2], 80)), "web");
	let heard = hears(&client.path(), SocketAddr::from((public, 80)));
	assert_eq!(heard.as_deref(), Some("web"));
	let own = one.settings.address.expect("it has one");
	assert_eq!(hears(&client.path(), SocketAddr::new(own, 80)), None, "the node's own does not");

	let listener = crate::world::within(&client.path(), || {
		std::net::TcpListener::bind((address, 9)).expect("a port")
	});
	crate::world::within(&web, || std::net::TcpStream::connect((address, 9)).expect("it goes out"));
	let (_, from) = listener.accept().expect("it came");
	assert_eq!(from.ip(), IpAddr::from(public));

	one.within(|networks| networks.remove(&Key::new(1, "net").expect("a name")).expect("it goes"));
	assert!(!one.space.run("ip addr show").contains("198.51.100.7"));
}
