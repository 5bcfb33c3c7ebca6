use super::Space;
use std::{
	net::Ipv4Addr,
	sync::atomic::{AtomicU32, Ordering},
};

static WORLDS: AtomicU32 = AtomicU32::new(0);

/// A router, and what hangs on it.
pub struct Internet {
	/// What the names of all its namespaces begin with.
	pub id: String,
	/// The router.
	pub router: Space,
	places: u8,
}

impl Internet {
	/// One on which nobody is yet.
	#[allow(clippy::new_without_default, reason = "it makes a namespace")]
	pub fn new() -> Self {
		let number = WORLDS.fetch_add(1, Ordering::Relaxed);
		let id = format!("zn{}x{number}", std::process::id());
		let router = Space::new(format!("{id}-r"));
		router.run("sysctl -qw net.ipv4.ip_forward=1");
		Self { id, router, places: 0 }
	}

	/// The two ends of a way to somebody new: the router's, and theirs.
	fn place(&mut self) -> (Ipv4Addr, Ipv4Addr) {
		self.places += 1;
		let first = 4 * self.places;
		(Ipv4Addr::new(203, 0, 113, first + 1), Ipv4Addr::new(203, 0, 113, first + 2))
	}

	/// Something with an address on the internet: its namespace, and the address.
	pub fn space(&mut self, name: &str) -> (Space, Ipv4Addr) {
		let (gateway, ip) = self.place();
		let space = Space::new(format!("{}-{name}", self.id));
		let (here, there) = (format!("to-{name}"), &space.name);
		self.router.ip(&format!("link add {here} type veth peer name eth0 netns {there}"));
		self.router.ip(&format!("addr add {gateway}/30 dev {here}"));
		self.router.ip(&format!("link set {here} up"));
		space.ip(&format!("addr add {ip}/30 dev eth0"));
		space.ip("link set eth0 up");
		space.ip(&format!("route add default via {gateway}"));
		(space, ip)
	}

	/// A home: who is in it is hidden behind its address.
	pub fn home(&mut self, name: &str) -> Space {
		let (home, address) = self.space(name);
		home.run("sysctl -qw net.ipv4.ip_forward=1");
		home.run("nft add table ip nat");
		home.run("nft add chain ip nat post { type nat hook postrouting priority 100 ; }");
		home.run(&format!("nft add rule ip nat post oifname eth0 snat to {address}"));
		home
	}

	/// The machine in a home.
	pub fn behind(&self, home: &Space, name: &str) -> Space {
		let space = Space::new(format!("{}-{name}", self.id));
		home.ip(&format!("link add inside type veth peer name eth0 netns {}", space.name));
		home.ip("addr add 192.168.7.1/24 dev inside");
		home.ip("link set inside up");
		space.ip("addr add 192.168.7.2/24 dev eth0");
		space.ip("link set eth0 up");
		space.ip("route add default via 192.168.7.1");
		space
	}

	/// Nothing gets to somebody any more, or from there.
	pub fn cut(&self, name: &str) {
		self.router.ip(&format!("link set to-{name} down"));
	}

	/// It does again.
	pub fn mend(&self, name: &str) {
		self.router.ip(&format!("link set to-{name} up"));
	}

	/// Of a hundred packets, lose so many, by chance.
	pub fn loses(&self, percent: u8) {
		self.router.run("nft add table inet weather");
		self.router.run("nft flush table inet weather");
		self.router
			.run("nft add chain inet weather pass { type filter hook forward priority 0 ; }");
		self.router
			.run(&format!("nft add rule inet weather pass numgen random mod 100 < {percent} drop"));
	}

	/// Somebody moves, and has another address from now on.
	pub fn moves(&mut self, name: &str, space: &Space) -> Ipv4Addr {
		let (gateway, ip) = self.place();
		space.ip("addr flush dev eth0");
		self.router.ip(&format!("addr flush dev to-{name}"));
		self.router.ip(&format!("addr add {gateway}/30 dev to-{name}"));
		space.ip(&format!("addr add {ip}/30 dev eth0"));
		space.ip(&format!("route add default via {gateway}"));
		ip
	}
}
