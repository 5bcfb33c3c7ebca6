//! Nobody sees or reaches what is not theirs.

use crate::world::{eventually, greeter, hears, introduce, pings, run, tried, Part, World};
use std::{
	net::{IpAddr, SocketAddr},
	path::Path,
	process::{Command, Stdio},
	thread,
	time::Duration,
};
use zos_core::ports::Networks;

fn name(namespace: &Path) -> &str {
	namespace.file_name().and_then(|it| it.to_str()).expect("a name")
}

fn socket(ip: impl Into<IpAddr>, port: u16) -> SocketAddr {
	SocketAddr::new(ip.into(), port)
}

#[test]
fn two_tenants_have_the_same_addresses_and_never_meet() {
	let mut world = World::new();
	let (one, two) = (world.host("one"), world.host("two"));
	let mut first = [(&one, Part::new(1, 1)), (&two, Part::new(1, 2))];
	let mut second = [(&one, Part::new(2, 1)), (&two, Part::new(2, 2))];
	introduce(&mut first);
	introduce(&mut second);
	let ip = [10, 1, 1, 2];
	let a = one.attach("a", &[(&first[0].1, ip)]).namespace;
	let b = one.attach("b", &[(&second[0].1, ip)]).namespace;
	let c = two.attach("c", &[(&first[1].1, [10, 1, 2, 2])]).namespace;
	let d = two.attach("d", &[(&second[1].1, [10, 1, 2, 2])]).namespace;
	greeter(&a, socket(ip, 80), "first");
	greeter(&b, socket(ip, 80), "second");
	eventually("both are reached", || pings(&c, ip) && pings(&d, ip));
	assert_eq!(hears(&c, socket(ip, 80)).as_deref(), Some("first"));
	assert_eq!(hears(&d, socket(ip, 80)).as_deref(), Some("second"));
	// When one is gone, the other does not answer in its place.
	let key = zos_core::Key::new(1, "a").expect("a name");
	one.within(|networks| networks.detach(&key).expect("it goes"));
	assert_eq!(hears(&c, socket(ip, 80)), None);
	assert_eq!(hears(&d, socket(ip, 80)).as_deref(), Some("second"));
}

#[test]
fn who_takes_the_address_of_another_is_not_heard() {
	let mut world = World::new();
	let one = world.host("one");
	let part = Part::new(1, 1);
	one.make(&part);
	let [good, bad] = [[10, 1, 1, 2], [10, 1, 1, 3]];
	let victim = one.attach("victim", &[(&part, good)]).namespace;
	let thief = one.attach("thief", &[(&part, bad)]).namespace;
	assert!(pings(&thief, good), "they are neighbours");
	let thief = name(&thief);

	// With rights that no container has.
	run(&format!("ip -n {thief} addr add 10.1.1.99/32 dev eth0"));
	let spoofed = tried(&format!("ip netns exec {thief} ping -c1 -W1 -I 10.1.1.99 10.1.1.2"));
	assert!(!spoofed.0, "an address that is nobody's");
	run(&format!("ip -n {thief} link set eth0 address 02:67:0a:01:01:02"));
	assert!(
		!tried(&format!("ip netns exec {thief} ping -c1 -W1 10.1.1.2")).0,
		"another's hardware"
	);
	run(&format!("ip -n {thief} link set eth0 address 02:67:0a:01:01:03"));
	eventually("it is itself again", || {
		tried(&format!("ip -n {thief} neigh replace 10.1.1.1 lladdr 02:67:0a:01:01:01 dev eth0")).0
			&& tried(&format!("ip -n {thief} route replace 10.1.1.1/32 dev eth0")).0
			&& tried(&format!("ip -n {thief} route replace 10.1.0.0/16 via 10.1.1.1")).0
			&& tried(&format!("ip netns exec {thief} ping -c1 -W1 10.1.1.2")).0
	});

	// Nobody asks who has an address, and nobody hears who says so.
	let before = run(&format!("ip -n {} neigh show", name(&victim)));
	tried(&format!(
		"ip netns exec {thief} /usr/bin/arping -c 3 -w 2 -U -I eth0 -s 10.1.1.1 10.1.1.2"
	));
	tried(&format!("ip netns exec {thief} /usr/bin/arping -c 3 -w 2 -I eth0 10.1.1.2"));
	assert_eq!(run(&format!("ip -n {} neigh show", name(&victim))), before);
	assert!(pings(&victim, [10, 1, 1, 1]), "the gateway is where it was");
}

