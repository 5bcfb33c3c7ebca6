use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use grid_primitives::{ip::Ip, FarmId};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A set of nodes under one farmer.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Farm<AccountId, Name, Ticket> {
	/// What it is called, in the farmer's spelling.
	pub name: Name,
	/// Whose it is.
	pub farmer: AccountId,
	/// Where what it earns is paid to.
	pub payout: AccountId,
	/// How many nodes it has.
	pub nodes: u32,
	/// How many addresses are in its pool.
	pub ips: u32,
	/// How many of version 4 nobody has reserved.
	pub free_v4: u32,
	/// How many of version 6 nobody has reserved.
	pub free_v6: u32,
	/// The deposit on it and on its addresses.
	pub deposit: Ticket,
}

/// An address in the pool of a farm.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct PublicIp {
	/// The farm.
	pub farm: FarmId,
	/// The length of its subnet's prefix.
	pub prefix: u8,
	/// The way out of the subnet.
	pub gateway: Ip,
	/// Whether a contract has reserved it.
	pub reserved: bool,
}

/// An address as a farmer adds it.
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
	Serialize,
	Deserialize,
)]
pub struct FarmAddress {
	/// The address.
	pub ip: Ip,
	/// The length of its subnet's prefix.
	pub prefix: u8,
}

/// A farm that is there from the beginning.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisFarm<AccountId> {
	/// What it is called.
	pub name: String,
	/// Whose it is.
	pub farmer: AccountId,
	/// The addresses in its pool, with the gateway of each group.
	#[serde(default = "Vec::new")]
	pub public_ips: Vec<(Vec<FarmAddress>, Ip)>,
}
