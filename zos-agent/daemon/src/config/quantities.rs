//! Amounts as people write them.

use grid_primitives::capacity::bytes::{GIB, MIB, TIB};
use serde::{
	de::{Error, Unexpected, Visitor},
	Deserialize, Deserializer,
};
use std::fmt;

/// Bytes: a number, or a text such as `16 GiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub u64);

/// Thousandths of a core, written in cores: `2` or `1.5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cores(pub u64);

/// Millionths of a degree, written in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Degrees(pub i32);

const UNITS: [(&str, u64); 4] = [("TiB", TIB), ("GiB", GIB), ("MiB", MIB), ("B", 1)];

struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
	type Value = Bytes;

	fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
		f.write_str("bytes: a number, or a text as in \"16 GiB\" with B, MiB, GiB or TiB")
	}

	fn visit_i64<E: Error>(self, number: i64) -> Result<Bytes, E> {
		let bytes = u64::try_from(number);
		bytes.map(Bytes).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
	}

	fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
		let wrong = || E::invalid_value(Unexpected::Str(text), &self);
		let (unit, factor) =
			UNITS.into_iter().find(|(unit, _)| text.ends_with(unit)).ok_or_else(wrong)?;
		let number: u64 = text.trim_end_matches(unit).trim_end().parse().map_err(|_| wrong())?;
		number.checked_mul(factor).map(Bytes).ok_or_else(wrong)
	}
}

impl<'de> Deserialize<'de> for Bytes {
	fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		from.deserialize_any(BytesVisitor)
	}
}

impl<'de> Deserialize<'de> for Cores {
	fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		let cores = f64::deserialize(from)?;
		let possible = (0.0..=10_000.0).contains(&cores);
		let wrong = || D::Error::custom("cores are 0 to 10000, as in 2 or 1.5");
		possible.then_some(Self((cores * 1_000.0).round() as u64)).ok_or_else(wrong)
	}
}

impl<'de> Deserialize<'de> for Degrees {
	fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		let degrees = f64::deserialize(from)?;
		let possible = (-360.0..=360.0).contains(&degrees);
		let wrong = || D::Error::custom("degrees are a number, as in 51.05");
		possible.then_some(Self((degrees * 1e6).round() as i32)).ok_or_else(wrong)
	}
}
