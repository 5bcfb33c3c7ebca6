use super::{spare::Spare, ConnectionId, Gate, Speaks};
use crate::resp::Parser;
use rustix::{event::epoll::EventFlags, io::Errno, net::SendFlags};
use std::{collections::VecDeque, os::fd::OwnedFd, time::Instant};

/// Buffers up to here are kept for a connection's next bytes, larger ones given back.
const KEPT: usize = 16 << 10;
/// Commands up to this size are read behind what was kept of them; larger ones into their own
/// buffer, where they need not be copied again.
pub(super) const SMALL: usize = 64 << 10;

/// One client.
pub(super) struct Connection<S> {
	pub(super) id: ConnectionId,
	pub(super) socket: OwnedFd,
	pub(super) speaks: Speaks,
	/// Through which it came in, if it may not see everything.
	pub(super) gate: Option<Gate>,
	/// What came along with a request that is not whole yet.
	pub(super) sockets: Vec<OwnedFd>,
	pub(super) session: S,
	pub(super) parser: Parser,
	/// What was received and is not executed: the beginning of a command, or whole ones when the
	/// connection has used up its turn. It always begins with a command's first byte.
	pub(super) input: Vec<u8>,
	/// How much the command at the beginning of the input lacks, at least.
	pub(super) missing: usize,
	/// Replies that the client has not read.
	pub(super) output: VecDeque<u8>,
	/// The events asked of the kernel.
	pub(super) interest: EventFlags,
	pub(super) phase: Phase,
	/// Whether the input may hold whole commands.
	pub(super) stalled: bool,
	/// Whether it is among those whose turn comes without anything being received.
	pub(super) queued: bool,
	/// Whether replies to it are held until what they tell of is safe.
	pub(super) held: bool,
	/// When the client last said something, or read something of what it had not read.
	pub(super) heard: Instant,
	/// What of it is in the sum of all buffers.
	pub(super) accounted: usize,
}

/// How a connection's life goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
	/// Commands are read.
	Open,
	/// None is, until a message comes.
	Waiting,
	/// None is any more: the connection ends once its replies are sent.
	Closing,
	/// It cannot be written to.
	Dead,
}

impl<S> Connection<S> {
	pub(super) fn new(
		id: ConnectionId,
		socket: OwnedFd,
		(speaks, gate): (Speaks, Option<Gate>),
		session: S,
	) -> Self {
		Self {
			id,
			socket,
			speaks,
			gate,
			sockets: Vec::new(),
			session,
			parser: Parser::new(),
			input: Vec::new(),
			missing: 0,
			output: VecDeque::new(),
			interest: EventFlags::IN,
			phase: Phase::Open,
			stalled: false,
			queued: false,
			held: false,
			heard: Instant::now(),
			accounted: 0,
		}
	}

	/// Send `bytes` behind what has not been sent, as far as the client takes it. What it does not
	/// take is kept when `room` allows it. Says how much was sent.
	pub(super) fn send(&mut self, bytes: &[u8], room: usize) -> usize {
		let mut sent = self.flush();
		let mut rest = bytes;
		while self.phase != Phase::Dead && self.output.is_empty() && !rest.is_empty() {
			match send(&self.socket, rest) {
				Ok(count) => {
					sent += count;
					rest = &rest[count..];
				},
				Err(Errno::AGAIN) => {
					self.heard = Instant::now();
					break;
				},
				Err(_) => self.phase = Phase::Dead,
			}
		}
		if self.phase != Phase::Dead && !rest.is_empty() {
			if rest.len() > room {
				self.phase = Phase::Dead;
			} else {
				self.output.extend(rest);
			}
		}
		sent
	}

	/// Send what the client has not read, as far as it takes it. Says how much that was.
	pub(super) fn flush(&mut self) -> usize {
		let mut sent = 0;
		while self.phase != Phase::Dead && !self.output.is_empty() {
			match send(&self.socket, self.output.as_slices().0) {
				Ok(count) => {
					self.output.drain(..count);
					sent += count;
				},
				Err(Errno::AGAIN) => break,
				Err(_) => self.phase = Phase::Dead,
			}
		}
		if sent > 0 {
			self.heard = Instant::now();
		}
		if self.output.is_empty() && self.output.capacity() > KEPT {
			self.output = VecDeque::new();
		}
		sent
	}

	/// Keep `rest` as the input, where there will be room for more of the same command.
	pub(super) fn keep(&mut self, rest: &[u8], spare: &mut Spare) {
		self.input.clear();
		if rest.len() > KEPT && self.input.capacity() < rest.len() {
			spare.give(std::mem::take(&mut self.input));
			self.input = spare.take(rest.len() + self.awaited(rest.len()));
		} else if self.input.capacity() > KEPT.max(rest.len()) {
			spare.give(std::mem::take(&mut self.input));
		}
		self.input.extend_from_slice(rest);
	}

	/// For how much more of a command there should be room, when so much of it has come. A client
	/// that announces much and sends little gets no memory for it.
	pub(super) fn awaited(&self, received: usize) -> usize {
		self.missing.min(received.max(SMALL))
	}

	/// Give back the memory of buffers that hold nothing.
	pub(super) fn give_back(&mut self) {
		if self.input.is_empty() {
			self.input = Vec::new();
		}
		if self.output.is_empty() {
			self.output = VecDeque::new();
		}
	}

	/// What the buffers take.
	pub(super) fn size(&self) -> usize {
		self.input.capacity() + self.output.capacity()
	}
}

fn send(socket: &OwnedFd, bytes: &[u8]) -> Result<usize, Errno> {
	loop {
		match rustix::net::send(socket, bytes, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
			Err(Errno::INTR) => {},
			other => return other,
		}
	}
}
