//! Who started the tunnel tells it what to do, through a socket.

use super::{forward::greet, Shared};
use crate::{
	names::Zone,
	uapi::{Change, Status},
};
use std::{
	io::{self, BufRead, BufReader, Write},
	os::unix::net::{UnixListener, UnixStream},
	sync::{Arc, PoisonError, RwLock},
	time::Duration,
};
use zeroize::Zeroizing;

/// How long somebody may take to say something.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most that is said at once.
const LONGEST: usize = 1 << 20;

/// Who is told what to do.
pub(super) trait Told: Send + Sync {
	/// How it is.
	fn status(&self) -> Zeroizing<String>;

	/// Change it as is said.
	fn change(&self, said: &str) -> Result<(), libc::c_int>;

	/// The names of its network.
	fn zone(&self) -> &RwLock<Zone>;
}

/// Do what is said, for ever.
pub(super) fn run(told: &dyn Told, listener: &UnixListener) {
	for connection in listener.incoming() {
		match connection.and_then(|it| serve(told, &it)) {
			Ok(()) => {},
			Err(error) => log::debug!("the control socket: {error}"),
		}
	}
}

fn serve(told: &dyn Told, connection: &UnixStream) -> io::Result<()> {
	connection.set_read_timeout(Some(PATIENCE))?;
	connection.set_write_timeout(Some(PATIENCE))?;
	let mut lines = BufReader::new(connection);
	loop {
		let mut said = Zeroizing::new(String::new());
		loop {
			let length = lines.read_line(&mut said)?;
			if length == 0 {
				return Ok(());
			}
			if said.len() > LONGEST {
				return Err(io::Error::other("too much was said"));
			}
			if said.ends_with("\n\n") {
				break;
			}
		}
		let mut to = connection;
		to.write_all(answer(told, &said).as_bytes())?;
	}
}

fn answer(told: &dyn Told, said: &str) -> Zeroizing<String> {
	let (operation, rest) = said.split_once('\n').unwrap_or((said, ""));
	let nothing = |()| Zeroizing::new(String::new());
	let result = match operation {
		"get=1" => Ok(told.status()),
		"set=1" => told.change(rest).map(nothing),
		"names=1" => name(told.zone(), rest).map(nothing),
		_ => Err(libc::EOPNOTSUPP),
	};
	let (mut text, error) = match result {
		Ok(text) => (text, 0),
		Err(error) => (Zeroizing::new(String::new()), error),
	};
	text.push_str(&format!("errno={error}\n\n"));
	text
}

impl Told for Shared {
	fn status(&self) -> Zeroizing<String> {
		let peers = self.peers();
		let private = peers.identity.as_ref().map(|it| Zeroizing::new(it.private.to_bytes()));
		Status { private_key: private, listen_port: self.port, peers: peers.status() }.write()
	}

	fn change(&self, said: &str) -> Result<(), libc::c_int> {
		let change = Change::read(said).map_err(|error| {
			log::warn!("{error}");
			libc::EINVAL
		})?;
		// The port is part of what it was started with: who wants another starts another.
		if change.listen_port.is_some_and(|port| port != 0 && port != self.port) {
			return Err(libc::EOPNOTSUPP);
		}
		let new = self.peers_mut().change(&change);
		// Both ends do this as soon as they know of each other, so whoever is the last to know is
		// heard.
		for peer in new.iter().filter(|peer| peer.stays()) {
			greet(&self.socket, peer);
		}
		Ok(())
	}

	fn zone(&self) -> &RwLock<Zone> {
		&self.zone
	}
}

/// Who answers for names alone, as the kernel is the tunnel.
pub(super) struct Names(pub(super) Arc<RwLock<Zone>>);

impl Told for Names {
	fn status(&self) -> Zeroizing<String> {
		Status::default().write()
	}

	fn change(&self, _: &str) -> Result<(), libc::c_int> {
		Err(libc::EOPNOTSUPP)
	}

	fn zone(&self) -> &RwLock<Zone> {
		&self.0
	}
}

fn name(zone: &RwLock<Zone>, said: &str) -> Result<(), libc::c_int> {
	let named = Zone::read(said).map_err(|error| {
		log::warn!("{error}");
		libc::EINVAL
	})?;
	*zone.write().unwrap_or_else(PoisonError::into_inner) = named;
	Ok(())
}
