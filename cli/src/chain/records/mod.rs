//! What the chain stores, as far as `grid` decides by it.

mod consent;
mod contract;

pub use consent::{Guards, Member, Request, Role, RoleStatus, Terms, Words};
pub use contract::{
	Amendment, AmendmentEntry, Contract, ContractState, Part, Place, PublicAddress, Status,
};

use grid_primitives::Balance;
use serde::Serialize;
use subxt::ext::scale_decode::{self, DecodeAsType};

/// How a bill stands.
#[derive(Clone, Debug, DecodeAsType, Serialize)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct Standing {
	/// What is held for it, in advance and for the grace.
	pub held: Balance,
	/// What of that is the grace.
	pub grace: Balance,
	/// What an hour costs, in 1e-7 USD.
	pub usd_per_hour: u128,
	/// What an hour costs.
	pub per_hour: Balance,
	/// What is owed.
	pub owed: Balance,
	/// What is missing.
	pub missing: Balance,
	/// Since when it is paused, in seconds since 1970.
	pub paused: Option<u64>,
	/// When it pauses, with what is held and what the payer has free.
	pub pauses: Option<u64>,
	/// When it ends with its data, if nobody pays.
	pub ends: Option<u64>,
}
