use super::{
	connection::{Connection, Phase},
	gates::{Doors, Gate},
	group::Group,
	ConnectionId, Counters, Limits, Listener, Peer, Service, Speaks,
};
use rustix::{
	buffer::spare_capacity,
	event::{
		epoll::{self, CreateFlags, Event, EventData, EventFlags},
		Timespec,
	},
	io::Errno,
	net::SendFlags,
};
use slab::Slab;
use std::{
	collections::HashMap,
	os::fd::{AsFd, OwnedFd},
	time::{Duration, Instant},
};
use thiserror::Error;

/// How many events are taken from the kernel at a time.
const EVENTS: usize = 1024;
/// How many clients are let in before those who are in have their turn.
const ACCEPTS: usize = 256;
/// How much is read at a time.
pub(super) const SHARED: usize = 256 << 10;
/// How often connections are looked at that do nothing.
const TICK: Duration = Duration::from_secs(1);

/// How often those are heard who speak while others are, before what all of them wrote is made
/// safe.
const GATHERINGS: usize = 64;
const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

const STOP: u64 = u64::MAX;
/// Tokens from here on, and below [`STOP`], are listeners.
pub(super) const LISTENERS: u64 = u64::MAX - (1 << 16);

/// Why the loop had to end.
#[derive(Debug, Error)]
pub enum LoopError {
	/// The kernel refused to set up or to wait for events.
	#[error("cannot wait for clients: {0}")]
	Events(#[source] std::io::Error),
}

impl From<Errno> for LoopError {
	fn from(error: Errno) -> Self {
		Self::Events(error.into())
	}
}

/// One thread, all connections.
pub struct EventLoop<S: Service> {
	pub(super) epoll: OwnedFd,
	pub(super) listeners: Slab<Listener>,
	/// What comes in through gates.
	pub(super) gates: HashMap<Gate, Doors>,
	/// Whether the listeners are asked for clients: not while there is no room for more.
	pub(super) listening: bool,
	stop: OwnedFd,
	pub(super) limits: Limits,
	pub(super) service: S,
	pub(super) counters: Counters,
	pub(super) connections: Slab<Connection<S::Session>>,
	serial: u32,
	/// Where bytes are read to: commands are executed from there, not copied.
	pub(super) shared: Vec<u8>,
	pub(super) group: Group,
	/// How many connections had their turn since replies last left.
	pub(super) turns: usize,
	/// How much was received since replies last left.
	pub(super) unsettled: usize,
	/// Connections with whole commands in their input, which have used up their turn.
	pub(super) stalled: Vec<ConnectionId>,
	/// Connections that are sent more than what they ask for.
	pub(super) streams: Vec<ConnectionId>,
	/// Whether one of them has more to be sent at once.
	streaming: bool,
	/// How many connections have replies that were not read.
	pub(super) unread: usize,
	next_tick: Instant,
}

impl<S: Service> EventLoop<S> {
	/// A loop that serves `service` to whom `listeners` let in, until something can be read from
	/// `stop`.
	pub fn new(
		service: S,
		listeners: impl IntoIterator<Item = Listener>,
		stop: OwnedFd,
		limits: Limits,
	) -> Result<Self, LoopError> {
		let epoll = epoll::create(CreateFlags::CLOEXEC)?;
		epoll::add(&epoll, &stop, EventData::new_u64(STOP), EventFlags::IN)?;
		let mut this = Self {
			epoll,
			listeners: listeners.into_iter().enumerate().collect(),
			gates: HashMap::new(),
			listening: false,
			stop,
			limits,
			service,
			counters: Counters::default(),
			connections: Slab::new(),
			serial: 0,
			shared: vec![0; SHARED],
			group: Group::default(),
			turns: 0,
			unsettled: 0,
			stalled: Vec::new(),
			streams: Vec::new(),
			streaming: false,
			unread: 0,
			next_tick: Instant::now() + TICK,
		};
		this.listen(true)?;
		Ok(this)
	}

	/// Have `waker` end the loop's waiting whenever it can be read: the service's own threads have
	/// finished something. The service reads it in [`Service::maintain`].
	pub fn wake_by(&self, waker: impl AsFd) -> Result<(), LoopError> {
		// No connection has serial 0.
		Ok(epoll::add(&self.epoll, waker, EventData::new_u64(0), EventFlags::IN)?)
	}

