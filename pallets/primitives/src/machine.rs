//! Machines: what their agents say of them, and for how long they were there.

use crate::{query::Country, spec::Text, Capacity};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What an agent says of its machine.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Machine {
	/// What it has, all told.
	pub capacity: Capacity,
	/// Where it is.
	pub location: Location,
	/// The X25519 key to which secrets for its workloads are sealed.
	pub encryption_key: [u8; 32],
}

/// A place on earth.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Location {
	/// The country.
	pub country: Country,
	/// The city.
	pub city: Text<64>,
	/// Millionths of a degree to the north.
	pub latitude: i32,
	/// Millionths of a degree to the east.
	pub longitude: i32,
}

/// For how long a node was there.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Clock {
	/// Made anew when the machine starts.
	pub boot_id: [u8; 16],
	/// For how many seconds the machine had been running, in the last heartbeat.
	pub uptime: u64,
	/// When that was, in seconds since 1970.
	pub last_beat: u64,
	/// The seconds that it was available, since it joined.
	pub available_seconds: u64,
}

/// How often the chain hears what nodes say, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
	/// What must pass between two heartbeats.
	pub min_gap: u64,
	/// What may pass between two heartbeats that count as available.
	pub max_gap: u64,
	/// What must pass between two updates.
	pub update_interval: u64,
}

impl Clock {
	/// The clock of a node that joins now.
	pub fn start(boot_id: [u8; 16], now: u64) -> Self {
		Self { boot_id, uptime: 0, last_beat: now, available_seconds: 0 }
	}

	/// Whether the last heartbeat is recent.
	pub fn is_online(&self, now: u64, max_gap: u64) -> bool {
		now.saturating_sub(self.last_beat) <= max_gap
	}
}

impl Terms {
	/// What holds until governance says otherwise: the chain stores only what was changed.
	pub const AT_FIRST: Self = Self { min_gap: 60, max_gap: 300, update_interval: 600 };
}
