//! The words by which a WireGuard that is a program is told what to do, and asked how it is: those
//! that `wg` speaks too.

use std::{
	fmt::Write,
	net::{IpAddr, SocketAddr},
	str::FromStr,
	time::Duration,
};
use zeroize::Zeroizing;

/// Addresses that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix {
	/// The first of them.
	pub ip: IpAddr,
	/// How many bits are alike.
	pub bits: u8,
}

impl Prefix {
	/// Whether an address is one of these.
	pub fn contains(&self, ip: IpAddr) -> bool {
		let (differ, width) = match (self.ip, ip) {
			(IpAddr::V4(one), IpAddr::V4(other)) => {
				(u128::from(one.to_bits() ^ other.to_bits()), 32)
			},
			(IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits(), 128),
			_ => return false,
		};
		differ.checked_shr(width - u32::from(self.bits).min(width)).unwrap_or(0) == 0
	}
}

impl std::fmt::Display for Prefix {
	fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
		write!(f, "{}/{}", self.ip, self.bits)
	}
}

impl FromStr for Prefix {
	type Err = NotSaid;

	fn from_str(text: &str) -> Result<Self, NotSaid> {
		let wrong = || NotSaid(format!("allowed_ip={text}"));
		let (ip, bits) = text.split_once('/').ok_or_else(wrong)?;
		let ip: IpAddr = ip.parse().map_err(|_| wrong())?;
		let bits: u8 = bits.parse().map_err(|_| wrong())?;
		let most = if ip.is_ipv4() { 32 } else { 128 };
		if bits > most {
			Err(wrong())
		} else {
			Ok(Self { ip, bits })
		}
	}
}

/// What is to become of a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
	/// Which.
	pub public_key: [u8; 32],
	/// It is to be no more.
	pub remove: bool,
	/// It is to be left out if it is not known already.
	pub only_known: bool,
	/// A secret that both ends have beside their keys.
	pub preshared_key: Option<[u8; 32]>,
	/// Where it is.
	pub endpoint: Option<SocketAddr>,
	/// The seconds after which it hears something: never, if 0.
	pub keepalive: Option<u16>,
	/// What it had of addresses before is no longer its.
	pub replace_allowed: bool,
	/// Which addresses are its.
	pub allowed: Vec<Prefix>,
}

impl Update {
	/// Of a peer of which nothing else is said.
	pub fn of(public_key: [u8; 32]) -> Self {
		Self {
			public_key,
			remove: false,
			only_known: false,
			preshared_key: None,
			endpoint: None,
			keepalive: None,
			replace_allowed: false,
			allowed: Vec::new(),
		}
	}
}

/// What is to be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
	/// The key of this end.
	pub private_key: Option<Zeroizing<[u8; 32]>>,
	/// The port where peers reach it.
	pub listen_port: Option<u16>,
	/// Peers of which nothing is said are to be no more.
	pub replace_peers: bool,
	/// What is to become of peers.
	pub peers: Vec<Update>,
}

/// How it is with a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerStatus {
	/// Which.
	pub public_key: [u8; 32],
	/// Where it is.
	pub endpoint: Option<SocketAddr>,
	/// The seconds after which it hears something: never, if 0.
	pub keepalive: u16,
	/// Which addresses are its.
	pub allowed: Vec<Prefix>,
	/// When it last shook hands, since 1970: zero, if never.
	pub handshake: Duration,
	/// Bytes to it.
	pub sent: u64,
	/// Bytes from it.
	pub received: u64,
}

/// How it is with a tunnel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
	/// The key of this end.
	pub private_key: Option<Zeroizing<[u8; 32]>>,
	/// The port where peers reach it.
	pub listen_port: u16,
	/// Its peers.
	pub peers: Vec<PeerStatus>,
}

/// Words that say nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not understood: the two ends of the control socket are of different versions")]
pub struct NotSaid(String);

