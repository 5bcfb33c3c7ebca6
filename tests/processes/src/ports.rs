use std::{
	net::TcpListener,
	ops::Range,
	os::{
		linux::net::SocketAddrExt,
		unix::net::{SocketAddr, UnixListener},
	},
	sync::Mutex,
};

/// Below the ports that the kernel gives to outgoing connections: one of those could take a port
/// between our choice and the start of who is to listen there, or while that is being restarted.
const PORTS: Range<u16> = 11_000..31_000;
/// So many ports a test process takes at once.
const BLOCK: u16 = 50;

/// Ports that no other test process uses, for as long as this process lives.
struct Ours {
	left: Range<u16>,
	/// Sockets whose names make the ports ours. They are of no folder, but of the network, as ports are.
	claims: Vec<UnixListener>,
}

static OURS: Mutex<Ours> = Mutex::new(Ours { left: 0..0, claims: Vec::new() });

/// A port that nobody uses, and that nobody else will be given while this process lives.
pub fn free_port() -> u16 {
	let mut ours = OURS.lock().expect("nobody panics while it is held");
	loop {
		match ours.left.next() {
			Some(port) if TcpListener::bind(("0.0.0.0", port)).is_ok() => return port,
			Some(_) => {},
			None => ours.claim(),
		}
	}
}

impl Ours {
	fn claim(&mut self) {
		for first in PORTS.step_by(BLOCK.into()) {
			let name = SocketAddr::from_abstract_name(format!("grid-ports-{first}"));
			// A process that has a block already is refused as others are.
			if let Ok(claim) = UnixListener::bind_addr(&name.expect("it is short")) {
				self.claims.push(claim);
				self.left = first..first + BLOCK;
				return;
			}
		}
		panic!("all ports of {PORTS:?} are claimed by tests that run now");
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	#[test]
	fn no_port_is_given_twice_and_none_can_be_taken_by_a_connection() {
		let ports: BTreeSet<_> = (0..3 * BLOCK).map(|_| free_port()).collect();
		assert_eq!(ports.len(), usize::from(3 * BLOCK));
		assert!(ports.iter().all(|port| PORTS.contains(port)), "{ports:?}");
	}
}
