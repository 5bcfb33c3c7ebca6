//! One connection's turn: its bytes are read and its commands executed, within bounds.

use super::{
	connection::Phase,
	event_loop::{EventLoop, SHARED},
	scrape, Outcome, Service, Speaks,
};
use crate::resp::{self, Step};
use rustix::{buffer::spare_capacity, io::Errno, net::RecvFlags};
use std::time::{Duration, Instant};

/// Commands up to this size are read behind what was kept of them; larger ones into their own
/// buffer, where they need not be copied again.
const SMALL: usize = 64 << 10;
/// Replies leave when there is as much as this of what they answer.
const GROUP: usize = 1 << 20;
/// Or when there is as much as this of them, lest it fall out of the processor's cache.
const REPLIES: usize = 128 << 10;

/// Replies leave after so many turns: those who get them have something to do while others are
/// served.
const TURNS: usize = 16;

/// What a connection may use up before others have their turn.
const COMMANDS: usize = 8192;
const BYTES_IN: usize = 1 << 20;
const BYTES_OUT: usize = 1 << 20;
const TIME: Duration = Duration::from_millis(2);
/// How many commands go by between two looks at the clock.
const CLOCK: usize = 16;

struct Turn {
	commands: usize,
	received: usize,
	began: Option<Instant>,
}

impl Turn {
	fn new() -> Self {
		Self { commands: 0, received: 0, began: None }
	}

	/// Count a command; says whether it was the last.
	#[inline]
	fn is_over(&mut self, replied: usize) -> bool {
		self.commands += 1;
		if self.commands.is_multiple_of(CLOCK) {
			let now = Instant::now();
			match self.began {
				None => self.began = Some(now),
				Some(began) if now.duration_since(began) > TIME => return true,
				Some(_) => {},
			}
		}
		replied >= BYTES_OUT || self.commands >= COMMANDS
	}
}

impl<S: Service> EventLoop<S> {
	/// Give the connection its turn. With `resumed` its input holds whole commands.
	pub(super) fn serve(&mut self, slot: usize, resumed: bool) {
		match self.connections[slot].speaks {
			Speaks::Resp => self.serve_commands(slot, resumed),
			Speaks::Metrics => self.serve_metrics(slot),
			Speaks::Control => self.serve_control(slot),
		}
		self.refresh(slot);
		self.turns += 1;
		let much = self.group.bytes.len() >= GROUP || self.unsettled >= GROUP;
		let enough = self.group.bytes.len() >= REPLIES || self.turns >= TURNS;
		if much || enough && !self.service.gathers() {
			self.settle();
		}
	}

	fn serve_commands(&mut self, slot: usize, resumed: bool) {
		let mut turn = Turn::new();
		if resumed && !self.run_kept(slot, &mut turn) {
			return;
		}
		while turn.received < BYTES_IN {
			let connection = &self.connections[slot];
			let kept = connection.input.len();
			let more = if kept > 0 && kept + connection.missing > SMALL {
				self.receive_large(slot, &mut turn)
			} else {
				self.receive(slot, &mut turn)
			};
			if !more {
				return;
			}
		}
	}

	/// Read what there is, behind the beginning of a command that was kept. Says whether the turn
	/// goes on.
	fn receive(&mut self, slot: usize, turn: &mut Turn) -> bool {
		let mut shared = std::mem::take(&mut self.shared);
		let connection = &mut self.connections[slot];
		let kept = connection.input.len();
		shared[..kept].copy_from_slice(&connection.input);
		let received =
			rustix::net::recv(&connection.socket, &mut shared[kept..], RecvFlags::DONTWAIT);
		let mut more = false;
		if let Some(received) = self.received(slot, received.map(|(read, _)| read), turn) {
			let end = kept + received;
			self.connections[slot].input.clear();
			let (used, goes_on) = self.execute(slot, &shared[..end], turn);
			self.connections[slot].keep(&shared[used..end]);
			more = goes_on && end == SHARED;
		}
		self.shared = shared;
		more
	}

	/// Read on at a large command, into its own buffer.
	fn receive_large(&mut self, slot: usize, turn: &mut Turn) -> bool {
		let connection = &mut self.connections[slot];
		// A client that announces much and sends little gets no memory for it.
		let room = connection.missing.min(connection.input.len().max(SMALL));
		connection.input.reserve_exact(room);
		let received = rustix::net::recv(
			&connection.socket,
			spare_capacity(&mut connection.input),
			RecvFlags::DONTWAIT,
		);
		let Some(received) = self.received(slot, received.map(|(read, _)| read), turn) else {
			return false;
		};
		let connection = &mut self.connections[slot];
		if received < connection.missing {
			connection.missing -= received;
			return received >= room;
		}
		self.run_kept(slot, turn)
	}

