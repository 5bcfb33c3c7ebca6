//! Packets on their way out, and datagrams on their way in.

use super::{
	device::Device,
	merge::Merger,
	packet,
	peers::{Peer, Peers, Session},
	socket::{Arrivals, Socket},
	split::split,
	train::Trains,
	Shared,
};
use boringtun::noise::{handshake::parse_handshake_anon, Packet, Tunn, TunnResult};
use std::{
	io,
	net::{IpAddr, SocketAddr},
	sync::{Arc, MutexGuard},
	thread,
	time::Duration,
};

/// The longest packet, with the header before it.
const LONGEST: usize = 65_536 + 64;
/// How many packets are taken before others may change who the peers are.
const TURN: usize = 64;
/// What is waited when the machine has no room.
const PAUSE: Duration = Duration::from_millis(10);

/// Pass on what comes from the network, for ever.
pub(super) fn outbound(shared: &Shared) {
	let mut room = vec![0; LONGEST];
	let mut piece = vec![0; LONGEST];
	let mut trains = Trains::new();
	loop {
		if let Err(error) = outbound_turn(shared, &mut room, &mut piece, &mut trains) {
			pause("the interface", &error);
		}
	}
}

fn pause(what: &str, error: &io::Error) {
	if error.kind() != io::ErrorKind::Interrupted {
		log::debug!("{what}: {error}");
		thread::sleep(PAUSE);
	}
}

fn outbound_turn(
	shared: &Shared,
	room: &mut [u8],
	piece: &mut [u8],
	trains: &mut Trains,
) -> io::Result<()> {
	let Shared { device, socket, .. } = shared;
	device.wait()?;
	let peers = shared.peers();
	for _ in 0..TURN {
		let Some((work, packet)) = device.read(room)? else { break };
		let peer = packet::destination(packet).and_then(|to| peers.towards(to));
		let Some((peer, to)) = peer.and_then(|peer| Some((peer, peer.endpoint()?))) else {
			continue;
		};
		let mut session = peer.session();
		split(work, packet, piece, |piece| {
			if let TunnResult::WriteToNetwork(datagram) =
				session.tunnel.encapsulate(piece, trains.room())
			{
				let length = datagram.len();
				trains.couple(to, length);
			}
			if trains.are_full() {
				socket.depart(trains);
			}
		});
	}
	if !trains.are_empty() {
		socket.depart(trains);
	}
	Ok(())
}

/// Pass on what comes from peers, for ever.
pub(super) fn inbound(shared: &Shared) {
	let mut arrivals = Arrivals::new();
	let mut receiver = Receiver { room: vec![0; LONGEST], merger: Merger::new() };
	loop {
		match arrivals.wait(&shared.socket) {
			Ok(count) => {
				let peers = shared.peers();
				for at in 0..count {
					if let Some((from, datagrams)) = arrivals.train(at) {
						receiver.train(shared, &peers, from, datagrams);
					}
				}
				drop(peers);
				receiver.flush(&shared.device);
			},
			// What others say of what was sent is said here as well.
			Err(error) => pause("the socket", &error),
		}
	}
}

/// A peer whose session is in use.
struct Held<'a> {
	index: u32,
	session: MutexGuard<'a, Session>,
	peer: &'a Peer,
}

struct Receiver {
	room: Vec<u8>,
	merger: Merger,
}

impl Receiver {
	fn flush(&mut self, device: &Device) {
		self.merger.flush(&mut |work, packet| device.write(work, packet));
	}

