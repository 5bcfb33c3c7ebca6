//! What a node has, and what a workload takes of it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Multiples of bytes.
pub mod bytes {
	/// 2^20 bytes.
	pub const MIB: u64 = 1 << 20;
	/// 2^30 bytes.
	pub const GIB: u64 = 1 << 30;
	/// 2^40 bytes.
	pub const TIB: u64 = 1 << 40;
}

/// An amount of compute, memory and storage.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Capacity {
	/// Thousandths of a processor core.
	pub cru: u64,
	/// Bytes of memory.
	pub mru: u64,
	/// Bytes on solid-state disks.
	pub sru: u64,
	/// Bytes on hard disks.
	pub hru: u64,
}

impl Capacity {
	/// Nothing.
	pub const ZERO: Self = Self { cru: 0, mru: 0, sru: 0, hru: 0 };

	fn zip(self, other: Self, both: impl Fn(u64, u64) -> Option<u64>) -> Option<Self> {
		Some(Self {
			cru: both(self.cru, other.cru)?,
			mru: both(self.mru, other.mru)?,
			sru: both(self.sru, other.sru)?,
			hru: both(self.hru, other.hru)?,
		})
	}

	/// Both together, unless a sum overflows.
	pub fn checked_add(self, other: Self) -> Option<Self> {
		self.zip(other, u64::checked_add)
	}

	/// Both together, or as much as can be counted.
	pub fn saturating_add(self, other: Self) -> Self {
		Self {
			cru: self.cru.saturating_add(other.cru),
			mru: self.mru.saturating_add(other.mru),
			sru: self.sru.saturating_add(other.sru),
			hru: self.hru.saturating_add(other.hru),
		}
	}

	/// The greater of both, in everything.
	pub fn max(self, other: Self) -> Self {
		Self {
			cru: self.cru.max(other.cru),
			mru: self.mru.max(other.mru),
			sru: self.sru.max(other.sru),
			hru: self.hru.max(other.hru),
		}
	}

	/// What is left without `other`, unless `other` is more in anything.
	pub fn checked_sub(self, other: Self) -> Option<Self> {
		self.zip(other, u64::checked_sub)
	}

	/// What is left without `other`: nothing, where `other` is more.
	pub fn saturating_sub(self, other: Self) -> Self {
		Self {
			cru: self.cru.saturating_sub(other.cru),
			mru: self.mru.saturating_sub(other.mru),
			sru: self.sru.saturating_sub(other.sru),
			hru: self.hru.saturating_sub(other.hru),
		}
	}

	/// Whether `other` is at most this much, in everything.
	pub fn covers(&self, other: &Self) -> bool {
		self.checked_sub(*other).is_some()
	}

	/// Whether this is nothing.
	pub fn is_zero(&self) -> bool {
		*self == Self::ZERO
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const SOME: Capacity = Capacity { cru: 4_000, mru: 8, sru: 100, hru: 0 };

	#[test]
	fn covers_only_what_is_less_in_everything() {
		assert!(SOME.covers(&SOME));
		assert!(SOME.covers(&Capacity { cru: 1, ..Capacity::ZERO }));
		assert!(!SOME.covers(&Capacity { hru: 1, ..Capacity::ZERO }));
	}

	#[test]
	fn sums_and_differences_never_wrap() {
		assert_eq!(SOME.checked_add(Capacity { mru: u64::MAX, ..Capacity::ZERO }), None);
		assert_eq!(SOME.checked_sub(Capacity { hru: 1, ..Capacity::ZERO }), None);
		assert_eq!(SOME.checked_add(SOME).and_then(|twice| twice.checked_sub(SOME)), Some(SOME));
		let less = SOME.saturating_sub(Capacity { cru: 1_000, mru: 9, sru: 0, hru: 1 });
		assert_eq!(less, Capacity { cru: 3_000, mru: 0, sru: 100, hru: 0 });
	}
}
