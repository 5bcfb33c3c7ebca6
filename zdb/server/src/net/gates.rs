//! Gates: places where clients come in who may see only some of what is served. They open and close
//! while the server runs, and those behind one take nothing from those behind the others.

use super::{
	event_loop::{EventLoop, LISTENERS},
	Limits, Listener, Service,
};
use rustix::event::epoll::{self, EventData, EventFlags};

/// What part of all buffers those behind one gate may have.
pub(super) const SHARE: usize = 4;

/// What clients may see. The service knows what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gate(pub u32);

/// What becomes of a gate.
#[derive(Debug)]
pub enum GateChange {
	/// Clients come in here too from now on.
	Open(Gate, Vec<Listener>),
	/// No more than so many clients come in at a time.
	Limit(Gate, usize),
	/// Those who are in have to come in again.
	Cut(Gate),
	/// Nobody is in any more, and nobody comes in.
	Close(Gate),
}

/// Who comes in through a gate, and where.
#[derive(Debug, Default)]
pub(super) struct Doors {
	listeners: Vec<usize>,
	clients: usize,
	most: usize,
	/// What of all buffers these clients take.
	buffered: usize,
}

impl Doors {
	/// A client takes more of the buffers than before, or less. Says whether that is too much.
	pub(super) fn buffer(&mut self, before: usize, now: usize, limits: &Limits) -> bool {
		self.buffered = self.buffered + now - before;
		self.buffered > limits.buffers / SHARE
	}
}

impl<S: Service> EventLoop<S> {
	pub(super) fn is_full(&self, gate: Option<Gate>) -> bool {
		let doors = gate.and_then(|gate| self.gates.get(&gate));
		doors.is_some_and(|doors| doors.clients >= doors.most)
	}

	pub(super) fn came_in(&mut self, gate: Option<Gate>) {
		if let Some(doors) = gate.and_then(|gate| self.gates.get_mut(&gate)) {
			doors.clients += 1;
		}
	}

	pub(super) fn went_out(&mut self, gate: Option<Gate>, buffered: usize) {
		if let Some(doors) = gate.and_then(|gate| self.gates.get_mut(&gate)) {
			doors.clients -= 1;
			doors.buffered -= buffered;
		}
	}

	/// How much more may be buffered for those behind a gate.
	pub(super) fn room_behind(&self, gate: Option<Gate>) -> usize {
		let doors = gate.and_then(|gate| self.gates.get(&gate));
		doors.map_or(usize::MAX, |doors| {
			(self.limits.buffers / SHARE).saturating_sub(doors.buffered)
		})
	}

	pub(super) fn change_gate(&mut self, change: GateChange) {
		match change {
			GateChange::Open(gate, listeners) => {
				for listener in listeners {
					self.open(gate, listener);
				}
			},
			GateChange::Limit(gate, most) => self.gates.entry(gate).or_default().most = most,
			GateChange::Cut(gate) => self.cut(gate),
			GateChange::Close(gate) => {
				// First the doors: nobody comes in while the others are shown out.
				let doors = self.gates.get_mut(&gate);
				for at in doors.map_or(Vec::new(), |doors| std::mem::take(&mut doors.listeners)) {
					let listener = self.listeners.remove(at);
					// Whoever gave it may have it still, and the kernel would go on telling of it.
					if self.listening && epoll::delete(&self.epoll, &listener).is_err() {
						log::debug!("nobody could come in at {}", listener.address());
					}
				}
				self.cut(gate);
				self.gates.remove(&gate);
			},
		}
	}

	fn open(&mut self, gate: Gate, listener: Listener) {
		let at = self.listeners.insert(listener.behind(gate));
		self.gates.entry(gate).or_default().listeners.push(at);
		if !self.listening {
			return;
		}
		let token = EventData::new_u64(LISTENERS + at as u64);
		if let Err(error) = epoll::add(&self.epoll, &self.listeners[at], token, EventFlags::IN) {
			log::error!("nobody can come in at {}: {error}", self.listeners[at].address());
		}
	}

	fn cut(&mut self, gate: Gate) {
		let behind = self.connections.iter().filter(|(_, it)| it.gate == Some(gate));
		for slot in behind.map(|(slot, _)| slot).collect::<Vec<_>>() {
			self.remove(slot);
		}
	}
}
