//! # The runtime of Grid
//!
//! The state transition function that all nodes agree on: which pallets there are, how they are
//! configured (`configs/`), what nodes and wallets may ask (`apis`), and how a chain begins
//! (`presets`).

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
mod fees;
pub mod presets;
#[cfg(test)]
mod tests;
mod types;
mod version;
pub mod weights;

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::impl_opaque_keys;

pub use apis::RuntimeApi;
pub use types::*;
pub use version::VERSION;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(3)]
	pub type Multisig = pallet_multisig;
	#[runtime::pallet_index(4)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(5)]
	pub type Preimage = pallet_preimage;
	#[runtime::pallet_index(6)]
	pub type Scheduler = pallet_scheduler;
	#[runtime::pallet_index(7)]
	pub type Parameters = pallet_parameters;

	#[runtime::pallet_index(10)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(11)]
	pub type TransactionPayment = pallet_transaction_payment;

	// Consensus. The author of a block is noted before a session turns, and validators plan a
	// session before it is opened.
	#[runtime::pallet_index(20)]
	pub type Aura = pallet_aura;
	#[runtime::pallet_index(21)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(22)]
	pub type Validators = pallet_validators;
	#[runtime::pallet_index(23)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(24)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(25)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(26)]
	pub type Offences = pallet_offences;
	#[runtime::pallet_index(27)]
	pub type Equivocations = pallet_equivocations;

	#[runtime::pallet_index(30)]
	pub type Council = pallet_collective<Instance1>;
	#[runtime::pallet_index(31)]
	pub type Governance = pallet_governance;
	#[runtime::pallet_index(32)]
	pub type Sudo = pallet_sudo;

	#[runtime::pallet_index(40)]
	pub type Twins = pallet_twins;
	#[runtime::pallet_index(41)]
	pub type Farms = pallet_farms;
	#[runtime::pallet_index(42)]
	pub type Nodes = pallet_nodes;
	// A question expires before what it was about is cleared.
	#[runtime::pallet_index(43)]
	pub type Approvals = pallet_approvals;
	#[runtime::pallet_index(44)]
	pub type Deployments = pallet_deployments;
	#[runtime::pallet_index(45)]
	pub type Billing = pallet_billing;
}

// Wallets know these two by the ends of their paths, `…RuntimeSessionKeys` and `…RuntimeProxyType`, so they
// are here, at the root of a crate that is called a runtime.

impl_opaque_keys! {
	/// The keys with which a validator makes blocks and votes on them.
	pub struct SessionKeys {
		pub aura: Aura,
		pub grandpa: Grandpa,
	}
}

/// What a proxy may do in the name of the account it acts for.
#[derive(
	Copy,
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ProxyType {
	/// Anything.
	#[default]
	Any,
	/// Anything that moves no money out of the account.
	NonTransfer,
	/// Vote and propose in the council.
	Governance,
	/// Run a validator: its keys, its rests, its leaving.
	Validator,
	/// Cancel what other proxies have announced.
	CancelProxy,
	/// Look after farms: their names, addresses and nodes. Not where their earnings go, nor who
	/// owns them.
	Farming,
	/// Look after nodes: what they may be used for, and what they say.
	NodeOperation,
	/// Deploy: create, change and end contracts, rent nodes, and pay for it all.
	Deploying,
	/// Answer as a stakeholder.
	Approving,
}
