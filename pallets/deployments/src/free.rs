//! What a node says costs nothing, and so it must be news.
//!
//! The runtime asks here before it takes a fee. What would fail is refused in the pool, where
//! nobody pays for it; and of each contract, a node has one report in the pool at a time.

use crate::*;
use codec::Encode;
use frame_support::pallet_prelude::*;
use grid_primitives::refusal::Refusal;

/// For how many blocks a report is worth including.
const LONGEVITY: TransactionLongevity = 64;

/// Before what pays, after heartbeats.
const PRIORITY: TransactionPriority = TransactionPriority::MAX / 4;

impl<T: Config> Pallet<T> {
	/// Whether this call is of those that are free. The check of it is in its weight.
	pub fn is_free(call: &Call<T>) -> bool {
		matches!(call, Call::report { .. })
	}

	/// Whether this call is of those that are free, and if so, whether it may be made now.
	pub fn check_free(who: &T::AccountId, call: &Call<T>) -> Option<TransactionValidity> {
		let Call::report { contract, revision, outcome } = call else { return None };
		Some(match Self::check_report(who, *contract, *revision, outcome) {
			Ok(_) => Ok(ValidTransaction {
				priority: PRIORITY,
				provides: [(LOG_TARGET, who, contract).encode()].into(),
				longevity: LONGEVITY,
				..Default::default()
			}),
			Err(error) => Err(Self::refusal(error).into()),
		})
	}

	fn refusal(error: Error<T>) -> InvalidTransaction {
		let reason = match error {
			Error::SaidJustNow => return InvalidTransaction::Future,
			Error::SaidAlready => return InvalidTransaction::Stale,
			Error::NotANode => Refusal::NotANode,
			Error::NoContract => Refusal::NoContract,
			Error::NotOnNode => Refusal::NotOnNode,
			Error::NotApproved => Refusal::NotApproved,
			Error::OtherRevision => Refusal::OtherRevision,
			Error::NotAsWanted => Refusal::NotAsWanted,
			_ => Refusal::Malformed,
		};
		InvalidTransaction::Custom(reason as u8)
	}
}
