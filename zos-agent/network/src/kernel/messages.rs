//! What the kernel's WireGuard is told, and what it says.

use super::attributes::{self, Attribute};
use crate::uapi::{Change, PeerStatus, Prefix, Status, Update};
use std::{
	collections::BTreeMap,
	io,
	net::{IpAddr, SocketAddr},
	time::Duration,
};
use zeroize::Zeroizing;

/// The family of its messages.
pub(super) const FAMILY: &str = "wireguard";
pub(super) const GET_DEVICE: u8 = 0;
pub(super) const SET_DEVICE: u8 = 1;

/// What is said of an interface.
mod device {
	pub(super) const NAME: u16 = 2;
	pub(super) const PRIVATE_KEY: u16 = 3;
	pub(super) const LISTEN_PORT: u16 = 6;
	pub(super) const PEERS: u16 = 8;
}

/// What is said of a peer.
mod peer {
	pub(super) const PUBLIC_KEY: u16 = 1;
	pub(super) const PRESHARED_KEY: u16 = 2;
	pub(super) const FLAGS: u16 = 3;
	pub(super) const ENDPOINT: u16 = 4;
	pub(super) const KEEPALIVE: u16 = 5;
	pub(super) const HANDSHAKE: u16 = 6;
	pub(super) const RECEIVED: u16 = 7;
	pub(super) const SENT: u16 = 8;
	pub(super) const ALLOWED: u16 = 9;

	/// It is to be no more.
	pub(super) const REMOVE: u32 = 1;
	/// What it had of addresses before is no longer its.
	pub(super) const REPLACE_ALLOWED: u32 = 2;
	/// It is to be left out if it is not known already.
	pub(super) const ONLY_KNOWN: u32 = 4;
}

/// What is said of addresses.
mod allowed {
	pub(super) const FAMILY: u16 = 1;
	pub(super) const IP: u16 = 2;
	pub(super) const BITS: u16 = 3;
}

/// The interface that is meant.
pub(super) fn named(interface: &str) -> Vec<Attribute> {
	vec![attributes::text(device::NAME, interface)]
}

/// What makes an interface that is like this one as it is wanted. The kernel can replace all peers at
/// once, but then it forgets where each is and what it has agreed upon with them: so those that stay
/// are left in place. A network has so few peers that all of them go into one message.
pub(super) fn order(interface: &str, change: &Change, present: &Status) -> Vec<Attribute> {
	let mut order = named(interface);
	if let Some(key) = &change.private_key {
		order.push(attributes::raw(device::PRIVATE_KEY, key.as_slice()));
	}
	if let Some(port) = change.listen_port {
		order.push(attributes::raw(device::LISTEN_PORT, port.to_ne_bytes()));
	}
	let stays = |key: &[u8; 32]| change.peers.iter().any(|it| it.public_key == *key);
	let gone = present.peers.iter().map(|it| it.public_key);
	let gone = gone.filter(|key| change.replace_peers && !stays(key));
	let gone = gone.map(|key| write_peer(&Update { remove: true, ..Update::of(key) }));
	let peers: Vec<_> = gone.chain(change.peers.iter().map(write_peer)).collect();
	if !peers.is_empty() {
		order.push(attributes::nest(device::PEERS, &peers));
	}
	order
}

fn write_peer(update: &Update) -> Attribute {
	let flags = [
		(update.remove, peer::REMOVE),
		(update.replace_allowed, peer::REPLACE_ALLOWED),
		(update.only_known, peer::ONLY_KNOWN),
	];
	let flags = flags.iter().filter(|(is_set, _)| *is_set).fold(0, |all, (_, flag)| all | flag);
	let mut said = vec![
		attributes::raw(peer::PUBLIC_KEY, update.public_key),
		attributes::raw(peer::FLAGS, u32::to_ne_bytes(flags)),
	];
	said.extend(update.preshared_key.map(|it| attributes::raw(peer::PRESHARED_KEY, it)));
	said.extend(update.endpoint.map(|it| attributes::raw(peer::ENDPOINT, write_socket(it))));
	said.extend(update.keepalive.map(|it| attributes::raw(peer::KEEPALIVE, it.to_ne_bytes())));
	if !update.allowed.is_empty() {
		let all: Vec<_> = update.allowed.iter().map(write_allowed).collect();
		said.push(attributes::nest(peer::ALLOWED, &all));
	}
	// The kernel counts what is in a list, and does not look at its numbers.
	attributes::nest(0, &said)
}

fn write_allowed(prefix: &Prefix) -> Attribute {
	let (family, ip) = match prefix.ip {
		IpAddr::V4(ip) => (libc::AF_INET, ip.octets().to_vec()),
		IpAddr::V6(ip) => (libc::AF_INET6, ip.octets().to_vec()),
	};
	let said = [
		attributes::raw(allowed::FAMILY, (family as u16).to_ne_bytes()),
		attributes::raw(allowed::IP, ip),
		attributes::raw(allowed::BITS, [prefix.bits]),
	];
	attributes::nest(0, &said)
}

