//! Who may do what: the administrator's password, and those of namespaces.

use super::{
	database::{Database, Done},
	password::{self, PasswordKey},
	refusal::{Refusal, ARGUMENTS, DENIED, INVALID, NO_NAMESPACE},
	session::Session,
};
use crate::{
	net::Outcome,
	resp::{self, Args},
};
use thiserror::Error;
use zdb_store::{NamespaceId, Settings};

/// Passwords of clients are no longer than this.
pub(super) const MAX_PASSWORD: usize = 128;
const SHA1_HEX: usize = 40;
pub(super) const MAX_NAME: usize = 128;

/// Who may do what on this server.
#[derive(Clone, Default)]
pub struct Access {
	/// Whether everyone is an administrator.
	pub open: bool,
	/// What makes a client an administrator.
	pub admin: Option<String>,
	/// Whether only administrators write in the default namespace.
	pub protect: bool,
	/// What passwords of namespaces are sealed with, so that challenges can be answered.
	pub key: Option<PasswordKey>,
}

/// Why access rules make no sense.
#[derive(Debug, Error)]
pub enum AccessError {
	/// Nobody could ever say it.
	#[error("the administrator's password has {0} bytes, and clients cannot say more than 128: choose a shorter one")]
	PasswordTooLong(usize),
	/// Anyone could say it.
	#[error("the administrator's password is empty: choose one, or leave it out and have no administrator")]
	PasswordEmpty,
}

impl Access {
	/// Whether the rules make sense.
	pub fn check(&self) -> Result<(), AccessError> {
		match self.admin.as_deref().map(str::len) {
			Some(0) => Err(AccessError::PasswordEmpty),
			Some(length) if length > MAX_PASSWORD => Err(AccessError::PasswordTooLong(length)),
			_ => Ok(()),
		}
	}
}

impl Database {
	/// AUTH password, AUTH SECURE CHALLENGE, AUTH SECURE answer
	pub(super) fn auth(
		&mut self,
		session: &mut Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		match (args.len(), args.get(1), args.get(2)) {
			(2, Some(said), _) => self.authenticate(session, said)?,
			(3, Some(how), Some(said)) => {
				if !how.eq_ignore_ascii_case(b"SECURE") {
					return Err(Refusal::new("Only SECURE extra method supported"));
				}
				if said.eq_ignore_ascii_case(b"CHALLENGE") {
					let challenge = session.nonce.insert(password::challenge());
					resp::simple(reply, challenge);
					return Ok(Outcome::Done);
				}
				if session.scope.is_some() {
					return Err(Refusal::new("Say the password with SELECT, or AUTH password"));
				}
				self.auth_secure(session, said)?;
				self.become_admin(session);
			},
			_ => return Err(ARGUMENTS),
		}
		resp::simple(reply, "OK");
		Ok(Outcome::Done)
	}

	/// Have who says a password do what it is for: the administrator's, or that of the only
	/// namespace which the client may know of.
	pub(super) fn authenticate(&self, session: &mut Session, said: &[u8]) -> Result<(), Refusal> {
		match session.scope {
			Some(id) => self.unlock(session, id, said),
			None => {
				self.auth_plain(session, said)?;
				self.become_admin(session);
				Ok(())
			},
		}
	}

	/// Check a password that was said.
	fn auth_plain(&self, session: &Session, said: &[u8]) -> Result<(), Refusal> {
		let admin = self.admin_password()?;
		if said.len() > MAX_PASSWORD {
			return Err(Refusal::new("Password too long"));
		}
		if !password::is_same(said, admin) {
			log::info!("{} said a wrong administrator's password", session.address);
			return Err(DENIED);
		}
		Ok(())
	}

	fn auth_secure(&self, session: &mut Session, said: &[u8]) -> Result<(), Refusal> {
		let admin = self.admin_password()?;
		let nonce = session
			.nonce
			.as_deref()
			.ok_or(Refusal::new("No CHALLENGE requested, secure authentication not available"))?;
		if said.len() != SHA1_HEX {
			return Err(Refusal::new("Invalid hash length"));
		}
		let right = password::is_answer(nonce, admin, said);
		// A challenge is good for one answer.
		session.nonce = None;
		if !right {
			log::info!("{} gave a wrong answer for the administrator", session.address);
			return Err(DENIED);
		}
		Ok(())
	}

	fn admin_password(&self) -> Result<&[u8], Refusal> {
		let admin = self.access.admin.as_deref().ok_or(Refusal::new("Authentication disabled"))?;
		Ok(admin.as_bytes())
	}

	fn become_admin(&self, session: &mut Session) {
		session.admin = true;
		if session.namespace == self.default {
			session.writable = true;
		}
	}

	/// SELECT namespace [password], SELECT namespace SECURE answer
	pub(super) fn select(
		&mut self,
		session: &mut Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		let name = args.get(1).ok_or(INVALID)?;
		if args.len() > 4 {
			return Err(ARGUMENTS);
		}
		let id = self.named_to(session, name)?;
		let settings = self.store.settings(id).ok_or(NO_NAMESPACE)?;
		if let (Some(_), Some(_), Some(said), None) =
			(session.scope, &settings.password, args.get(2), args.get(3))
		{
			self.unlock(session, id, said)?;
			resp::simple(reply, "OK");
			return Ok(Outcome::Done);
		}
		session.writable = self.may_write(session, id, name, settings, args)?;
		session.locked = false;
		session.namespace = id;
		resp::simple(reply, "OK");
		Ok(Outcome::Done)
	}

	/// Whether who selects a namespace so may write in it, or why it may not even read.
	fn may_write(
		&self,
		session: &Session,
		id: NamespaceId,
		name: &[u8],
		settings: &Settings,
		args: Args<'_>,
	) -> Result<bool, Refusal> {
		if id == self.default && self.access.protect {
			return Ok(session.admin
				|| match (args.len(), args.get(2)) {
					(3, Some(said)) => self.auth_plain(session, said).map(|()| true)?,
					_ => false,
				});
		}
		let Some(kept) = &settings.password else { return Ok(true) };
		let right = match (args.get(2), args.get(3)) {
			(None, _) if settings.public => return Ok(false),
			(None, _) => return Err(Refusal::new("Namespace protected and private")),
			(Some(said), None) if said.len() > MAX_PASSWORD => {
				return Err(Refusal::new("Password too long"))
			},
			(Some(said), None) => password::is_password(kept, said),
			(Some(how), Some(answer)) if how.eq_ignore_ascii_case(b"SECURE") => {
				self.is_answer(session, name, kept, answer)?
			},
			(Some(_), Some(_)) => return Err(Refusal::new("Only SECURE extra method supported")),
		};
		if !right {
			log::info!(
				"{} said a wrong password for {}",
				session.address,
				String::from_utf8_lossy(name)
			);
			return Err(DENIED);
		}
		Ok(true)
	}

	fn is_answer(
		&self,
		session: &Session,
		name: &[u8],
		kept: &[u8],
		answer: &[u8],
	) -> Result<bool, Refusal> {
		let nonce = session
			.nonce
			.as_deref()
			.ok_or(Refusal::new("No CHALLENGE requested, secure authentication not available"))?;
		if answer.len() != SHA1_HEX {
			return Err(Refusal::new("Invalid hash length"));
		}
		let password = self
			.access
			.key
			.as_ref()
			.and_then(|key| password::open(name, kept, key))
			.ok_or(Refusal::new(
				"Secure authentication not available: the server keeps a hash of this password \
				 only, say it in full or have the password_key option set before the password",
			))?;
		Ok(password::is_answer(nonce, &password, answer))
	}
}
