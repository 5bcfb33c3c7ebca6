//! Clients that may know of one namespace only: to them it is as if there were no others.

use super::{
	access::MAX_PASSWORD,
	database::Database,
	password::Known,
	refusal::{Refusal, DENIED, NO_NAMESPACE},
	session::Session,
	table::Command,
};
use crate::net::Peer;
use zdb_store::NamespaceId;

const PRIVATE: Refusal = Refusal::new("Namespace protected and private");
/// What a client of one namespace may call it as well: it is the one that it has from the start.
const DEFAULT: &[u8] = b"default";

/// A namespace that is served by itself.
pub(super) struct Served {
	/// What its clients call it.
	pub(super) called: String,
	/// Where it is served, in the words of who said so.
	pub(super) place: Option<String>,
	/// What its clients have to say, if anything.
	pub(super) password: Option<Known>,
}

impl Database {
	/// A client has come that may know of one namespace only.
	pub(super) fn open_scoped(&self, peer: Peer, id: NamespaceId) -> Session {
		let settings = self.store.settings(id);
		let (protected, public) = settings
			.map_or((true, false), |settings| (settings.password.is_some(), settings.public));
		let session = Session::new(peer, id, !protected, false);
		Session { scope: Some(id), locked: protected && !public, ..session }
	}

	/// What a client may do that may not even read.
	pub(super) fn refuse_as_locked(&self, command: Command) -> Result<(), Refusal> {
		match command {
			Command::Auth
			| Command::Select
			| Command::Hello
			| Command::Ping
			| Command::Echo
			| Command::Quit
			| Command::Time
			| Command::ClientInfo
			| Command::Config
			| Command::Describe
			| Command::NsList => Ok(()),
			_ => Err(PRIVATE),
		}
	}

	/// What the only namespace is called that a client may know of.
	pub(super) fn called(&self, session: &Session) -> Option<&str> {
		let id = session.scope?;
		Some(self.served.get(&id).map_or("", |served| &served.called))
	}

	/// The namespace of that name, if there is one for this client.
	pub(super) fn named_to(&self, session: &Session, name: &[u8]) -> Result<NamespaceId, Refusal> {
		match (session.scope, self.called(session)) {
			(Some(id), Some(called)) if name == called.as_bytes() || name == DEFAULT => Ok(id),
			(Some(_), _) => Err(NO_NAMESPACE),
			(None, _) => self.named(name),
		}
	}

	/// Let a client read and write that says the password of its namespace.
	pub(super) fn unlock(
		&self,
		session: &mut Session,
		id: NamespaceId,
		said: &[u8],
	) -> Result<(), Refusal> {
		let served = self.served.get(&id).ok_or(NO_NAMESPACE)?;
		let known = served.password.as_ref().ok_or(Refusal::new("Authentication disabled"))?;
		if said.len() > MAX_PASSWORD {
			return Err(Refusal::new("Password too long"));
		}
		if !known.is(said) {
			log::info!("{} said a wrong password", session.address);
			return Err(DENIED);
		}
		session.writable = true;
		session.locked = false;
		Ok(())
	}
}
