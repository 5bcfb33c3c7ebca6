//! Letting clients in.

use super::{
	connection::Connection,
	event_loop::{EventLoop, LoopError, LISTENERS},
	ConnectionId, Gate, Peer, Service, Speaks,
};
use rustix::{
	event::epoll::{self, EventData, EventFlags},
	io::Errno,
	net::SendFlags,
};
use std::os::fd::OwnedFd;

/// How many clients are let in before those who are in have their turn.
const ACCEPTS: usize = 256;

impl<S: Service> EventLoop<S> {
	pub(super) fn listen(&mut self, listening: bool) -> Result<(), LoopError> {
		if self.listening != listening {
			for (index, listener) in &self.listeners {
				if listening {
					let token = EventData::new_u64(LISTENERS + index as u64);
					epoll::add(&self.epoll, listener, token, EventFlags::IN)?;
				} else {
					epoll::delete(&self.epoll, listener)?;
				}
			}
			self.listening = listening;
		}
		Ok(())
	}

	pub(super) fn accept(&mut self, listener: usize) {
		for _ in 0..ACCEPTS {
			let Some(listener) = self.listeners.get(listener) else { return };
			let at = (listener.speaks(), listener.gate());
			match listener.accept(&self.limits) {
				Ok(Some((socket, address))) => self.let_in(socket, address, at),
				Ok(None) => return,
				Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
					log::warn!(
						"no more clients can come in, as the system has no room for them: raise the \
						 limit of open files"
					);
					if let Err(error) = self.listen(false) {
						log::error!("{error}");
					}
					return;
				},
				Err(error) => return log::debug!("a client could not come in: {error}"),
			}
		}
	}

	fn let_in(&mut self, socket: OwnedFd, address: String, (speaks, gate): (Speaks, Option<Gate>)) {
		// Who runs the server is let in however many there are.
		let is_full = self.connections.len() >= self.limits.connections || self.is_full(gate);
		if is_full && speaks != Speaks::Control {
			self.counters.refused += 1;
			let text = b"-Too many clients, try again later\r\n";
			// Whether it hears the reason or only sees the connection end makes no difference here.
			let _ = rustix::net::send(&socket, text, SendFlags::NOSIGNAL | SendFlags::DONTWAIT);
			return;
		}
		// The largest ones would be taken for listeners.
		self.serial = if self.serial < u32::MAX - 1 { self.serial + 1 } else { 1 };
		let entry = self.connections.vacant_entry();
		let slot = entry.key();
		let id = ConnectionId(u64::from(self.serial) << 32 | slot as u64);
		if let Err(error) =
			epoll::add(&self.epoll, &socket, EventData::new_u64(id.0), EventFlags::IN)
		{
			return log::warn!("a client could not come in: {error}");
		}
		let session = self.service.open(Peer { id, address, gate });
		entry.insert(Connection::new(id, socket, (speaks, gate), session));
		self.came_in(gate);
		self.counters.accepted += 1;
		self.counters.connected += 1;
	}

	pub(super) fn make_room(&mut self) {
		if !self.listening {
			if let Err(error) = self.listen(true) {
				log::error!("{error}");
			}
		}
	}
}
