use super::{
	connection::{Connection, Phase},
	gates::{Doors, Gate},
	group::Group,
	spare::Spare,
	ConnectionId, Counters, Limits, Listener, Service,
};
use rustix::{
	buffer::spare_capacity,
	event::{
		epoll::{self, CreateFlags, Event, EventData, EventFlags},
		Timespec,
	},
	io::Errno,
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
/// How much is read at a time.
pub(super) const SHARED: usize = 256 << 10;
/// How often connections are looked at that do nothing.
const TICK: Duration = Duration::from_secs(1);

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
	pub(super) serial: u32,
	/// Where bytes are read to: commands are executed from there, not copied.
	pub(super) shared: Vec<u8>,
	/// Where large commands are put together.
	pub(super) spare: Spare,
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
	pub(super) streaming: bool,
	/// How many connections have replies that were not read.
	pub(super) unread: usize,
	next_tick: Instant,
}

impl<S: Service> EventLoop<S> {
	/// A loop that serves `service` to whom `listeners` let in, until something can be read from
	/// `stop`, or the service must end.
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
			spare: Spare::default(),
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

	/// Have `waker` end the loop's waiting whenever it is written to: the service's own threads have
	/// finished something. The service may read it in [`Service::maintain`], and need not.
	pub fn wake_by(&self, waker: impl AsFd) -> Result<(), LoopError> {
		// No connection has serial 0.
		let flags = EventFlags::IN | EventFlags::ET;
		Ok(epoll::add(&self.epoll, waker, EventData::new_u64(0), flags)?)
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
			// What came meanwhile is made safe with the rest. To go on so would be to let the disk wait
			// for clients, while they wait for it.
			if self.service.gathers() {
				events.clear();
				if epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&AT_ONCE)).is_ok() {
					stopping |= self.take(&events);
				}
			}
			self.settle();
			due = self.service.maintain(&self.counters);
			self.deliver();
			self.stream();
			self.tick();
			if stopping || self.service.must_end() {
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
