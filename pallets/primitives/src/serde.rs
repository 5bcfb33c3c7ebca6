//! How the words look in JSON and YAML: as people write them.
//!
//! Bytes are hex with `0x`, addresses have dots, choices are words. What is empty may be left out;
//! what is misspelt is refused.

use crate::{
	query::Tenancy,
	spec::{
		Delivery, List, LogTarget, RestartPolicy, Sealed, Secret, Spec, Subnet, Text, Workload,
		MAX_WORKLOADS,
	},
};
use ::serde::{
	de::{Error, Visitor},
	ser, Deserialize, Deserializer, Serialize, Serializer,
};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use core::{fmt, marker::PhantomData};

/// Something that is written as a text, and read by a function.
struct Written<T, Read> {
	expected: &'static str,
	read: Read,
	result: PhantomData<T>,
}

impl<T, Read: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Written<T, Read> {
	type Value = T;

	fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
		f.write_str(self.expected)
	}

	fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
		(self.read)(text).map_err(E::custom)
	}
}

/// Read a text. It says what is expected when there is something else.
fn read<'de, T, D: Deserializer<'de>>(
	from: D,
	expected: &'static str,
	read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
	from.deserialize_str(Written { expected, read, result: PhantomData })
}

/// Bytes of a length that fits.
pub(crate) trait Bytes: AsRef<[u8]> + TryFrom<Vec<u8>> {
	/// Which length fits.
	fn fitting() -> String;
}

impl<const SIZE: usize> Bytes for [u8; SIZE] {
	fn fitting() -> String {
		format!("{SIZE} bytes")
	}
}

impl<const MOST: u32> Bytes for List<u8, MOST> {
	fn fitting() -> String {
		format!("at most {MOST} bytes")
	}
}

fn to_hex(bytes: &[u8]) -> String {
	let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
	bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn from_hex<T: Bytes>(text: &str) -> Result<T, String> {
	let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
	let pairs = text.as_bytes().chunks(2);
	let bytes = pairs.map(|pair| match pair {
		[high, low] => Some(digit(*high)? << 4 | digit(*low)?),
		_ => None,
	});
	let bytes: Vec<u8> =
		bytes.collect::<Option<_>>().ok_or("not pairs of the digits 0-9 and a-f")?;
	let length = bytes.len();
	bytes.try_into().map_err(|_| format!("{} are wanted, and there are {length}", T::fitting()))
}

/// `0x0123…`, or without the `0x`.
pub(crate) mod hex {
	use super::*;

	pub(crate) fn serialize<S: Serializer>(
		bytes: &impl AsRef<[u8]>,
		to: S,
	) -> Result<S::Ok, S::Error> {
		to.collect_str(&format_args!("0x{}", to_hex(bytes.as_ref())))
	}

	pub(crate) fn deserialize<'de, T: Bytes, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
		read(from, "bytes as hex digits, in quotes", |text| {
			from_hex(text.strip_prefix("0x").unwrap_or(text))
		})
	}
}

/// `sha256:0123…`, of 32 bytes.
pub(crate) mod sha256 {
	use super::*;

	pub(crate) fn serialize<S: Serializer>(hash: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
		to.collect_str(&format_args!("sha256:{}", to_hex(hash)))
	}

	pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 32], D::Error> {
		read(from, "a digest, as in sha256:0123…", |text| {
			from_hex(text.strip_prefix("sha256:").ok_or("a digest begins with sha256:")?)
		})
	}
}

/// `10.1.2.3`.
pub(crate) mod ipv4 {
	use super::*;
	use core::net::Ipv4Addr;

	pub(crate) fn serialize<S: Serializer>(ip: &[u8; 4], to: S) -> Result<S::Ok, S::Error> {
		to.collect_str(&Ipv4Addr::from(*ip))
	}

	pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 4], D::Error> {
		read(from, "an address, as in 10.1.2.3", |text| {
			let ip: Ipv4Addr = text.parse().map_err(|_| "an address looks like 10.1.2.3")?;
			Ok(ip.octets())
		})
	}
}

/// `BE`.
pub(crate) mod country {
	use super::*;
	use crate::query::Country;

	pub(crate) fn serialize<S: Serializer>(country: &Country, to: S) -> Result<S::Ok, S::Error> {
		to.serialize_str(core::str::from_utf8(country).map_err(ser::Error::custom)?)
	}

	pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Country, D::Error> {
		read(from, "a country, as in BE", |text| match *text.as_bytes() {
			[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok([a, b]),
			_ => Err("a country is two capital letters, as in BE".into()),
		})
	}
}

/// Something, or nothing.
macro_rules! optional {
	($name:ident, $one:ident, $value:ty $(, $generic:ident: $bound:ident)?) => {
		pub(crate) mod $name {
			use super::*;

			pub(crate) fn serialize<$($generic: $bound,)? S: Serializer>(
				value: &Option<$value>,
				to: S,
			) -> Result<S::Ok, S::Error> {
				struct One<'a, Value>(&'a Value);

				impl<$($generic: $bound)?> Serialize for One<'_, $value> {
					fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
						$one::serialize(self.0, to)
					}
				}

				value.as_ref().map(One).serialize(to)
			}