	/// Execute what is in the connection's own buffer.
	fn run_kept(&mut self, slot: usize, turn: &mut Turn) -> bool {
		let mut input = std::mem::take(&mut self.connections[slot].input);
		let (used, goes_on) = self.execute(slot, &input, turn);
		if used < input.len() {
			input.drain(..used);
			self.connections[slot].input = input;
		}
		goes_on
	}

	/// Note what a read brought; none when there is nothing to do with it.
	fn received(
		&mut self,
		slot: usize,
		received: Result<usize, Errno>,
		turn: &mut Turn,
	) -> Option<usize> {
		let connection = &mut self.connections[slot];
		match received {
			Ok(0) => connection.phase = Phase::Closing,
			Ok(received) => {
				if self.limits.idle.is_some() {
					connection.heard = Instant::now();
				}
				turn.received += received;
				self.unsettled += received;
				self.counters.received += received as u64;
				return Some(received);
			},
			Err(Errno::AGAIN | Errno::INTR) => {},
			Err(_) => connection.phase = Phase::Dead,
		}
		None
	}

	/// Execute the commands in `bytes`, and say how many bytes they were and whether the
	/// connection may go on.
	fn execute(&mut self, slot: usize, bytes: &[u8], turn: &mut Turn) -> (usize, bool) {
		let connection = &mut self.connections[slot];
		let position = self.group.position();
		let mut used = 0;
		let mut goes_on = true;
		while used < bytes.len() {
			let rest = &bytes[used..];
			let length = match connection.parser.step(rest) {
				Ok(Step::Command { length }) => length,
				Ok(Step::Incomplete { missing }) => {
					connection.missing = missing;
					break;
				},
				Err(error) => {
					resp::error(&mut self.group.bytes, &error.to_string());
					self.group.mark(Outcome::Close);
					self.counters.malformed += 1;
					connection.phase = Phase::Closing;
					(used, goes_on) = (bytes.len(), false);
					break;
				},
			};
			used += length;
			let args = connection.parser.args(rest);
			if args.is_empty() {
				connection.parser.reset();
				continue;
			}
			let outcome =
				self.service.execute(&mut connection.session, args, &mut self.group.bytes);
			connection.parser.reset();
			self.counters.commands += 1;
			connection.phase = match outcome {
				Outcome::Done | Outcome::Read | Outcome::Wrote => connection.phase,
				Outcome::Stream => {
					self.streams.push(connection.id);
					connection.phase
				},
				Outcome::Wait => Phase::Waiting,
				Outcome::Close => Phase::Closing,
			};
			if outcome != Outcome::Wait {
				self.group.mark(outcome);
			}
			let over = turn.is_over(self.group.bytes.len() - position.0);
			if over || connection.phase != Phase::Open {
				goes_on = false;
				match connection.phase {
					Phase::Open | Phase::Waiting => connection.stalled = used < bytes.len(),
					Phase::Closing => used = bytes.len(),
					Phase::Dead => {},
				}
				break;
			}
		}
		connection.held |= self.group.close_part(connection.id, position);
		(used, goes_on)
	}

	fn serve_metrics(&mut self, slot: usize) {
		let connection = &mut self.connections[slot];
		connection.input.reserve(scrape::MAX_REQUEST);
		let read = rustix::net::recv(
			&connection.socket,
			spare_capacity(&mut connection.input),
			RecvFlags::DONTWAIT,
		);
		match read {
			Ok((0, _)) => connection.phase = Phase::Dead,
			Ok(_) if scrape::is_whole(&connection.input) => {
				let answer =
					scrape::answer(&connection.input, || self.service.metrics(&self.counters));
				connection.send(answer.as_bytes(), answer.len());
				connection.phase = Phase::Closing;
			},
			Ok(_) if connection.input.len() > scrape::MAX_REQUEST => {
				connection.phase = Phase::Dead;
			},
			Ok(_) | Err(Errno::AGAIN | Errno::INTR) => {},
			Err(_) => connection.phase = Phase::Dead,
		}
	}
}