/// An address and a port, as `sockaddr_in` and `sockaddr_in6` have them.
fn write_socket(address: SocketAddr) -> Vec<u8> {
	let port = address.port().to_be_bytes();
	match address {
		SocketAddr::V4(it) => {
			let family = (libc::AF_INET as u16).to_ne_bytes();
			[&family[..], &port, &it.ip().octets(), &[0; 8]].concat()
		},
		SocketAddr::V6(it) => {
			let family = (libc::AF_INET6 as u16).to_ne_bytes();
			let (flow, scope) = (it.flowinfo().to_ne_bytes(), it.scope_id().to_ne_bytes());
			[&family[..], &port, &flow, &it.ip().octets(), &scope].concat()
		},
	}
}

fn read_socket(bytes: &[u8]) -> Option<SocketAddr> {
	let (head, rest) = bytes.split_first_chunk::<4>()?;
	let [f, g, p, q] = *head;
	let (family, port) = (u16::from_ne_bytes([f, g]), u16::from_be_bytes([p, q]));
	let ip = match i32::from(family) {
		libc::AF_INET => IpAddr::from(*rest.first_chunk::<4>()?),
		libc::AF_INET6 => IpAddr::from(*rest.get(4..)?.first_chunk::<16>()?),
		_ => return None,
	};
	Some(SocketAddr::new(ip, port))
}

/// How an interface is. The kernel says it in parts, and a peer may be in several of them.
pub(super) fn status<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> io::Result<Status> {
	let mut status = Status::default();
	let mut peers = BTreeMap::new();
	for part in parts {
		for (kind, value) in attributes::read(part.as_ref())? {
			match (kind, value) {
				(device::PRIVATE_KEY, value) => {
					let key = value.try_into().ok().filter(|key| *key != [0; 32]);
					status.private_key = key.map(Zeroizing::new);
				},
				(device::LISTEN_PORT, &[one, two]) => {
					status.listen_port = u16::from_ne_bytes([one, two]);
				},
				(device::PEERS, all) => {
					for (_, said) in attributes::read(all)? {
						read_peer(&mut peers, said)?;
					}
				},
				_ => {},
			}
		}
	}
	status.peers = peers.into_values().collect();
	Ok(status)
}

fn read_peer(peers: &mut BTreeMap<[u8; 32], PeerStatus>, said: &[u8]) -> io::Result<()> {
	let said = attributes::read(said)?;
	let key = said.iter().find(|(kind, _)| *kind == peer::PUBLIC_KEY);
	let Some(public_key) = key.and_then(|(_, value)| (*value).try_into().ok()) else {
		return Ok(());
	};
	let status = peers.entry(public_key).or_insert_with(|| PeerStatus {
		public_key,
		endpoint: None,
		keepalive: 0,
		allowed: Vec::new(),
		handshake: Duration::ZERO,
		sent: 0,
		received: 0,
	});
	let number = |value: &[u8]| value.try_into().map_or(0, u64::from_ne_bytes);
	for (kind, value) in said {
		match (kind, value) {
			(peer::ENDPOINT, value) => status.endpoint = read_socket(value),
			(peer::KEEPALIVE, &[one, two]) => status.keepalive = u16::from_ne_bytes([one, two]),
			(peer::HANDSHAKE, value) if value.len() == 16 => {
				let (seconds, nanos) = value.split_at(8);
				status.handshake =
					Duration::from_secs(number(seconds)) + Duration::from_nanos(number(nanos));
			},
			(peer::RECEIVED, value) => status.received = number(value),
			(peer::SENT, value) => status.sent = number(value),
			(peer::ALLOWED, all) => {
				for (_, said) in attributes::read(all)? {
					status.allowed.extend(read_allowed(said)?);
				}
			},
			_ => {},
		}
	}
	Ok(())
}

