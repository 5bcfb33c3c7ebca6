//! Disks and databases.

use super::{Attachment, List, Sealed, Usage};
use crate::Capacity;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A kind of disk.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Disk {
	/// Solid state.
	Ssd,
	/// Rotating.
	Hdd,
}

/// A disk of its own, bounded in size.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Volume {
	/// Its bytes.
	pub size: u64,
	/// What it is on.
	pub disk: Disk,
}

/// How a database names what it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum ZdbMode {
	/// By keys that its user chooses.
	User,
	/// By numbers that it gives.
	Sequential,
}

/// A namespace of a zdb.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Zdb {
	/// Its bytes.
	pub size: u64,
	/// What it is on.
	pub disk: Disk,
	/// How it names what it keeps.
	pub mode: ZdbMode,
	/// Whether it can be read without the password.
	#[cfg_attr(feature = "serde", serde(default))]
	pub public: bool,
	/// The password.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
	pub password: Option<Sealed>,
	/// The networks from which it can be reached.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
	pub networks: List<Attachment, 4>,
}

impl Disk {
	/// So many bytes of this kind.
	pub(super) fn usage(self, size: u64) -> Usage {
		let capacity = match self {
			Self::Ssd => Capacity { sru: size, ..Capacity::ZERO },
			Self::Hdd => Capacity { hru: size, ..Capacity::ZERO },
		};
		Usage { capacity, ..Default::default() }
	}
}
