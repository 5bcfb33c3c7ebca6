//! Who is at the other ends of a tunnel.

use crate::uapi::{Change, PeerStatus, Prefix, Update};
use boringtun::{
	noise::{rate_limiter::RateLimiter, Tunn},
	x25519::{PublicKey, StaticSecret},
};
use std::{
	collections::HashMap,
	net::{IpAddr, SocketAddr},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Handshakes a second before strangers have to prove where they are. Each is counted twice: when it
/// is seen whose it is, and when it is answered.
const HANDSHAKES: u64 = 200;

/// The key of this end.
pub(super) struct Identity {
	pub(super) private: StaticSecret,
	pub(super) public: PublicKey,
	pub(super) limiter: Arc<RateLimiter>,
}

impl Identity {
	fn of(private: [u8; 32]) -> Self {
		let private = StaticSecret::from(private);
		let public = PublicKey::from(&private);
		let limiter = Arc::new(RateLimiter::new(&public, HANDSHAKES));
		Self { private, public, limiter }
	}
}

/// Another end.
pub(super) struct Peer {
	pub(super) key: [u8; 32],
	/// By what datagrams name it.
	index: u32,
	/// The seconds after which it hears something, if it is to hear something at all times.
	keepalive: Option<u16>,
	preshared: Option<[u8; 32]>,
	session: Mutex<Session>,
	endpoint: Mutex<Option<SocketAddr>>,
}

/// What encrypts for a peer and decrypts what is of it.
pub(super) struct Session {
	pub(super) tunnel: Tunn,
	/// The addresses from which it may send.
	pub(super) allowed: Vec<Prefix>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
	mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Peer {
	fn new(identity: &Identity, update: &Update, index: u32) -> Self {
		let (private, public) = (identity.private.clone(), PublicKey::from(update.public_key));
		let limiter = Some(identity.limiter.clone());
		let keepalive = update.keepalive.filter(|seconds| *seconds > 0);
		let preshared = update.preshared_key;
		let tunnel = Tunn::new(private, public, preshared, keepalive, index, limiter);
		Self {
			key: update.public_key,
			index,
			keepalive,
			preshared,
			session: Mutex::new(Session { tunnel, allowed: update.allowed.clone() }),
			endpoint: Mutex::new(update.endpoint),
		}
	}

	pub(super) fn session(&self) -> MutexGuard<'_, Session> {
		locked(&self.session)
	}

	/// Where it was last heard of, or is said to be.
	pub(super) fn endpoint(&self) -> Option<SocketAddr> {
		*locked(&self.endpoint)
	}

	/// It is there now. Whoever can prove to be the peer is where it is heard.
	pub(super) fn is_at(&self, address: SocketAddr) {
		let mut endpoint = locked(&self.endpoint);
		if *endpoint != Some(address) {
			*endpoint = Some(address);
		}
	}

	/// Whether it is to be reached at all times.
	pub(super) fn stays(&self) -> bool {
		self.keepalive.is_some()
	}

	/// All that is known of it, as somebody would say it.
	fn described(&self) -> Update {
		Update {
			endpoint: self.endpoint(),
			keepalive: self.keepalive,
			preshared_key: self.preshared,
			allowed: self.session().allowed.clone(),
			..Update::of(self.key)
		}
	}

	fn status(&self) -> PeerStatus {
		let session = self.session();
		let (since, sent, received, ..) = session.tunnel.stats();
		let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
		PeerStatus {
			public_key: self.key,
			endpoint: self.endpoint(),
			keepalive: self.keepalive.unwrap_or_default(),
			allowed: session.allowed.clone(),
			handshake: since.map_or(Duration::ZERO, |since| now.saturating_sub(since)),
			sent: sent as u64,
			received: received as u64,
		}
	}
}

/// All peers, and which addresses are at which.
#[derive(Default)]
pub(super) struct Peers {
	pub(super) identity: Option<Identity>,
	by_key: HashMap<[u8; 32], Arc<Peer>>,
	by_index: HashMap<u32, Arc<Peer>>,
	/// The narrowest first.
	routes: Vec<(Prefix, Arc<Peer>)>,
	last_index: u32,
}

impl Peers {
	/// The peer that has an address.
	pub(super) fn towards(&self, address: IpAddr) -> Option<&Arc<Peer>> {
		self.routes.iter().find(|(prefix, _)| prefix.contains(address)).map(|(_, peer)| peer)
	}

	/// The peer that datagrams call so.
	pub(super) fn called(&self, index: u32) -> Option<&Arc<Peer>> {
		self.by_index.get(&(index >> 8))
	}

	/// The peer with a key.
	pub(super) fn with_key(&self, key: &[u8; 32]) -> Option<&Arc<Peer>> {
		self.by_key.get(key)
	}

	pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Peer>> {
		self.by_key.values()
	}

	pub(super) fn status(&self) -> Vec<PeerStatus> {
		let mut all: Vec<_> = self.all().map(|peer| peer.status()).collect();
		all.sort_by_key(|peer| peer.public_key);
		all
	}

	/// Change what is to be changed. Gives the peers that are new. Those that stay keep their
	/// sessions, wherever they are and whatever they may send.
	pub(super) fn change(&mut self, change: &Change) -> Vec<Arc<Peer>> {
		if let Some(private) = &change.private_key {
			self.become_other(**private);
		}
		if change.replace_peers {
			let stays = |key: &[u8; 32]| change.peers.iter().any(|it| it.public_key == *key);
			self.by_key.retain(|key, _| stays(key));
		}
		let mut new = Vec::new();
		for update in &change.peers {
			if update.remove {
				self.by_key.remove(&update.public_key);
			} else {
				new.extend(self.take(update));
			}
		}
		self.by_index = self.all().map(|peer| (peer.index, peer.clone())).collect();
		self.routes.clear();
		for peer in self.by_key.values() {
			let session = peer.session();
			self.routes.extend(session.allowed.iter().map(|prefix| (*prefix, peer.clone())));
		}
		self.routes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.bits));
		new
	}

	fn become_other(&mut self, private: [u8; 32]) {
		if self.identity.as_ref().is_some_and(|it| it.private.to_bytes() == private) {
			return;
		}
		let identity = Identity::of(private);
		self.by_key.retain(|key, _| *key != identity.public.to_bytes());
		for peer in self.by_key.values_mut() {
			*peer = Arc::new(Peer::new(&identity, &peer.described(), peer.index));
		}
		self.identity = Some(identity);
	}

	/// Adds a peer or changes it. Gives it if it has to shake hands anew.
	fn take(&mut self, update: &Update) -> Option<Arc<Peer>> {
		let identity = self.identity.as_ref()?;
		let before = self.by_key.get(&update.public_key);
		let is_self = update.public_key == identity.public.to_bytes();
		if is_self || (update.only_known && before.is_none()) {
			return None;
		}
		// An address belongs to who got it last.
		for other in self.by_key.values().filter(|it| it.key != update.public_key) {
			other.session().allowed.retain(|it| !update.allowed.contains(it));
		}
		let Some(peer) = before else {
			self.last_index = (self.last_index + 1) & 0x00ff_ffff;
			let peer = Arc::new(Peer::new(identity, update, self.last_index));
			self.by_key.insert(peer.key, peer.clone());
			return Some(peer);
		};
		{
			let allowed = &mut peer.session().allowed;
			if update.replace_allowed {
				allowed.clear();
			}
			let more = update.allowed.iter().filter(|it| !allowed.contains(it)).copied();
			let more: Vec<_> = more.collect();
			allowed.extend(more);
		}
		if let Some(endpoint) = update.endpoint {
			peer.is_at(endpoint);
		}
		let mut wanted = peer.described();
		wanted.keepalive = update.keepalive.map_or(peer.keepalive, |it| (it > 0).then_some(it));
		wanted.preshared_key = update.preshared_key.or(peer.preshared);
		if wanted.keepalive == peer.keepalive && wanted.preshared_key == peer.preshared {
			return None;
		}
		let peer = Arc::new(Peer::new(identity, &wanted, peer.index));
		self.by_key.insert(peer.key, peer.clone());
		Some(peer)
	}
}