fn key(text: &str) -> Option<[u8; 32]> {
	let mut bytes = [0; 32];
	hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

/// The pairs of words, up to the first line without any.
fn pairs(text: &str) -> impl Iterator<Item = Result<(&str, &str), NotSaid>> {
	let lines = text.lines().take_while(|line| !line.is_empty());
	lines.map(|line| line.split_once('=').ok_or_else(|| NotSaid(line.into())))
}

impl Change {
	/// Reads what follows `set=1`.
	pub fn read(text: &str) -> Result<Self, NotSaid> {
		let mut change = Self::default();
		for pair in pairs(text) {
			let (word, value) = pair?;
			change.hear(word, value).ok_or_else(|| NotSaid(word.into()))?;
		}
		Ok(change)
	}

	fn hear(&mut self, word: &str, value: &str) -> Option<()> {
		let yes = value == "true";
		let peer = self.peers.last_mut();
		match word {
			"private_key" => self.private_key = Some(Zeroizing::new(key(value)?)),
			"listen_port" => self.listen_port = Some(value.parse().ok()?),
			"fwmark" => {},
			"replace_peers" => self.replace_peers = yes,
			"public_key" => self.peers.push(Update::of(key(value)?)),
			"remove" => peer?.remove = yes,
			"update_only" => peer?.only_known = yes,
			"preshared_key" => peer?.preshared_key = Some(key(value)?).filter(|it| *it != [0; 32]),
			"endpoint" => peer?.endpoint = Some(value.parse().ok()?),
			"persistent_keepalive_interval" => peer?.keepalive = Some(value.parse().ok()?),
			"replace_allowed_ips" => peer?.replace_allowed = yes,
			"allowed_ip" => peer?.allowed.push(value.parse().ok()?),
			"protocol_version" => (value == "1").then_some(())?,
			_ => None?,
		}
		Some(())
	}

	/// As it is said.
	pub fn write(&self) -> Zeroizing<String> {
		let mut text = Zeroizing::new(String::from("set=1\n"));
		let mut say = |word: &str, value: &dyn std::fmt::Display| {
			// Writing into memory does not fail.
			let _ = writeln!(text, "{word}={value}");
		};
		if let Some(key) = &self.private_key {
			say("private_key", &*Zeroizing::new(hex::encode(**key)));
		}
		if let Some(port) = self.listen_port {
			say("listen_port", &port);
		}
		if self.replace_peers {
			say("replace_peers", &true);
		}
		for peer in &self.peers {
			say("public_key", &hex::encode(peer.public_key));
			for (word, yes) in [
				("remove", peer.remove),
				("update_only", peer.only_known),
				("replace_allowed_ips", peer.replace_allowed),
			] {
				if yes {
					say(word, &true);
				}
			}
			if let Some(key) = &peer.preshared_key {
				say("preshared_key", &hex::encode(key));
			}
			if let Some(endpoint) = peer.endpoint {
				say("endpoint", &endpoint);
			}
			if let Some(seconds) = peer.keepalive {
				say("persistent_keepalive_interval", &seconds);
			}
			peer.allowed.iter().for_each(|prefix| say("allowed_ip", prefix));
		}
		text.push('\n');
		text
	}
}

impl Status {
	/// As it is said.
	pub fn write(&self) -> Zeroizing<String> {
		let mut text = Zeroizing::new(String::new());
		let mut say = |word: &str, value: &dyn std::fmt::Display| {
			let _ = writeln!(text, "{word}={value}");
		};
		if let Some(key) = &self.private_key {
			say("private_key", &*Zeroizing::new(hex::encode(**key)));
		}
		say("listen_port", &self.listen_port);
		for peer in &self.peers {
			say("public_key", &hex::encode(peer.public_key));
			if let Some(endpoint) = peer.endpoint {
				say("endpoint", &endpoint);
			}
			say("persistent_keepalive_interval", &peer.keepalive);
			peer.allowed.iter().for_each(|prefix| say("allowed_ip", prefix));
			say("last_handshake_time_sec", &peer.handshake.as_secs());
			say("last_handshake_time_nsec", &peer.handshake.subsec_nanos());
			say("tx_bytes", &peer.sent);
			say("rx_bytes", &peer.received);
		}
		text
	}

	/// Reads it.
	pub fn read(text: &str) -> Result<Self, NotSaid> {
		let mut status = Self::default();
		for pair in pairs(text) {
			let (word, value) = pair?;
			status.hear(word, value).ok_or_else(|| NotSaid(word.into()))?;
		}
		Ok(status)
	}

	fn hear(&mut self, word: &str, value: &str) -> Option<()> {
		let peer = self.peers.last_mut();
		match word {
			"private_key" => self.private_key = Some(Zeroizing::new(key(value)?)),
			"listen_port" => self.listen_port = value.parse().ok()?,
			"public_key" => self.peers.push(PeerStatus {
				public_key: key(value)?,
				endpoint: None,
				keepalive: 0,
				allowed: Vec::new(),
				handshake: Duration::ZERO,
				sent: 0,
				received: 0,
			}),
			"endpoint" => peer?.endpoint = Some(value.parse().ok()?),
			"persistent_keepalive_interval" => peer?.keepalive = value.parse().ok()?,
			"allowed_ip" => peer?.allowed.push(value.parse().ok()?),
			"last_handshake_time_sec" => {
				peer?.handshake += Duration::from_secs(value.parse().ok()?)
			},
			"last_handshake_time_nsec" => {
				peer?.handshake += Duration::from_nanos(value.parse().ok()?)
			},
			"tx_bytes" => peer?.sent = value.parse().ok()?,
			"rx_bytes" => peer?.received = value.parse().ok()?,
			"errno" => (value == "0").then_some(())?,
			_ => {},
		}
		Some(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn prefix(text: &str) -> Prefix {
		text.parse().unwrap()
	}

	#[test]
	fn what_is_said_is_understood() {
		let change = Change {
			private_key: Some(Zeroizing::new([7; 32])),
			listen_port: Some(51_820),
			replace_peers: true,
			peers: vec![
				Update {
					endpoint: Some("[2001:db8::1]:7".parse().unwrap()),
					keepalive: Some(25),
					preshared_key: Some([3; 32]),
					replace_allowed: true,
					allowed: vec![prefix("10.1.2.0/24"), prefix("fd00::/120")],
					..Update::of([1; 32])
				},
				Update { remove: true, ..Update::of([2; 32]) },
			],
		};
		let said = change.write();
		assert_eq!(Change::read(said.strip_prefix("set=1\n").unwrap()).unwrap(), change);
	}

	#[test]
	fn how_it_is_is_understood() {
		let status = Status {
			private_key: None,
			listen_port: 7,
			peers: vec![PeerStatus {
				public_key: [1; 32],
				endpoint: Some("192.0.2.1:9".parse().unwrap()),
				keepalive: 25,
				allowed: vec![prefix("10.0.0.0/8")],
				handshake: Duration::new(5, 6),
				sent: 1,
				received: 2,
			}],
		};
		assert_eq!(Status::read(&status.write()).unwrap(), status);
		assert!(Change::read("public_key=00").is_err());
		assert!(Change::read("endpoint=192.0.2.1:9").is_err(), "nobody is there");
	}

	#[test]
	fn prefixes_contain_what_begins_like_them() {
		let cases = [
			("10.1.2.0/24", "10.1.2.255", true),
			("10.1.2.0/24", "10.1.3.0", false),
			("0.0.0.0/0", "203.0.113.1", true),
			("10.1.2.3/32", "10.1.2.3", true),
			("::/0", "10.1.2.3", false),
			("fd00::/120", "fd00::ff", true),
			("fd00::/120", "fd00::100", false),
		];
		for (of, ip, is) in cases {
			assert_eq!(prefix(of).contains(ip.parse().unwrap()), is, "{of} {ip}");
		}
	}
}
