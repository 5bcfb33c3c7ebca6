//! Waiting for events. To be woken costs us, and the client that wakes us, about as much as a
//! command does: who has slept only for a moment looks for that long before it sleeps again.

use rustix::{
	buffer::spare_capacity,
	event::{
		epoll::{self, Event},
		Timespec,
	},
	io::Errno,
};
use std::{
	os::fd::OwnedFd,
	thread::available_parallelism,
	time::{Duration, Instant},
};

pub(super) const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// What counts as a moment.
const MOMENT: Duration = Duration::from_micros(25);

/// Whether it is worth to look for events before sleeping.
#[derive(Debug)]
pub(super) struct Patience {
	/// Others can run while we look.
	has_room: bool,
	/// The last sleep was over in a moment.
	was_short: bool,
}

impl Patience {
	pub(super) fn new() -> Self {
		let has_room = available_parallelism().is_ok_and(|count| count.get() > 1);
		Self { has_room, was_short: false }
	}

	/// Adds the next events to `events`, or none when the time is over; none is for ever.
	pub(super) fn wait(
		&mut self,
		epoll: &OwnedFd,
		events: &mut Vec<Event>,
		timeout: Option<Timespec>,
	) -> Result<(), Errno> {
		if timeout == Some(AT_ONCE) {
			return ask(epoll, events, timeout);
		}
		let mut began = Instant::now();
		if self.has_room && self.was_short {
			while began.elapsed() < MOMENT {
				ask(epoll, events, Some(AT_ONCE))?;
				if !events.is_empty() {
					return Ok(());
				}
			}
			began = Instant::now();
		}
		ask(epoll, events, timeout)?;
		self.was_short = began.elapsed() < MOMENT;
		Ok(())
	}
}

fn ask(epoll: &OwnedFd, events: &mut Vec<Event>, timeout: Option<Timespec>) -> Result<(), Errno> {
	match epoll::wait(epoll, spare_capacity(events), timeout.as_ref()) {
		Ok(_) | Err(Errno::INTR) => Ok(()),
		Err(error) => Err(error),
	}
}
