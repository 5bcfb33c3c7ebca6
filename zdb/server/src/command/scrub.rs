//! SCRUB: all that is stored is read and verified while clients are served, and what is damaged is
//! asked of a copy.

use super::{
	database::{none, Database, Done},
	refusal::{self, Refusal},
	session::Session,
};
use crate::{
	net::Outcome,
	resp::{self, Args},
};
use std::time::{Duration, Instant};
use zdb_store::{Checked, Checking};

/// How much is read before clients have their turn, and when more is read at the soonest.
pub(super) const PIECE: u64 = 1 << 20;
pub(super) const PAUSE: Duration = Duration::from_millis(5);

/// A look at all that is stored.
#[derive(Default)]
pub(super) struct Scrub {
	running: Option<Running>,
	/// What the last one found.
	last: Option<Checked>,
}

struct Running {
	checking: Checking,
	next: Instant,
	/// How much of what is damaged was asked for.
	asked: usize,
}

impl Scrub {
	/// How it stands, how many records were well, and how many that are needed were not.
	pub(super) fn state(&self) -> (&'static str, u64, usize) {
		let needed = |checked: &Checked| checked.damaged.iter().filter(|one| one.needed).count();
		match (&self.running, &self.last) {
			(Some(running), _) => {
				let checked = &running.checking.checked;
				("running", checked.records, needed(checked))
			},
			(None, Some(checked)) => ("done", checked.records, needed(checked)),
			(None, None) => ("never", 0, 0),
		}
	}
}

impl Database {
	/// SCRUB
	pub(super) fn begin_scrub(
		&mut self,
		session: &Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Done {
		self.admin_only(session)?;
		none(args)?;
		if self.scrub.running.is_some() {
			return Err(Refusal::new("Everything is being read already"));
		}
		let (checking, next) = (Checking::default(), Instant::now());
		self.scrub.running = Some(Running { checking, next, asked: 0 });
		resp::simple(reply, "OK");
		Ok(Outcome::Done)
	}

	/// Reads a little more; says when to be called again.
	pub(super) fn go_on_with_scrub(&mut self, now: Instant) -> Option<Duration> {
		let mut running = self.scrub.running.take()?;
		if now < running.next {
			let due = running.next - now;
			self.scrub.running = Some(running);
			return Some(due);
		}
		let more = match self.store.go_on_with_check(&mut running.checking, PIECE) {
			Ok(more) => more,
			Err(error) => {
				log::error!("not all could be read: {}", refusal::chain(&error));
				false
			},
		};
		let damaged = &running.checking.checked.damaged;
		for damage in damaged.iter().skip(running.asked).filter(|one| one.needed) {
			log::error!("segment {} is damaged at {}", damage.segment, damage.offset);
			if let Some((namespace, key)) = &damage.key {
				self.replication.want(*namespace, key);
			}
		}
		running.asked = damaged.len();
		if more {
			running.next = Instant::now() + PAUSE;
			self.scrub.running = Some(running);
			return Some(PAUSE);
		}
		self.scrub.last = Some(running.checking.checked);
		let (_, records, damaged) = self.scrub.state();
		log::info!("all was read: {records} records are well, {damaged} that are needed are not");
		// What was asked for is sent with the next turn.
		Some(Duration::ZERO)
	}
}
