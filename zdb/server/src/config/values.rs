//! Values as people write them.

use serde::Deserialize;
use std::{fmt, str::FromStr, time::Duration};
use thiserror::Error;

/// Why a value is none.
#[derive(Clone, Debug, Error)]
pub enum ValueError {
	/// Not a size.
	#[error("'{0}' is no size: write a number of bytes, or one with KiB, MiB or GiB behind it")]
	Size(String),
	/// Not a mode.
	#[error("'{0}' is no mode: choose user, seq or mixed")]
	Mode(String),
	/// Not a policy of syncing.
	#[error("'{0}' is no way to sync: choose always, os, or an interval like 1s or 200ms")]
	Sync(String),
	/// Not a policy of compaction.
	#[error("'{0}' is no way to compact: choose off, or a percentage from 1 to 99")]
	Compaction(String),
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Written")]
pub struct Size(pub u64);

/// Who names keys: `None` where each namespace has its own way.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Written")]
pub struct Mode(pub Option<zdb_store::Mode>);

/// When what was written is made durable.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Written")]
pub struct Sync(pub zdb_store::Sync);

/// What happens to what is dead.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Written")]
pub struct Compaction(pub zdb_store::Compaction);

/// What a file may have in place of a value's text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
	Number(u64),
	Text(String),
}

impl fmt::Display for Written {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Number(number) => number.fmt(f),
			Self::Text(text) => text.fmt(f),
		}
	}
}

const UNITS: &[(&str, u64)] = &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("", 1)];

impl FromStr for Size {
	type Err = ValueError;

	fn from_str(text: &str) -> Result<Self, ValueError> {
		UNITS
			.iter()
			.filter_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, bytes)))
			.find_map(|(number, bytes)| number.trim_end().parse::<u64>().ok()?.checked_mul(*bytes))
			.map(Self)
			.ok_or_else(|| ValueError::Size(text.into()))
	}
}

impl fmt::Display for Size {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let unit =
			UNITS[..3].iter().rev().find(|(_, bytes)| self.0 > 0 && self.0.is_multiple_of(*bytes));
		match unit {
			Some((unit, bytes)) => write!(f, "{}{unit}", self.0 / bytes),
			None => self.0.fmt(f),
		}
	}
}

impl FromStr for Mode {
	type Err = ValueError;

	fn from_str(text: &str) -> Result<Self, ValueError> {
		match text {
			"mixed" => Ok(Self(None)),
			"user" => Ok(Self(Some(zdb_store::Mode::User))),
			"seq" => Ok(Self(Some(zdb_store::Mode::Sequential))),
			_ => Err(ValueError::Mode(text.into())),
		}
	}
}

impl FromStr for Sync {
	type Err = ValueError;

	fn from_str(text: &str) -> Result<Self, ValueError> {
		let interval = |number: &str, millis: u64| {
			let millis = number.parse::<u64>().ok().filter(|number| *number > 0)? * millis;
			Some(zdb_store::Sync::Interval(Duration::from_millis(millis)))
		};
		let sync = match text {
			"always" => Some(zdb_store::Sync::Always),
			"os" => Some(zdb_store::Sync::Os),
			text => match (text.strip_suffix("ms"), text.strip_suffix('s')) {
				(Some(number), _) => interval(number, 1),
				(None, Some(number)) => interval(number, 1000),
				(None, None) => None,
			},
		};
		sync.map(Self).ok_or_else(|| ValueError::Sync(text.into()))
	}
}

impl FromStr for Compaction {
	type Err = ValueError;

	fn from_str(text: &str) -> Result<Self, ValueError> {
		if text == "off" {
			return Ok(Self(zdb_store::Compaction::Off));
		}
		match text.trim_end_matches('%').parse() {
			Ok(dead_percent @ 1..=99) => Ok(Self(zdb_store::Compaction::When { dead_percent })),
			_ => Err(ValueError::Compaction(text.into())),
		}
	}
}

macro_rules! from_written {
	($($value:ty),*) => {
		$(impl TryFrom<Written> for $value {
			type Error = ValueError;

			fn try_from(written: Written) -> Result<Self, ValueError> {
				written.to_string().parse()
			}
		})*
	};
}

from_written!(Size, Mode, Sync, Compaction);

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn sizes_are_read_and_written() {
		for (text, bytes) in [("0", 0), ("512", 512), ("64MiB", 64 << 20), ("1 GiB", 1 << 30)] {
			assert_eq!(text.parse::<Size>().map(|Size(size)| size).ok(), Some(bytes), "{text}");
		}
		assert_eq!(Size(64 << 20).to_string(), "64MiB");
		assert_eq!(Size(1000).to_string(), "1000");
		for text in ["", "MiB", "-1", "1.5GiB", "64MB", "99999999999GiB"] {
			assert!(text.parse::<Size>().is_err(), "{text}");
		}
	}

	#[test]
	fn syncing_is_always_never_or_now_and_then() {
		let second = zdb_store::Sync::Interval(Duration::from_secs(1));
		assert_eq!("1s".parse::<Sync>().map(|Sync(sync)| sync).ok(), Some(second));
		assert_eq!("1000ms".parse::<Sync>().map(|Sync(sync)| sync).ok(), Some(second));
		for text in ["0s", "s", "sometimes", "1m", ""] {
			assert!(text.parse::<Sync>().is_err(), "{text}");
		}
	}

	#[test]
	fn a_mistake_is_answered_with_what_is_right() {
		let said = "200".parse::<Compaction>().unwrap_err().to_string();
		assert!(said.contains("off") && said.contains("1 to 99"), "{said}");
		assert!("both".parse::<Mode>().unwrap_err().to_string().contains("user, seq or mixed"));
	}
}
