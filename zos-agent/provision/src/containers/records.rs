//! What is written of a container: by the agent when it makes it, by its shim while it is there.

use crate::host::{identities::Identities, processes::Process};
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};
use zos_core::ports::{Crashes, Exit};

/// What a container is. Kept for as long as there is anything of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
	/// Its fingerprint, as text.
	pub fingerprint: String,
	/// The digest of its image.
	pub image: [u8; 32],
	/// Its user ids, where the machine can give it its own.
	pub identities: Option<Identities>,
}

/// What a container does, as its shim says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
	/// The shim.
	pub shim: Process,
	/// What the container does.
	pub phase: Phase,
	/// How often it was started again.
	pub restarts: u32,
	/// How often it ended without running for long in between.
	pub in_a_row: u32,
	/// How it ended the last time.
	pub last: Option<Ending>,
}

/// What a container does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Phase {
	/// It is started the first time.
	Starting,
	/// It runs.
	Running {
		/// Its first process.
		process: Process,
		/// Since when, in milliseconds since 1970.
		since: u64,
	},
	/// It is started again soon.
	Waiting {
		/// When, in milliseconds since 1970.
		until: u64,
	},
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
	/// By itself.
	Code(i32),
	/// By a signal.
	Signal(i32),
	/// It took more memory than it has.
	OutOfMemory,
	/// Nobody saw how.
	Unseen,
}

impl Ending {
	/// Whether it ended as programs do that are done.
	pub fn is_success(self) -> bool {
		self == Self::Code(0)
	}
}

impl From<Ending> for Exit {
	fn from(ending: Ending) -> Self {
		match ending {
			Ending::Code(code) => Self::Code(code),
			Ending::Signal(signal) => Self::Signal(signal),
			Ending::OutOfMemory => Self::OutOfMemory,
			Ending::Unseen => Self::Unseen,
		}
	}
}

impl State {
	/// Its latest ends, if it has not run for long since.
	pub fn crashes(&self) -> Option<Crashes> {
		let last = self.last.filter(|_| self.in_a_row > 0)?;
		Some(Crashes { last: last.into(), in_a_row: self.in_a_row })
	}
}

/// Milliseconds since 1970.
pub fn now() -> u64 {
	let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
	since.as_millis().try_into().unwrap_or(u64::MAX)
}
