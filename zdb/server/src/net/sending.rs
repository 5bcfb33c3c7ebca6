//! What leaves for clients, and what is asked of the kernel for them.

use super::{connection::Phase, event_loop::EventLoop, gates::SHARE, Service};
use rustix::event::epoll::{self, EventData, EventFlags};

/// What a client may hold though all clients together hold too much: the beginning of a small
/// command, whose end is about to come.
const SMALLEST: usize = 1 << 10;

impl<S: Service> EventLoop<S> {
	/// Make safe what was written, and let the replies leave.
	pub(super) fn settle(&mut self) {
		if let Err(text) = self.service.commit() {
			self.counters.failed_commits += 1;
			self.group.fail(&text);
		}
		let mut index = 0;
		let group = std::mem::take(&mut self.group);
		while let Some((to, bytes)) = group.part(index) {
			index += 1;
			if let Some(slot) = self.slot(to) {
				self.connections[slot].held = false;
				self.send(slot, bytes);
			}
		}
		self.group = group;
		self.group.clear();
		self.unsettled = 0;
		self.turns = 0;
		self.deliver();
	}

	/// Send what clients get without asking.
	pub(super) fn deliver(&mut self) {
		for message in std::mem::take(self.service.messages()) {
			let Some(slot) = self.slot(message.to) else { continue };
			let connection = &mut self.connections[slot];
			if message.ends_wait && connection.phase == Phase::Waiting {
				connection.phase = Phase::Open;
			}
			self.send(slot, &message.bytes);
		}
	}

	pub(super) fn send(&mut self, slot: usize, bytes: &[u8]) {
		let room = self.limits.buffers.saturating_sub(self.counters.buffered as usize);
		let room = room.min(self.room_behind(self.connections[slot].gate));
		self.counters.sent += self.connections[slot].send(bytes, room) as u64;
		self.refresh(slot);
	}

	/// After anything happened to a connection: ask the kernel for what it needs now, and see
	/// whether it is at its end.
	pub(super) fn refresh(&mut self, slot: usize) {
		let crowded = self.is_crowded(slot);
		let Some(connection) = self.connections.get_mut(slot) else { return };
		if crowded {
			connection.give_back();
		}
		let size = connection.size();
		if size != connection.accounted {
			let grown = size > connection.accounted;
			self.counters.buffered += size as u64;
			self.counters.buffered -= connection.accounted as u64;
			let before = std::mem::replace(&mut connection.accounted, size);
			let doors = connection.gate.and_then(|gate| self.gates.get_mut(&gate));
			let is_over = doors.is_some_and(|doors| doors.buffer(before, size, &self.limits));
			let is_over = is_over || self.counters.buffered as usize > self.limits.buffers;
			if grown && size > SMALLEST && is_over {
				log::warn!("client {} is cut: there is no room for what it sends", connection.id.0);
				self.counters.cut += 1;
				connection.phase = Phase::Dead;
			}
		}
		let unsent = !connection.output.is_empty();
		let mut interest = match connection.phase {
			Phase::Open if connection.output.len() < self.limits.output => EventFlags::IN,
			Phase::Waiting => EventFlags::RDHUP,
			_ => EventFlags::empty(),
		};
		if unsent {
			interest |= EventFlags::OUT;
		}
		match connection.phase {
			Phase::Dead => return self.remove(slot),
			Phase::Closing if !unsent && !connection.held => return self.remove(slot),
			_ => {},
		}
		if connection.stalled && !connection.queued && interest.contains(EventFlags::IN) {
			connection.queued = true;
			self.stalled.push(connection.id);
		}
		if interest != connection.interest {
			let had = connection.interest.contains(EventFlags::OUT);
			self.unread = self.unread + usize::from(unsent) - usize::from(had);
			connection.interest = interest;
			let token = EventData::new_u64(connection.id.0);
			if let Err(error) = epoll::modify(&self.epoll, &connection.socket, token, interest) {
				log::warn!("client {} is cut: {error}", connection.id.0);
				self.remove(slot);
			}
		}
	}

	/// Whether so much is buffered that memory is not kept for what a client may say next.
	fn is_crowded(&self, slot: usize) -> bool {
		let gate = self.connections.get(slot).and_then(|connection| connection.gate);
		self.counters.buffered as usize > self.limits.buffers / 2
			|| self.room_behind(gate) < self.limits.buffers / SHARE / 2
	}

	/// Send those who asked for a stream what there is for them, as fast as they take it.
	pub(super) fn stream(&mut self) {
		self.streaming = false;
		let mut streams = std::mem::take(&mut self.streams);
		let mut out = Vec::new();
		streams.retain(|id| {
			let Some(slot) = self.slot(*id) else { return false };
			let connection = &mut self.connections[slot];
			if !connection.output.is_empty() || connection.phase != Phase::Open {
				return true;
			}
			out.clear();
			match self.service.stream(&mut connection.session, &mut out) {
				Ok(more) => {
					self.send(slot, &out);
					let taken = self.slot(*id).map(|slot| self.connections[slot].output.is_empty());
					self.streaming |= more && taken == Some(true);
				},
				Err(text) => {
					log::error!("client {} is cut: {text}", id.0);
					self.remove(slot);
				},
			}
			true
		});
		streams.append(&mut self.streams);
		self.streams = streams;
	}
}
