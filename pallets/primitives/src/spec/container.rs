//! Programs with all they need.

use super::{List, Name, Sealed, Text, Usage};
use crate::Capacity;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// A program with all it needs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Container {
	/// What is run.
	pub image: Image,
	/// The key that must have signed the image: a public key in DER, as cosign knows it.
	#[cfg_attr(
		feature = "serde",
		serde(default, skip_serializing_if = "Option::is_none", with = "crate::serde::hex_option")
	)]
	pub signer: Option<List<u8, 256>>,
	/// Thousandths of a processor core.
	pub cpu: u32,
	/// Bytes of memory.
	pub memory: u64,
	/// Bytes that it may write beside its volumes. They are gone when it is.
	pub root: u64,
	/// What to run instead of the image's entry point.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
	pub command: List<Text<1024>, 64>,
	/// What to tell it, instead of the image's own arguments.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
	pub args: List<Text<1024>, 64>,
	/// Variables of its environment.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
	pub env: List<Variable, 128>,
	/// What only the node can read, and gives to it.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
	pub secrets: List<Secret, 32>,
	/// Volumes that it sees.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
	pub mounts: List<Mount, 16>,
	/// Networks that it is in.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
	pub networks: List<Attachment, 8>,
	/// What happens when it ends.
	pub restart: RestartPolicy,
	/// Where what it prints goes.
	pub log: LogTarget,
}

/// An image by what it is, and where to get it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Image {
	/// Where to get it: registry and repository, without tag and digest.
	pub reference: Text<255>,
	/// The sha256 of its manifest.
	#[cfg_attr(feature = "serde", serde(with = "crate::serde::sha256"))]
	pub digest: [u8; 32],
}

/// A variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Variable {
	/// Its name.
	pub name: Text<128>,
	/// Its value.
	pub value: Text<4096>,
}

/// Something that only the node can read.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
	feature = "serde",
	serde(try_from = "crate::serde::SecretForm", into = "crate::serde::SecretForm")
)]
pub struct Secret {
	/// How the container gets it.
	pub delivery: Delivery,
	/// What it is, sealed to the key of the node.
	pub sealed: Sealed,
}

/// How a container gets a secret.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Delivery {
	/// As a variable of this name.
	Variable(Text<128>),
	/// As a file at this path, in memory.
	File(Text<255>),
}

/// A volume that a container sees.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Mount {
	/// The volume, of the same spec.
	pub volume: Name,
	/// Where it sees it.
	pub path: Text<255>,
	/// Whether it can only read.
	#[cfg_attr(feature = "serde", serde(default))]
	pub read_only: bool,
}

/// A network that something is in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Attachment {
	/// The network, of the same spec.
	pub network: Name,
	/// The address there.
	#[cfg_attr(feature = "serde", serde(with = "crate::serde::ipv4"))]
	pub ip: [u8; 4],
}

/// What happens when a container ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum RestartPolicy {
	/// It starts again.
	Always,
	/// It starts again if it failed, so many times at most.
	OnFailure(u32),
	/// It does not.
	Never,
}

/// Where what a container prints goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum LogTarget {
	/// Nowhere.
	Discard,
	/// To the node, which keeps the last so many bytes.
	Node(u32),
}

impl Container {
	pub(super) fn usage(&self) -> Usage {
		let log = match self.log {
			LogTarget::Discard => 0,
			LogTarget::Node(bytes) => bytes.into(),
		};
		let capacity = Capacity {
			cru: self.cpu.into(),
			mru: self.memory,
			sru: self.root.saturating_add(log),
			hru: 0,
		};
		Usage { capacity, ..Default::default() }
	}
}
