//! Two workloads on two nodes find each other, and pass a lot.

use crate::world::{endpoint, eventually, introduce, pings, resolve, run, within, Part, World};
use std::{
	io::{Read, Write},
	net::{SocketAddr, TcpListener, TcpStream},
	path::Path,
	thread,
};

/// What is passed each way.
const SIZE: usize = 1 << 30;
const A: u16 = 1;
const AAAA: u16 = 28;

/// Sends what can be told from anything else. Says its checksum.
fn send(stream: &mut TcpStream, seed: u64) -> u32 {
	let mut state = seed;
	let mut sum = 0;
	let mut block = vec![0; 1 << 20];
	for _ in 0..SIZE / block.len() {
		for word in block.as_chunks_mut::<8>().0 {
			state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
			*word = state.to_le_bytes();
		}
		sum = crc32c::crc32c_append(sum, &block);
		stream.write_all(&block).expect("it is taken");
	}
	sum
}

fn receive(stream: &mut TcpStream) -> u32 {
	let mut block = vec![0; 1 << 20];
	let (mut sum, mut left) = (0, SIZE);
	while left > 0 {
		let most = left.min(block.len());
		let length = stream.read(&mut block[..most]).expect("it comes");
		assert!(length > 0, "{left} bytes are missing");
		sum = crc32c::crc32c_append(sum, &block[..length]);
		left -= length;
	}
	sum
}

/// Passes a lot one way, and as much back.
fn pass(from: &Path, to: &Path, at: SocketAddr) {
	let listener = within(to, || TcpListener::bind(at).expect("a port"));
	let other = thread::spawn(move || {
		let (mut stream, _) = listener.accept().expect("somebody comes");
		let received = receive(&mut stream);
		(received, send(&mut stream, 2))
	});
	let mut stream = within(from, || TcpStream::connect(at).expect("somebody is there"));
	let sent = send(&mut stream, 1);
	let received = receive(&mut stream);
	let (theirs, sent_back) = other.join().expect("it went well");
	assert_eq!(sent, theirs, "what came is not what was sent");
	assert_eq!(sent_back, received, "what came back is not what was sent");
}

#[test]
fn two_workloads_on_two_nodes_find_each_other_and_pass_a_gigabyte_both_ways() {
	let mut world = World::new();
	let (one, two) = (world.host("one"), world.host("two"));
	let part = |third| Part::new(1, third).member("web", [10, 1, 1, 2]).member("db", [10, 1, 2, 2]);
	let mut parts = [(&one, part(1)), (&two, part(2))];
	introduce(&mut parts);
	let web = one.attach("web", &[(&parts[0].1, [10, 1, 1, 2])]);
	let db = two.attach("db", &[(&parts[1].1, [10, 1, 2, 2])]);

	let resolver = web.resolvers[0];
	assert_eq!(resolve(&web.namespace, resolver, "db.shop.grid", A), Ok(vec![10, 1, 2, 2]));
	let v6 = resolve(&web.namespace, resolver, "DB.Shop.Grid", AAAA).expect("it has one");
	assert_eq!(v6[..6], [0xfd, 1, 2, 3, 4, 5]);
	let nobody = resolve(&web.namespace, resolver, "nobody.shop.grid", A);
	assert_eq!(nobody, Err(3), "there is none of that name");
	let other = resolve(&web.namespace, resolver, "example.org", A);
	assert_eq!(other, Err(5), "nobody asks others for a network that stays within");
	assert_eq!(web.search, ["shop.grid"]);

	eventually("the first ping", || pings(&web.namespace, [10, 1, 2, 2]));
	let v6: std::net::Ipv6Addr = "fd01:203:405::a01:202".parse().expect("it is one");
	assert!(pings(&web.namespace, v6), "version 6 passes too");
	pass(&web.namespace, &db.namespace, SocketAddr::from(([10, 1, 2, 2], 5_000)));

	// The longest packets go through whole.
	let web_name = web.namespace.file_name().and_then(|it| it.to_str()).expect("a name");
	run(&format!("ip netns exec {web_name} ping -c1 -W2 -M do -s 1392 10.1.2.2"));
}

#[test]
fn a_node_behind_others_reaches_those_that_are_not() {
	let mut world = World::new();
	let (one, two) = (world.host("one"), world.host("two"));
	// A home router, and a node behind it that says nothing of where it is.
	let (home, address) = world.space("home");
	home.run("sysctl -qw net.ipv4.ip_forward=1");
	let hidden = world.behind(&home, "hidden");
	home.run("nft add table ip nat");
	home.run("nft add chain ip nat post { type nat hook postrouting priority 100 ; }");
	home.run(&format!("nft add rule ip nat post oifname eth0 snat to {address}"));

	let mut parts = [(&one, Part::new(1, 1)), (&two, Part::new(1, 2)), (&hidden, Part::new(1, 3))];
	introduce(&mut parts);
	assert_eq!(hidden.key(&parts[2].1).endpoint, None);
	let port = one.key(&parts[0].1).endpoint.expect("it is reached").port;
	assert_ne!(endpoint(address, port), None);
	let names = ["a", "b", "c"];
	let all: Vec<_> = parts
		.iter()
		.zip(names)
		.map(|((host, part), name)| {
			let [a, b, c, _] = part.network.subnet.ip;
			(host.attach(name, &[(part, [a, b, c, 2])]).namespace, [a, b, c, 2])
		})
		.collect();
	for (from, _) in &all {
		for (_, to) in &all {
			eventually(&format!("{} reaches {to:?}", from.display()), || pings(from, *to));
		}
	}
}
