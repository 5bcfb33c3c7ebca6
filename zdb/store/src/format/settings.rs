//! The value of a namespace's record.

use super::{u32_at, u64_at};
use crate::namespace::{Mode, Settings};

/// What a namespace's record says besides its id and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamespaceRecord {
	pub(crate) settings: Settings,
	/// The number that the next value of a sequential namespace gets.
	pub(crate) next_id: u64,
}

const SEQUENTIAL: u8 = 1;
const PUBLIC: u8 = 2;
const WORM: u8 = 4;
const LOCKED: u8 = 8;
const FROZEN: u8 = 16;
const BOUNDED: u8 = 32;
const PASSWORD: u8 = 64;

/// Flags and padding, the bound, the next id, the length of the password.
const FIXED: usize = 24;

impl NamespaceRecord {
	pub(crate) fn encode(&self) -> Vec<u8> {
		let settings = &self.settings;
		let flag = |is: bool, flag: u8| if is { flag } else { 0 };
		let flags = flag(settings.mode == Mode::Sequential, SEQUENTIAL)
			| flag(settings.public, PUBLIC)
			| flag(settings.worm, WORM)
			| flag(settings.locked, LOCKED)
			| flag(settings.frozen, FROZEN)
			| flag(settings.max_bytes.is_some(), BOUNDED)
			| flag(settings.password.is_some(), PASSWORD);
		let password = settings.password.as_deref().unwrap_or_default();
		let mut bytes = vec![flags, 0, 0, 0];
		bytes.extend((password.len() as u32).to_le_bytes());
		bytes.extend(settings.max_bytes.unwrap_or(0).to_le_bytes());
		bytes.extend(self.next_id.to_le_bytes());
		bytes.extend(password);
		bytes
	}

	pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
		if bytes.len() < FIXED || bytes.len() != FIXED + u32_at(bytes, 4) as usize {
			return None;
		}
		let has = |flag: u8| bytes[0] & flag != 0;
		let mode = if has(SEQUENTIAL) { Mode::Sequential } else { Mode::User };
		let settings = Settings {
			mode,
			public: has(PUBLIC),
			password: has(PASSWORD).then(|| bytes[FIXED..].to_vec()),
			max_bytes: has(BOUNDED).then(|| u64_at(bytes, 8)),
			worm: has(WORM),
			locked: has(LOCKED),
			frozen: has(FROZEN),
		};
		Some(Self { settings, next_id: u64_at(bytes, 16) })
	}
}
