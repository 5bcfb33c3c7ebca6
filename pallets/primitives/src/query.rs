//! How nodes are looked for, and what is said of them.

use crate::{Capacity, FarmId, NodeId, TwinId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Two capital letters, as in ISO 3166.
pub type Country = [u8; 2];

/// What a node may be used for, as its farmer says, or governance.
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
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum NodeState {
	/// It takes contracts.
	#[default]
	Open,
	/// It takes no new contracts for a while. Those it has go on.
	Maintenance,
	/// It takes no more contracts. Those it has go on.
	Retired,
	/// Governance has taken it off the grid. Those it has end.
	Expelled,
}

/// What is wanted of a node. The default wants nothing, and finds all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct NodeFilter {
	/// At least so much is free.
	pub free: Capacity,
	/// It is in this country.
	#[cfg_attr(
		feature = "serde",
		serde(with = "crate::serde::country_option", skip_serializing_if = "Option::is_none")
	)]
	pub country: Option<Country>,
	/// It is of this farm.
	#[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
	pub farm: Option<FarmId>,
	/// Governance vouches for it, or does not.
	#[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
	pub certified: Option<bool>,
	/// Its last heartbeat is recent, or is not.
	#[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
	pub online: Option<bool>,
	/// Its farmer says this of it.
	#[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
	pub state: Option<NodeState>,
	/// Its farm has at least so many free addresses of version 4.
	pub public_v4: u32,
	/// Its farm has at least so many free addresses of version 6.
	pub public_v6: u32,
	/// Who shares it, or does not.
	#[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
	pub tenancy: Option<Tenancy>,
}

/// Whether a node is for one or for many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Tenancy {
	/// Nobody rents it: everybody may use it.
	Shared,
	/// Nobody rents it and nothing is on it: it can be rented.
	Rentable,
	/// This twin rents it.
	RentedBy(TwinId),
}

/// A node in short.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct NodeSummary {
	/// Its number.
	pub node: NodeId,
	/// Its farm.
	pub farm: FarmId,
	/// Where it is.
	#[cfg_attr(feature = "serde", serde(with = "crate::serde::country"))]
	pub country: Country,
	/// What its farmer says of it.
	pub state: NodeState,
	/// Whether its last heartbeat is recent.
	pub online: bool,
	/// Whether governance vouches for it.
	pub certified: bool,
	/// Who rents it.
	pub tenant: Option<TwinId>,
	/// All that can be reserved, free or not.
	pub offered: Capacity,
	/// What is free.
	pub free: Capacity,
	/// The seconds that it was available so far.
	pub available_seconds: u64,
}

/// Some of the nodes that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct NodePage {
	/// They.
	pub nodes: Vec<NodeSummary>,
	/// Where to go on looking: the work of one question is bounded, so there may be more even when
	/// this page is not full.
	pub next: Option<NodeId>,
}
