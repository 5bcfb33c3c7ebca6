//! Amounts as people write them in manifests.

use super::Flaw;
use base64::{engine::general_purpose::STANDARD, Engine};
use grid_primitives::capacity::bytes::{GIB, MIB, TIB};
use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde::{
	de::{self, Visitor},
	Deserialize, Deserializer,
};
use serde_saphyr::Spanned;
use std::{borrow::Cow, fmt};

/// A value, and where it is in its file.
#[derive(Clone, Debug)]
pub struct At<T> {
	/// It.
	pub value: T,
	line: u64,
	column: u64,
}

impl<T> At<T> {
	/// A value that is in no file.
	pub fn nowhere(value: T) -> Self {
		Self { value, line: 0, column: 0 }
	}

	/// What is wrong with it.
	pub fn flaw(&self, what: impl Into<String>) -> Flaw {
		Flaw { line: self.line, column: self.column, what: what.into() }
	}
}

impl<T> std::ops::Deref for At<T> {
	type Target = T;

	fn deref(&self) -> &T {
		&self.value
	}
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
	fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		let it = Spanned::<T>::deserialize(from)?;
		let (line, column) = (it.referenced.line(), it.referenced.column());
		Ok(Self { value: it.value, line, column })
	}
}

impl<T: JsonSchema> JsonSchema for At<T> {
	fn inline_schema() -> bool {
		T::inline_schema()
	}

	fn schema_name() -> Cow<'static, str> {
		T::schema_name()
	}

	fn schema_id() -> Cow<'static, str> {
		T::schema_id()
	}

	fn json_schema(generator: &mut SchemaGenerator) -> Schema {
		T::json_schema(generator)
	}
}

/// Something that is written as a text or a number.
struct Written<T>(&'static str, fn(&str) -> Option<T>);

impl<T> Visitor<'_> for Written<T> {
	type Value = T;

	fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
		f.write_str(self.0)
	}

	fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
		(self.1)(text).ok_or_else(|| E::custom(format!("{text:?} is not {}", self.0)))
	}
}

macro_rules! written {
	($type:ident, $expected:literal, $pattern:literal, $read:expr) => {
		impl<'de> Deserialize<'de> for $type {
			fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
				from.deserialize_str(Written($expected, $read))
			}
		}

		impl JsonSchema for $type {
			fn inline_schema() -> bool {
				true
			}

			fn schema_name() -> Cow<'static, str> {
				stringify!($type).into()
			}

			fn json_schema(_: &mut SchemaGenerator) -> Schema {
				json_schema!({ "type": ["string", "number"], "pattern": $pattern, "description": $expected })
			}
		}
	};
}

/// An amount of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size(pub u64);

written!(
	Size,
	"a size, as in 512MiB, 10GiB or 2TiB",
	r"^[0-9]+(\.[0-9]+)? ?(MiB|GiB|TiB)$",
	|text| {
		let units = [("MiB", MIB), ("GiB", GIB), ("TiB", TIB)];
		let (number, unit) =
			units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)))?;
		decimal(number.trim_end(), unit).map(Size)
	}
);

/// An amount of processor cores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cores(pub u32);

written!(Cores, "cores, as in 2, 0.5 or 250m", r"^([0-9]+(\.[0-9]+)?|[0-9]+m)$", |text| {
	let thousandths = match text.strip_suffix('m') {
		Some(number) => decimal(number, 1)?,
		None => decimal(text, 1_000)?,
	};
	u32::try_from(thousandths).ok().map(Cores)
});

/// An amount of money, in 1e-7 USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usd(pub u64);

written!(Usd, "an amount of USD, as in 25 or 12.50", r"^[0-9]+(\.[0-9]+)?$", |text| {
	decimal(text, 10_000_000).map(Usd)
});

/// So many times a unit, exactly: no digit is lost.
fn decimal(text: &str, unit: u64) -> Option<u64> {
	let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
	let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
	if !digits(whole) || !digits(rest) || rest.len() > 9 {
		return None;
	}
	let scale = 10_u128.pow(rest.len() as u32);
	let whole: u128 = whole.parse().ok()?;
	let all = whole.checked_mul(scale)?.checked_add(rest.parse().ok()?)?;
	let all = all.checked_mul(unit.into())?;
	(all % scale == 0).then_some(all / scale)?.try_into().ok()
}

