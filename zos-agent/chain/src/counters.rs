//! What hearing the chain has taken so far.

use std::sync::{
	atomic::{AtomicU64, Ordering::Relaxed},
	Arc,
};

/// What was taken so far. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
	received: AtomicU64,
	sent: AtomicU64,
	finalized: AtomicU64,
	connections: AtomicU64,
	peers: AtomicU64,
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
	/// Bytes that came from the network: all of them for a light client, those of the answers for
	/// an endpoint.
	pub bytes_received: u64,
	/// Bytes that went to the network: all of them for a light client, those of the questions for
	/// an endpoint.
	pub bytes_sent: u64,
	/// Finalized blocks that were followed.
	pub blocks: u64,
	/// How often the chain was followed anew.
	pub connections: u64,
	/// Who is listened to at the moment.
	pub peers: u64,
}

impl Counters {
	/// The counts now.
	pub fn taken(&self) -> Taken {
		let Counts { received, sent, finalized, connections, peers } = &*self.0;
		Taken {
			bytes_received: received.load(Relaxed),
			bytes_sent: sent.load(Relaxed),
			blocks: finalized.load(Relaxed),
			connections: connections.load(Relaxed),
			peers: peers.load(Relaxed),
		}
	}

	pub(crate) fn received(&self, bytes: usize) {
		self.0.received.fetch_add(bytes as u64, Relaxed);
	}

	pub(crate) fn sent(&self, bytes: usize) {
		self.0.sent.fetch_add(bytes as u64, Relaxed);
	}

	pub(crate) fn finalized(&self) {
		self.0.finalized.fetch_add(1, Relaxed);
	}

	pub(crate) fn connected(&self) {
		self.0.connections.fetch_add(1, Relaxed);
	}

	pub(crate) fn set_peers(&self, peers: u64) {
		self.0.peers.store(peers, Relaxed);
	}
}