	fn train<'b>(
		&mut self,
		shared: &Shared,
		peers: &Peers,
		from: SocketAddr,
		datagrams: impl Iterator<Item = &'b mut [u8]>,
	) {
		let mut held: Option<Held> = None;
		for datagram in datagrams {
			match Tunn::parse_incoming_packet(datagram) {
				Ok(Packet::PacketData(data)) => {
					let index = data.receiver_idx;
					if held.as_ref().is_none_or(|it| it.index != index) {
						// One at a time: nobody waits for two.
						drop(held.take());
						let Some(peer) = peers.called(index) else { continue };
						held = Some(Held { index, session: peer.session(), peer });
					}
					if let Some(held) = &mut held {
						self.data(shared, held, from, datagram);
					}
				},
				Ok(_) => {
					drop(held.take());
					self.handshake(shared, peers, from, datagram);
				},
				Err(_) => {},
			}
		}
	}

	fn data(&mut self, shared: &Shared, held: &mut Held, from: SocketAddr, datagram: &[u8]) {
		let Session { tunnel, allowed } = &mut *held.session;
		let (packet, source): (_, IpAddr) =
			match tunnel.decapsulate(Some(from.ip()), datagram, &mut self.room) {
				TunnResult::WriteToTunnelV4(packet, source) => (packet, source.into()),
				TunnResult::WriteToTunnelV6(packet, source) => (packet, source.into()),
				// It is only there: what waited for that can go.
				TunnResult::Done => {
					held.peer.is_at(from);
					return send_waiting(&shared.socket, tunnel, from, &mut self.room);
				},
				TunnResult::WriteToNetwork(_) | TunnResult::Err(_) => return,
			};
		held.peer.is_at(from);
		if allowed.iter().any(|prefix| prefix.contains(source)) {
			self.merger.take(packet, &mut |work, packet| shared.device.write(work, packet));
		}
	}

	/// Anything but data. Whoever sends it may be a stranger.
	fn handshake(&mut self, shared: &Shared, peers: &Peers, from: SocketAddr, datagram: &[u8]) {
		let Some(peer) = self.whose(shared, peers, from, datagram) else { return };
		let mut session = peer.session();
		match session.tunnel.decapsulate(Some(from.ip()), datagram, &mut self.room) {
			TunnResult::WriteToNetwork(answer) => {
				shared.socket.send(from, answer);
				peer.is_at(from);
				send_waiting(&shared.socket, &mut session.tunnel, from, &mut self.room);
			},
			TunnResult::Err(error) => log::debug!("a handshake from {from}: {error:?}"),
			_ => {},
		}
	}

	/// The peer from which it is. What costs much is done only for those who know this end's key,
	/// and when there is a flood, who are where they say.
	fn whose<'a>(
		&mut self,
		shared: &Shared,
		peers: &'a Peers,
		from: SocketAddr,
		datagram: &[u8],
	) -> Option<&'a Arc<Peer>> {
		let identity = peers.identity.as_ref()?;
		let room = &mut self.room;
		match identity.limiter.verify_packet(Some(from.ip()), datagram, room) {
			Ok(Packet::HandshakeInit(init)) => {
				let half = parse_handshake_anon(&identity.private, &identity.public, &init).ok()?;
				peers.with_key(&half.peer_static_public)
			},
			Ok(Packet::HandshakeResponse(it)) => peers.called(it.receiver_idx),
			Ok(Packet::PacketCookieReply(it)) => peers.called(it.receiver_idx),
			Ok(Packet::PacketData(_)) => None,
			Err(TunnResult::WriteToNetwork(cookie)) => {
				shared.socket.send(from, cookie);
				None
			},
			Err(_) => None,
		}
	}
}

/// Send what had to wait until there were keys.
fn send_waiting(socket: &Socket, tunnel: &mut Tunn, to: SocketAddr, room: &mut [u8]) {
	while let TunnResult::WriteToNetwork(datagram) = tunnel.decapsulate(None, &[], room) {
		socket.send(to, datagram);
	}
}

/// Shake hands with a peer, if it is known where it is.
pub(super) fn greet(socket: &Socket, peer: &Peer) {
	let Some(to) = peer.endpoint() else { return };
	let mut room = [0; 256];
	let mut session = peer.session();
	if let TunnResult::WriteToNetwork(datagram) =
		session.tunnel.format_handshake_initiation(&mut room, false)
	{
		socket.send(to, datagram);
	}
}