#[test]
fn nobody_overhears_others() {
	let mut world = World::new();
	let one = world.host("one");
	let part = Part::new(1, 1);
	one.make(&part);
	let a = one.attach("a", &[(&part, [10, 1, 1, 2])]).namespace;
	one.attach("b", &[(&part, [10, 1, 1, 3])]);
	let spy = one.attach("spy", &[(&part, [10, 1, 1, 4])]).namespace;
	let listening = Command::new("ip")
		.args(["netns", "exec", name(&spy), "timeout", "4", "tcpdump", "-l", "-n", "-i", "eth0"])
		.arg("icmp")
		.stdout(Stdio::piped())
		.stderr(Stdio::null())
		.spawn()
		.expect("it listens");
	thread::sleep(Duration::from_secs(1));
	for _ in 0..5 {
		assert!(pings(&a, [10, 1, 1, 3]));
	}
	assert!(pings(&spy, [10, 1, 1, 1]));
	let heard = listening.wait_with_output().expect("it ends").stdout;
	let heard = String::from_utf8_lossy(&heard);
	assert!(heard.contains("10.1.1.4 > 10.1.1.1"), "it hears itself: {heard}");
	assert!(!heard.contains("10.1.1.2") && !heard.contains("10.1.1.3"), "{heard}");
}

#[test]
fn a_network_reaches_neither_its_node_nor_what_is_beside_it() {
	let mut world = World::new();
	let one = world.host("one");
	let (server, internet) = world.space("server");
	// What is beside the node: its network at home, and what tells machines in clouds their secrets.
	one.space.ip("link add lan0 type veth peer name lan1");
	for (ip, device) in [("192.168.9.1/24", "lan0"), ("169.254.169.254/32", "lo")] {
		one.space.ip(&format!("addr add {ip} dev {device}"));
	}
	one.space.ip("link set lan0 up");
	let host = one.space.path();
	let own = one.settings.address.expect("it has one");
	greeter(&host, "0.0.0.0:22".parse().expect("an address"), "the node");
	greeter(&server.path(), socket(internet, 80), "the internet");

	let open = Part::new(1, 1).egress();
	let shut = Part::new(2, 1);
	one.make(&open);
	one.make(&shut);
	let open = one.attach("open", &[(&open, [10, 1, 1, 2])]).namespace;
	let shut = one.attach("shut", &[(&shut, [10, 1, 1, 2])]).namespace;
	assert_eq!(hears(&open, socket(internet, 80)).as_deref(), Some("the internet"));
	assert_eq!(hears(&shut, socket(internet, 80)), None, "it is to stay within");
	let gateway = IpAddr::from([10, 1, 1, 1]);
	let places = [own, [192, 168, 9, 1].into(), [169, 254, 169, 254].into(), gateway];
	for from in [&open, &shut] {
		for place in places {
			assert_eq!(hears(from, socket(place, 22)), None, "{place} from {}", from.display());
		}
	}
	// Of the gateway, names and pings are all there is.
	let scan = "nmap -Pn -n -sT -p 1-1024 --open -oG - 10.1.1.1";
	let found = run(&format!("ip netns exec {} {scan}", name(&open)));
	let ports: Vec<_> = found.split("Ports: ").skip(1).collect();
	assert_eq!(ports.len(), 1, "{found}");
	assert!(ports[0].starts_with("53/open") && !ports[0].contains(','), "{found}");
	// And from outside nothing leads in.
	assert!(!pings(&server.path(), [10, 1, 1, 2]));
	// Not even for who sends it to the node straight away.
	world.router.ip(&format!("route add 10.1.0.0/16 via {own}"));
	assert!(!pings(&server.path(), [10, 1, 1, 2]));
}