	/// Serve until told to stop, and give back the service.
	pub fn run(mut self) -> Result<S, LoopError> {
		let mut events: Vec<Event> = Vec::with_capacity(EVENTS);
		let mut due = self.service.maintain(&self.counters);
		loop {
			events.clear();
			match epoll::wait(&self.epoll, spare_capacity(&mut events), self.timeout(due).as_ref())
			{
				Ok(_) | Err(Errno::INTR) => {},
				Err(error) => return Err(error.into()),
			}
			for id in std::mem::take(&mut self.stalled) {
				if let Some(slot) = self.slot(id) {
					self.connections[slot].queued = false;
					self.connections[slot].stalled = false;
					self.serve(slot, true);
				}
			}
			let mut stopping = self.take(&events);
			for _ in 0..GATHERINGS {
				if !self.service.gathers() {
					break;
				}
				events.clear();
				match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&AT_ONCE)) {
					Ok(0) | Err(_) => break,
					Ok(_) => stopping |= self.take(&events),
				}
			}
			self.settle();
			due = self.service.maintain(&self.counters);
			self.deliver();
			self.stream();
			self.tick();
			if stopping {
				return Ok(self.end());
			}
		}
	}

	/// Serves whom these events are about; says whether it is time to stop.
	fn take(&mut self, events: &[Event]) -> bool {
		let mut stopping = false;
		for event in events {
			match event.data.u64() {
				STOP => stopping = true,
				listener if listener >= LISTENERS => self.accept((listener - LISTENERS) as usize),
				id => self.happened(ConnectionId(id), event.flags),
			}
		}
		stopping
	}

	fn timeout(&self, due: Option<Duration>) -> Option<Timespec> {
		if self.streaming || !self.stalled.is_empty() {
			return Some(AT_ONCE);
		}
		let due = if self.ticks() { Some(due.map_or(TICK, |due| due.min(TICK))) } else { due };
		// The kernel counts in milliseconds, and waking too early would only mean waking again.
		let millis = due?.as_micros().div_ceil(1000).min(i32::MAX as u128) as i64;
		Some(Timespec { tv_sec: millis / 1000, tv_nsec: (millis % 1000) * 1_000_000 })
	}

	pub(super) fn slot(&self, id: ConnectionId) -> Option<usize> {
		let slot = (id.0 & u64::from(u32::MAX)) as usize;
		self.connections.get(slot).is_some_and(|connection| connection.id == id).then_some(slot)
	}

	fn happened(&mut self, id: ConnectionId, flags: EventFlags) {
		let Some(slot) = self.slot(id) else { return };
		let connection = &mut self.connections[slot];
		if flags.contains(EventFlags::OUT) {
			self.counters.sent += connection.flush() as u64;
		}
		if connection.phase == Phase::Open {
			if !connection.stalled
				&& flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR)
			{
				return self.serve(slot, false);
			}
		} else if flags.intersects(EventFlags::HUP | EventFlags::ERR | EventFlags::RDHUP) {
			connection.phase = Phase::Dead;
		}
		self.refresh(slot);
	}

	fn listen(&mut self, listening: bool) -> Result<(), LoopError> {
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

	fn accept(&mut self, listener: usize) {
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
	fn deliver(&mut self) {
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
		let Some(connection) = self.connections.get_mut(slot) else { return };
		let size = connection.size();
		if size != connection.accounted {
			let grown = size > connection.accounted;
			self.counters.buffered += size as u64;
			self.counters.buffered -= connection.accounted as u64;
			let before = std::mem::replace(&mut connection.accounted, size);
			let doors = connection.gate.and_then(|gate| self.gates.get_mut(&gate));
			let is_over = doors.is_some_and(|doors| doors.buffer(before, size, &self.limits));
			let is_over = is_over || self.counters.buffered as usize > self.limits.buffers;
			if grown && size > SHARED && is_over {
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

	fn let_go(&mut self, slot: usize) -> Option<Connection<S::Session>> {
		let connection = self.connections.try_remove(slot)?;
		self.unread -= usize::from(connection.interest.contains(EventFlags::OUT));
		self.counters.connected -= 1;
		self.counters.buffered -= connection.accounted as u64;
		self.went_out(connection.gate, connection.accounted);
		Some(connection)
	}

	pub(super) fn remove(&mut self, slot: usize) {
		if let Some(connection) = self.let_go(slot) {
			self.service.close(connection.session);
		}
		self.make_room();
	}

	/// Send those who asked for a stream what there is for them, as fast as they take it.
	fn stream(&mut self) {
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

	fn make_room(&mut self) {
		if !self.listening {
			if let Err(error) = self.listen(true) {
				log::error!("{error}");
			}
		}
	}

	fn ticks(&self) -> bool {
		self.unread > 0 || self.limits.idle.is_some() || !self.listening
	}

	/// Cut who does not read, or says nothing, for too long.
	fn tick(&mut self) {
		if !self.ticks() {
			return;
		}
		let now = Instant::now();
		if now < self.next_tick {
			return;
		}
		self.next_tick = now + TICK;
		let mut cut = HashMap::new();
		for (slot, connection) in &self.connections {
			let silent = now.duration_since(connection.heard);
			if !connection.output.is_empty() && silent > self.limits.unread {
				cut.insert(slot, "it does not read its replies");
			} else if connection.phase == Phase::Open
				&& self.limits.idle.is_some_and(|idle| silent > idle)
			{
				cut.insert(slot, "it says nothing");
			}
		}
		for (slot, why) in cut {
			log::info!("client {} is cut: {why}", self.connections[slot].id.0);
			self.counters.cut += 1;
			self.remove(slot);
		}
		self.make_room();
	}

	/// Say good-bye: what can be sent at once is.
	fn end(mut self) -> S {
		for (_, connection) in &mut self.connections {
			connection.flush();
		}
		for connection in self.connections.drain() {
			self.service.close(connection.session);
		}
		drop(self.stop);
		self.service
	}
}
