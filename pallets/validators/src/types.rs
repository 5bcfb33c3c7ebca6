use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::dispatch::DispatchResult;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// How a validator stands.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Standing {
	/// It makes blocks and votes.
	Serving,
	/// It was silent for too long. It may rejoin.
	Resting,
	/// It contradicted itself. Governance may add it again.
	Barred,
}

/// How long sessions are, and how long a validator may be silent, in blocks.
#[derive(
	Clone,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Timing<BlockNumber> {
	/// The blocks of a session.
	pub session_length: BlockNumber,
	/// The blocks in which a validator must make one of its own.
	pub silence_limit: BlockNumber,
}

impl<BlockNumber: From<u32>> Default for Timing<BlockNumber> {
	fn default() -> Self {
		Self { session_length: 300.into(), silence_limit: 1_800.into() }
	}
}

/// What the pallet needs of session keys and sessions. The runtime wires it to `pallet-session`.
pub trait Sessions<AccountId> {
	/// Whether `who` has registered session keys.
	fn has_keys(who: &AccountId) -> bool;
	/// The validators of the present session.
	fn active() -> Vec<AccountId>;
	/// Whether exactly these validators, with their present keys, are planned for next.
	fn are_planned(validators: &[AccountId]) -> bool;
	/// Whether `who` is in the present session or planned for the next.
	fn in_use(who: &AccountId) -> bool;
	/// End the session and start the next.
	fn turn();
	/// Let `who` have no more say in the present session, as far as safety allows.
	fn disable(who: &AccountId);
	/// Forget the keys of `who`, and give back the deposit on them.
	fn drop_keys(who: &AccountId) -> DispatchResult;
	/// Register some keys for `who`.
	#[cfg(feature = "runtime-benchmarks")]
	fn register_keys(who: &AccountId);
}
