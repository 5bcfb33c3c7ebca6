use crate::net::{ConnectionId, Peer};
use zdb_store::NamespaceId;

/// What is known of a client.
#[derive(Debug)]
pub struct Session {
	pub(super) id: ConnectionId,
	pub(super) address: String,
	/// The name that the client gave itself.
	pub(super) name: String,
	/// The namespace that its commands are about.
	pub(super) namespace: NamespaceId,
	/// Whether it may write there.
	pub(super) writable: bool,
	pub(super) admin: bool,
	/// The only namespace that it may know of.
	pub(super) scope: Option<NamespaceId>,
	/// Whether it may not even read there yet.
	pub(super) locked: bool,
	/// What it is to hash with the password.
	pub(super) nonce: Option<String>,
}

impl Session {
	pub(super) fn new(peer: Peer, namespace: NamespaceId, writable: bool, admin: bool) -> Self {
		Self {
			id: peer.id,
			address: peer.address,
			name: String::new(),
			namespace,
			writable,
			admin,
			scope: None,
			locked: false,
			nonce: None,
		}
	}
}
