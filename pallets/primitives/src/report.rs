//! What nodes say of what they run.

use crate::{
	ip::Ip,
	spec::{List, Name, Text, MAX_NETWORKS},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The WireGuard keys of a node's parts of networks.
pub type NetworkKeys = List<NetworkKey, MAX_NETWORKS>;

/// What became of a spec on a node.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Outcome {
	/// All of it runs.
	Running {
		/// The keys of its networks.
		keys: NetworkKeys,
	},
	/// Something of it does not run.
	Failed(Failure),
	/// Nothing of it runs, as the chain wants it.
	Stopped,
}

/// What became of a spec on its node, as the chain knows it.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Status {
	/// The node has not said yet.
	Pending,
	/// All of it runs.
	Running,
	/// Something of it does not.
	Failed(Failure),
	/// Nothing of it runs, as it should be.
	Stopped,
}

/// Why something does not run.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Failure {
	/// In one word.
	pub code: FailureCode,
	/// Which workload, if it is about one.
	pub workload: Option<Name>,
	/// For people to read.
	pub detail: Text<128>,
}

/// Why something does not run, in one word.
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
pub enum FailureCode {
	/// The node could not prove that the contract is as it should be.
	NotProven,
	/// The machine has less than the chain thinks.
	NoCapacity,
	/// An image cannot be found or fetched.
	ImageNotFound,
	/// An image is not what its digest says, is not signed as it must be, or is malformed.
	ImageRefused,
	/// A secret cannot be opened.
	SecretNotReadable,
	/// A network cannot be made.
	Network,
	/// A volume cannot be made.
	Volume,
	/// A zdb cannot be made.
	Zdb,
	/// A program cannot be started.
	NotStarted,
	/// A program ended that should not have.
	Crashed,
	/// A program took more memory than it has.
	OutOfMemory,
	/// Something else: the detail says what.
	Other,
}

impl FailureCode {
	/// Whether it is the fault of the node, which is not paid then.
	pub fn is_of_node(self) -> bool {
		matches!(self, Self::NotProven | Self::NoCapacity)
	}
}

/// By what a part of a network is found and known.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct NetworkKey {
	/// The network.
	pub network: Name,
	/// The public half of the key that the node made for it.
	pub public_key: [u8; 32],
	/// Where peers reach it, unless it is behind something that hides it.
	pub endpoint: Option<Endpoint>,
}

/// A public address of a network.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Address {
	/// The network, of the spec.
	pub network: Name,
	/// The address.
	pub ip: Ip,
}

/// An address with a port.
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
pub struct Endpoint {
	/// The address.
	pub ip: Ip,
	/// The port.
	pub port: u16,
}
