//! What a node says costs nothing, and so it must be worth something.
//!
//! The runtime asks here before it takes a fee. What would fail is refused in the pool, where
//! nobody pays for it; and of each kind, a node has one transaction in the pool at a time.

use crate::*;
use codec::Encode;
use frame_support::pallet_prelude::*;
use grid_primitives::refusal::Refusal;

/// For how many blocks something that a node says is worth including.
const LONGEVITY: TransactionLongevity = 64;

/// Before what pays, so that a busy chain does not take nodes for dead.
const PRIORITY: TransactionPriority = TransactionPriority::MAX / 2;

impl<T: Config> Pallet<T> {
	/// Whether this call is of those that are free. The check of it is in its weight.
	pub fn is_free(call: &Call<T>) -> bool {
		matches!(call, Call::register { .. } | Call::heartbeat { .. } | Call::update { .. })
	}

	/// Whether this call is of those that are free, and if so, whether it may be made now.
	pub fn check_free(who: &T::AccountId, call: &Call<T>) -> Option<TransactionValidity> {
		let (kind, checked) = match call {
			Call::register { farm, machine, .. } => {
				("register", Self::check_register(who, *farm, machine))
			},
			Call::heartbeat { boot_id, uptime } => {
				("heartbeat", Self::check_heartbeat(who, *boot_id, *uptime).map(|_| ()))
			},
			Call::update { machine } => ("update", Self::check_update(who, machine).map(|_| ())),
			_ => return None,
		};
		Some(match checked {
			Ok(()) => Ok(ValidTransaction {
				priority: PRIORITY,
				provides: [(LOG_TARGET, who, kind).encode()].into(),
				longevity: LONGEVITY,
				..Default::default()
			}),
			Err(error) => Err(Self::refusal(error).into()),
		})
	}

	fn refusal(error: Error<T>) -> InvalidTransaction {
		let reason = match error {
			Error::TooEarly | Error::UpdatedJustNow => return InvalidTransaction::Future,
			Error::FromThePast => return InvalidTransaction::Stale,
			Error::NotInvited | Error::NoFarm => Refusal::NotInvited,
			Error::OperatesAlready => Refusal::OperatesAlready,
			Error::NoNode => Refusal::NoNode,
			Error::CapacityReserved => Refusal::CapacityReserved,
			Error::NothingChanged => Refusal::NothingChanged,
			_ => Refusal::BadMachine,
		};
		InvalidTransaction::Custom(reason as u8)
	}
}
