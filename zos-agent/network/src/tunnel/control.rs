//! Who started the tunnel tells it what to do, through a socket.

use super::{forward::greet, Shared};
use crate::{
	names::Zone,
	uapi::{Change, Status},
};
use std::{
	io::{self, BufRead, BufReader, Write},
	os::unix::net::{UnixListener, UnixStream},
	sync::PoisonError,
	time::Duration,
};
use zeroize::Zeroizing;

/// How long somebody may take to say something.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most that is said at once.
const LONGEST: usize = 1 << 20;

/// Do what is said, for ever.
pub(super) fn run(shared: &Shared, listener: &UnixListener) {
	for connection in listener.incoming() {
		match connection.and_then(|it| serve(shared, &it)) {
			Ok(()) => {},
			Err(error) => log::debug!("the control socket: {error}"),
		}
	}
}

fn serve(shared: &Shared, connection: &UnixStream) -> io::Result<()> {
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
		to.write_all(answer(shared, &said).as_bytes())?;
	}
}

fn answer(shared: &Shared, said: &str) -> Zeroizing<String> {
	let (operation, rest) = said.split_once('\n').unwrap_or((said, ""));
	let nothing = |()| Zeroizing::new(String::new());
	let result = match operation {
		"get=1" => Ok(status(shared)),
		"set=1" => change(shared, rest).map(nothing),
		"names=1" => name(shared, rest).map(nothing),
		_ => Err(libc::EOPNOTSUPP),
	};
	let (mut text, error) = match result {
		Ok(text) => (text, 0),
		Err(error) => (Zeroizing::new(String::new()), error),
	};
	text.push_str(&format!("errno={error}\n\n"));
	text
}

fn status(shared: &Shared) -> Zeroizing<String> {
	let peers = shared.peers();
	let private = peers.identity.as_ref().map(|it| Zeroizing::new(it.private.to_bytes()));
	Status { private_key: private, listen_port: shared.port, peers: peers.status() }.write()
}

fn change(shared: &Shared, said: &str) -> Result<(), libc::c_int> {
	let change = Change::read(said).map_err(|error| {
		log::warn!("{error}");
		libc::EINVAL
	})?;
	// The port is part of what it was started with: who wants another starts another.
	if change.listen_port.is_some_and(|port| port != 0 && port != shared.port) {
		return Err(libc::EOPNOTSUPP);
	}
	let new = shared.peers_mut().change(&change);
	// Both ends do this as soon as they know of each other, so whoever is the last to know is heard.
	for peer in new.iter().filter(|peer| peer.stays()) {
		greet(&shared.socket, peer);
	}
	Ok(())
}

fn name(shared: &Shared, said: &str) -> Result<(), libc::c_int> {
	let zone = Zone::read(said).map_err(|error| {
		log::warn!("{error}");
		libc::EINVAL
	})?;
	*shared.zone.write().unwrap_or_else(PoisonError::into_inner) = zone;
	Ok(())
}