/// An image: where it is, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageName {
	/// Registry and repository.
	pub reference: String,
	/// The sha256 of its manifest.
	pub digest: [u8; 32],
}

written!(
	ImageName,
	"an image with its digest, as in registry.example/shop/web@sha256:0123… (`skopeo inspect` tells the digest of a tag)",
	r"^[^@ ]+@sha256:[0-9a-f]{64}$",
	|text| {
		let (reference, digits) = text.split_once("@sha256:")?;
		let digest = hex::decode(digits).ok()?.try_into().ok()?;
		(!reference.is_empty()).then(|| ImageName { reference: reference.into(), digest })
	}
);

/// A country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountryCode(pub [u8; 2]);

written!(CountryCode, "a country of two capital letters, as in BE", r"^[A-Z]{2}$", |text| {
	let code: [u8; 2] = text.as_bytes().try_into().ok()?;
	code.iter().all(u8::is_ascii_uppercase).then_some(CountryCode(code))
});

/// Addresses that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range(pub grid_primitives::spec::Subnet);

written!(Range, "a private range, as in 10.10.0.0/16", r"^[0-9.]+/[0-9]+$", |text| {
	text.parse().ok().map(Range)
});

/// The public half of a WireGuard key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TunnelKey(pub [u8; 32]);

written!(
	TunnelKey,
	"a public key of WireGuard: 44 characters, as `grid network key` says them",
	r"^[A-Za-z0-9+/]{43}=$",
	|text| {
		let key = STANDARD.decode(text).ok()?.try_into().ok()?;
		(key != [0; 32]).then_some(TunnelKey(key))
	}
);

/// The public key of who signs images, in DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerKey(pub Vec<u8>);

written!(
	SignerKey,
	"a public key in PEM: what stands from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----",
	r"^-----BEGIN PUBLIC KEY-----",
	|text| {
		let text = text.trim().strip_prefix("-----BEGIN PUBLIC KEY-----")?;
		let text = text.strip_suffix("-----END PUBLIC KEY-----")?;
		let text: String = text.split_whitespace().collect();
		STANDARD.decode(text).ok().filter(|der| !der.is_empty()).map(SignerKey)
	}
);

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn amounts_are_exact_or_refused() {
		assert_eq!(decimal("1.5", GIB), Some(GIB * 3 / 2));
		assert_eq!(decimal("0.1", 1_000), Some(100));
		for bad in ["", ".", "1.", ".5", "-1", "1e3", "0.0001", "99999999999999999999"] {
			assert_eq!(decimal(bad, 1_000), None, "{bad}");
		}
	}

	#[test]
	fn keys_are_read_as_their_tools_write_them() {
		let key = format!("{}=", "/".repeat(42) + "8");
		assert_eq!(serde_saphyr::from_str::<TunnelKey>(&key).ok(), Some(TunnelKey([255; 32])));
		assert!(serde_saphyr::from_str::<TunnelKey>(&format!("{}=", "A".repeat(43))).is_err());
		assert!(serde_saphyr::from_str::<TunnelKey>("AAAA").is_err());
		let pem = "|\n  -----BEGIN PUBLIC KEY-----\n  AQID\n  BAUG\n  -----END PUBLIC KEY-----\n";
		let key = serde_saphyr::from_str::<SignerKey>(pem).expect("it is a key");
		assert_eq!(key.0, [1, 2, 3, 4, 5, 6]);
		assert!(serde_saphyr::from_str::<SignerKey>("AQID").is_err());
	}

	#[test]
	fn sizes_have_their_unit() {
		let size = |text: &str| serde_saphyr::from_str::<Size>(text).ok();
		assert_eq!(size("512MiB"), Some(Size(512 * MIB)));
		assert_eq!(size("1.5 GiB"), Some(Size(GIB * 3 / 2)));
		assert_eq!(size("10"), None);
		assert_eq!(size("10GB"), None);
	}
}