			pub(crate) fn deserialize<'de, $($generic: $bound,)? D: Deserializer<'de>>(
				from: D,
			) -> Result<Option<$value>, D::Error> {
				struct One<Value>(Value);

				impl<'de $(, $generic: $bound)?> Deserialize<'de> for One<$value> {
					fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
						$one::deserialize(from).map(Self)
					}
				}

				Ok(Option::<One<$value>>::deserialize(from)?.map(|one| one.0))
			}
		}
	};
}

optional!(hex_option, hex, T, T: Bytes);
optional!(country_option, country, crate::query::Country);

/// Choices of which one has a number: `always`, `on-failure:3`.
macro_rules! words {
	($type:ident, $expected:literal, $($word:literal: $plain:ident),*; $counted:literal: $number:ident) => {
		impl Serialize for $type {
			fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
				match self {
					$(Self::$plain => to.serialize_str($word),)*
					Self::$number(number) => {
						to.collect_str(&format_args!(concat!($counted, ":{}"), number))
					},
				}
			}
		}

		impl<'de> Deserialize<'de> for $type {
			fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
				read(from, $expected, |text| match text {
					$($word => Ok(Self::$plain),)*
					_ => text
						.strip_prefix(concat!($counted, ":"))
						.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
						.and_then(|digits| digits.parse().ok())
						.map(Self::$number)
						.ok_or_else(|| concat!("it is ", $expected).into()),
				})
			}
		}
	};
}

words!(
	RestartPolicy, "always, never, or on-failure:3 for at most 3 times",
	"always": Always, "never": Never; "on-failure": OnFailure
);
words!(LogTarget, "discard, or node:65536 for the last so many bytes", "discard": Discard; "node": Node);
words!(
	Tenancy, "shared, rentable, or rented-by:7 for twin 7",
	"shared": Shared, "rentable": Rentable; "rented-by": RentedBy
);

impl<const MOST: u32> Serialize for Text<MOST> {
	fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		to.serialize_str(self.as_str().ok_or_else(|| ser::Error::custom("a text is not UTF-8"))?)
	}
}

impl<'de, const MOST: u32> Deserialize<'de> for Text<MOST> {
	fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		read(from, "a text, in quotes if it looks like a number", |text| {
			let too_long = |_| format!("a text has {} bytes, and at most {MOST} fit", text.len());
			text.try_into().map_err(too_long)
		})
	}
}

impl Serialize for Sealed {
	fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		hex::serialize(&self.0, to)
	}
}

impl<'de> Deserialize<'de> for Sealed {
	fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		hex::deserialize(from).map(Self)
	}
}

impl Serialize for Subnet {
	fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		to.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for Subnet {
	fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		read(from, "a subnet, as in 10.1.0.0/16", |text| {
			text.parse().map_err(|fault: crate::spec::NoSubnet| fault.to_string())
		})
	}
}

/// A secret with its delivery beside it: `variable` or `file`, and `sealed`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretForm {
	#[serde(default, skip_serializing_if = "Option::is_none")]
	variable: Option<Text<128>>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	file: Option<Text<255>>,
	sealed: Sealed,
}

impl From<Secret> for SecretForm {
	fn from(Secret { delivery, sealed }: Secret) -> Self {
		match delivery {
			Delivery::Variable(name) => Self { variable: Some(name), file: None, sealed },
			Delivery::File(path) => Self { variable: None, file: Some(path), sealed },
		}
	}
}

impl TryFrom<SecretForm> for Secret {
	type Error = &'static str;

	fn try_from(form: SecretForm) -> Result<Self, Self::Error> {
		let delivery = match (form.variable, form.file) {
			(Some(name), None) => Delivery::Variable(name),
			(None, Some(path)) => Delivery::File(path),
			_ => return Err("a secret is a variable or a file, and not both"),
		};
		Ok(Self { delivery, sealed: form.sealed })
	}
}

/// A spec with its version beside it, as a number.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecForm<Workloads> {
	version: u32,
	workloads: Workloads,
}

impl Serialize for Spec {
	fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		let Self::V1(workloads) = self;
		SpecForm { version: 1, workloads }.serialize(to)
	}
}

impl<'de> Deserialize<'de> for Spec {
	fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		let form = SpecForm::<List<Workload, MAX_WORKLOADS>>::deserialize(from)?;
		match form.version {
			1 => Ok(Self::V1(form.workloads)),
			other => {
				Err(D::Error::custom(format!("version {other} of specs is not known: it is 1")))
			},
		}
	}
}
