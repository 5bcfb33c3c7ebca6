//! The words that the chain, the agent and the command line share.
//!
//! This crate is light on purpose: whoever speaks with a Grid chain can depend on it without
//! compiling the chain.
//!
//! - [`ids`]: how twins, farms and nodes are numbered;
//! - [`capacity`]: what a node has and a workload takes;
//! - [`ip`]: public addresses;
//! - [`machine`]: what agents say of their machines;
//! - [`query`]: how nodes are looked for;
//! - [`spec`]: what a contract puts on a node;
//! - [`approval`]: what stakeholders are asked;
//! - [`report`]: what nodes say of what they run;
//! - [`refusal`]: why the chain does not want to hear it;
//! - [`ports`]: the traits through which pallets meet.
//!
//! With the feature `serde`, what people say is read and written as JSON and YAML. With `wireguard`,
//! there is [`device`]: what a user's device needs to join a network.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod approval;
pub mod capacity;
#[cfg(feature = "wireguard")]
pub mod device;
pub mod ids;
pub mod ip;
pub mod machine;
pub mod ports;
pub mod query;
pub mod refusal;
pub mod report;
#[cfg(feature = "serde")]
mod serde;
pub mod spec;

pub use capacity::Capacity;
pub use ids::{ContractId, FarmId, NodeId, PolicyId, RequestId, TwinId};

/// An amount of money, in the smallest unit.
pub type Balance = u128;

/// The number of a block.
pub type BlockNumber = u32;

/// The token as wallets show it.
pub mod token {
	use super::Balance;

	/// Its symbol.
	pub const SYMBOL: &str = "TFT";
	/// The digits after the point.
	pub const DECIMALS: u8 = 7;
	/// The prefix of addresses (ss58).
	pub const ADDRESS_PREFIX: u16 = 42;
	/// One whole token.
	pub const TFT: Balance = 10_000_000;
	/// A thousandth of a token.
	pub const MILLI_TFT: Balance = TFT / 1_000;
}

/// Time as the chain counts it.
pub mod time {
	use super::BlockNumber;

	/// The length of a slot: at most one block is made in each.
	pub const SLOT_MILLIS: u64 = 2_000;
	/// Blocks in a minute.
	pub const MINUTES: BlockNumber = (60_000 / SLOT_MILLIS) as BlockNumber;
	/// Blocks in an hour.
	pub const HOURS: BlockNumber = MINUTES * 60;
	/// Blocks in a day.
	pub const DAYS: BlockNumber = HOURS * 24;
}