fn read_allowed(said: &[u8]) -> io::Result<Option<Prefix>> {
	let (mut ip, mut bits) = (None, None);
	for (kind, value) in attributes::read(said)? {
		match (kind, value) {
			(allowed::IP, value) => {
				let v4 = <[u8; 4]>::try_from(value).map(IpAddr::from);
				ip = v4.or_else(|_| <[u8; 16]>::try_from(value).map(IpAddr::from)).ok();
			},
			(allowed::BITS, &[value]) => bits = Some(value),
			_ => {},
		}
	}
	Ok(ip.zip(bits).map(|(ip, bits)| Prefix { ip, bits }))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn update(key: u8) -> Update {
		Update {
			endpoint: Some("192.0.2.1:7".parse().unwrap()),
			keepalive: Some(25),
			replace_allowed: true,
			allowed: vec!["10.1.2.0/24".parse().unwrap(), "fd01::/120".parse().unwrap()],
			..Update::of([key; 32])
		}
	}

	fn heard(order: &[Attribute]) -> Status {
		status([attributes::bytes(order)]).expect("it is understood")
	}

	/// What an order says of peers: the first byte of each key, and its flags.
	fn flags(order: &[Attribute]) -> Vec<(u8, u8)> {
		let bytes = attributes::bytes(order);
		let said = attributes::read(&bytes).unwrap();
		let peers = said.iter().find(|(kind, _)| *kind == device::PEERS).unwrap();
		let of = |(_, said): (u16, &[u8])| {
			let said = attributes::read(said).unwrap();
			let value = |kind| said.iter().find(|it| it.0 == kind).unwrap().1;
			(value(peer::PUBLIC_KEY)[0], value(peer::FLAGS).iter().sum())
		};
		attributes::read(peers.1).unwrap().into_iter().map(of).collect()
	}

	/// As the headers of the kernel describe it, byte by byte.
	#[test]
	#[cfg(target_endian = "little")]
	fn an_order_is_what_the_kernel_reads() {
		let change = Change { listen_port: Some(0x1234), ..Change::default() };
		let change =
			Change { peers: vec![Update { keepalive: Some(7), ..Update::of([9; 32]) }], ..change };
		let order = attributes::bytes(&order("wg0", &change, &Status::default()));
		let peer =
			[&[36, 0, 1, 0][..], &[9; 32], &[8, 0, 3, 0, 0, 0, 0, 0], &[6, 0, 5, 0, 7, 0, 0, 0]]
				.concat();
		let expected = [
			&[8, 0, 2, 0, b'w', b'g', b'0', 0][..],
			&[6, 0, 6, 0, 0x34, 0x12, 0, 0],
			&[60, 0, 8, 0x80],
			&[56, 0, 0, 0x80],
			&peer,
		]
		.concat();
		assert_eq!(order.as_slice(), expected);
	}

	#[test]
	fn what_is_ordered_is_how_it_is_then() {
		let v6 = Update { endpoint: Some("[2001:db8::1]:8".parse().unwrap()), ..update(2) };
		let change = Change {
			private_key: Some(Zeroizing::new([9; 32])),
			listen_port: Some(51_820),
			replace_peers: true,
			peers: vec![update(1), v6],
		};
		let status = heard(&order("wg0", &change, &Status::default()));
		assert_eq!(status.private_key, change.private_key);
		assert_eq!(status.listen_port, 51_820);
		assert_eq!(status.peers.len(), 2);
		for (status, update) in status.peers.iter().zip(&change.peers) {
			assert_eq!(status.public_key, update.public_key);
			assert_eq!(status.endpoint, update.endpoint);
			assert_eq!(status.allowed, update.allowed);
			assert_eq!(status.keepalive, 25);
		}
	}

	#[test]
	fn who_stays_is_left_in_place_and_others_go() {
		let before = Change { peers: vec![update(1), update(2)], ..Change::default() };
		let present = heard(&order("wg0", &before, &Status::default()));
		let peers = vec![Update { endpoint: None, ..update(2) }, update(3)];
		let change = Change { replace_peers: true, peers, ..Change::default() };
		let order = order("wg0", &change, &present);
		assert_eq!(flags(&order), [(1, 1), (2, 2), (3, 2)]);
		let kinds = attributes::bytes(&order);
		let kinds: Vec<_> =
			attributes::read(&kinds).unwrap().into_iter().map(|(kind, _)| kind).collect();
		assert_eq!(kinds, [device::NAME, device::PEERS], "it is not told to forget all");
	}

	#[test]
	fn a_peer_may_be_said_in_parts() {
		let part = |said: &[Attribute]| {
			let peers = [attributes::nest(0, said)];
			attributes::bytes(&[attributes::nest(device::PEERS, &peers)])
		};
		let key = || attributes::raw(peer::PUBLIC_KEY, [1; 32]);
		let ip =
			|text: &str| attributes::nest(peer::ALLOWED, &[write_allowed(&text.parse().unwrap())]);
		let time = [3_u64.to_ne_bytes(), 5_u64.to_ne_bytes()].concat();
		let first = part(&[
			key(),
			attributes::raw(peer::HANDSHAKE, time),
			attributes::raw(peer::RECEIVED, 7_u64.to_ne_bytes()),
			attributes::raw(peer::SENT, 8_u64.to_ne_bytes()),
			ip("10.1.2.0/24"),
		]);
		let second = part(&[key(), ip("10.1.3.0/24")]);
		let status = status([first, second]).expect("it is understood");
		let [peer] = &status.peers[..] else { panic!("{status:?}") };
		assert_eq!(peer.handshake, Duration::new(3, 5));
		assert_eq!((peer.received, peer.sent, peer.endpoint), (7, 8, None));
		let allowed: Vec<_> = peer.allowed.iter().map(ToString::to_string).collect();
		assert_eq!(allowed, ["10.1.2.0/24", "10.1.3.0/24"]);
	}

	#[test]
	fn what_is_cut_off_is_an_error() {
		let bytes = attributes::bytes(&named("wg0"));
		assert!(status([&bytes[..6]]).is_err());
	}
}
