//! What who runs the server tells it: a line of JSON at a time, with sockets beside it.

use super::{connection::Phase, event_loop::EventLoop, Service};
use rustix::io::Errno;
use zdb_control::{MAX_REQUEST, MAX_SOCKETS};
use zeroize::{Zeroize, Zeroizing};

impl<S: Service> EventLoop<S> {
	pub(super) fn serve_control(&mut self, slot: usize) {
		let connection = &mut self.connections[slot];
		let id = connection.id;
		let mut bytes = Zeroizing::new([0; 4096]);
		match zdb_control::receive(&connection.socket, &mut *bytes) {
			Ok(received) if received.bytes > 0 => {
				// What grows leaves a copy behind, and it may hold a password.
				let room = MAX_REQUEST + bytes.len() - connection.input.len();
				connection.input.reserve_exact(room);
				connection.input.extend_from_slice(&bytes[..received.bytes]);
				connection.sockets.extend(received.sockets);
				let too_much =
					connection.input.len() > MAX_REQUEST || connection.sockets.len() > MAX_SOCKETS;
				if too_much || received.too_many {
					connection.phase = Phase::Dead;
				}
			},
			Err(Errno::AGAIN | Errno::INTR) => return,
			Ok(_) | Err(_) => connection.phase = Phase::Dead,
		}
		while let Some(request) = self.next_request(id) {
			let sockets = match self.slot(id) {
				Some(slot) => std::mem::take(&mut self.connections[slot].sockets),
				None => return,
			};
			// What clients wrote before is not to fail with what is done now.
			self.settle();
			let done = self.service.control(&request, sockets);
			for change in done.gates {
				self.change_gate(change);
			}
			if let Some(slot) = self.slot(id) {
				self.send(slot, &done.reply);
			}
		}
	}

	fn next_request(&mut self, id: super::ConnectionId) -> Option<Zeroizing<Vec<u8>>> {
		let slot = self.slot(id)?;
		let connection = &mut self.connections[slot];
		if connection.phase != Phase::Open {
			connection.input.zeroize();
			return None;
		}
		let end = connection.input.iter().position(|byte| *byte == b'\n')?;
		let request = Zeroizing::new(connection.input[..end].to_vec());
		let rest = connection.input[end + 1..].to_vec();
		connection.input.zeroize();
		connection.input.extend(rest);
		Some(request)
	}
}
