//! What flows goes on, whatever happens to agents, links and addresses.

use crate::world::{eventually, introduce, pings, tried, within, Part, World};
use std::{
	io::{Read, Write},
	net::{SocketAddr, TcpListener, TcpStream},
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Arc,
	},
	thread,
	time::Duration,
};

/// A stream that never rests. It breaks if nothing comes through for long.
struct Flow {
	bytes: Arc<AtomicU64>,
	stop: Arc<AtomicBool>,
	broke: Arc<AtomicBool>,
}

impl Flow {
	fn begin(from: &Path, to: &Path, at: SocketAddr) -> Self {
		let listener = within(to, || TcpListener::bind(at).expect("a port"));
		let stream = within(from, || TcpStream::connect(at).expect("somebody is there"));
		let flow = Self { bytes: Arc::default(), stop: Arc::default(), broke: Arc::default() };
		let (stop, broke) = (flow.stop.clone(), flow.broke.clone());
		thread::spawn(move || {
			let mut stream = stream;
			while !stop.load(Ordering::Relaxed) {
				if stream.write_all(&[7; 20_000]).is_err() {
					broke.store(true, Ordering::Relaxed);
					return;
				}
				thread::sleep(Duration::from_millis(2));
			}
		});
		let bytes = flow.bytes.clone();
		thread::spawn(move || {
			let (mut stream, _) = listener.accept().expect("somebody comes");
			let mut room = [0; 65_536];
			while let Ok(length @ 1..) = stream.read(&mut room) {
				bytes.fetch_add(length as u64, Ordering::Relaxed);
			}
		});
		flow
	}

	/// More comes through.
	fn goes_on(&self, when: &str) {
		let before = self.bytes.load(Ordering::Relaxed);
		eventually(&format!("the flow goes on {when}"), || {
			self.bytes.load(Ordering::Relaxed) > before + 200_000
		});
		assert!(!self.broke.load(Ordering::Relaxed), "the flow broke {when}");
	}
}

impl Drop for Flow {
	fn drop(&mut self) {
		self.stop.store(true, Ordering::Relaxed);
	}
}

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

	world.router.ip("link set to-two down");
	thread::sleep(Duration::from_secs(3));
	world.router.ip("link set to-two up");
	flow.goes_on("after the link came back");

	// The other node is somewhere else all of a sudden, and says so by sending.
	two.space.ip("addr flush dev eth0");
	world.router.ip("addr add 203.0.113.201/30 dev to-two");
	two.space.ip("addr add 203.0.113.202/30 dev eth0");
	two.space.ip("route add default via 203.0.113.201");
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
