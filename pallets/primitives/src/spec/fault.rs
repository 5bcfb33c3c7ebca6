use super::limits::{
	LONGEST_SUBNET, MAX_LOG, MAX_NETWORKS, MAX_NODES, MAX_SPEC, MAX_WORKLOADS, RANGE_PREFIX,
};
use crate::capacity::bytes::GIB;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::fmt;
use scale_info::TypeInfo;

/// What is wrong with a spec, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Fault {
	/// The workload, counted from 0, if it is about one.
	pub workload: Option<u32>,
	/// What is wrong.
	pub reason: Reason,
}

/// What can be wrong with a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Reason {
	/// It has no workloads.
	Empty,
	/// It has more bytes than it may.
	TooLarge,
	/// A name is not 1 to 36 characters of a-z, 0-9 and -, or begins or ends with -.
	BadName,
	/// Two have the same name.
	NameTaken,
	/// A size is too small or too large.
	BadSize,
	/// A text is not UTF-8, or has a NUL.
	BadText,
	/// It refers to a workload that is not in the spec, or is of another kind, or not attached.
	BadReference,
	/// A range or subnet is not private, has no such prefix, or is not inside of the other.
	BadSubnet,
	/// An address is not one of its subnet that can be given.
	BadAddress,
	/// Two have the same address.
	AddressTaken,
	/// A port is 0, or used twice.
	BadPort,
	/// A key cannot be one, or two devices have the same.
	BadKey,
	/// An image has no proper reference, or no digest.
	BadImage,
	/// A path is not absolute and plain, or is one that cannot be used.
	BadPath,
	/// Two paths are the same, or one is inside of the other.
	PathsOverlap,
	/// The name of a variable is not one, or used twice.
	BadVariable,
	/// A secret is too short to be sealed.
	BadSecret,
	/// A plan has no nodes, or too many.
	BadNumberOfNodes,
	/// A plan has a node twice.
	NodeTwice,
	/// Networks of the same name have other ranges on other nodes.
	RangesDiffer,
	/// Two nodes have the same part of a network, or one that overlaps.
	SubnetsOverlap,
	/// The bits of a network's local addresses of version 6 are not random: all are 0.
	BadUla,
	/// A workload is attached to a network twice.
	AttachedTwice,
	/// A workload is attached to networks that overlap, so that it could not tell them apart.
	RangesOverlap,
	/// It has too many networks.
	TooManyNetworks,
	/// A network wants a public address of version 6, and no node can give it one.
	NoPublicV6,
}

/// What to do about it, in a sentence for users.
impl fmt::Display for Reason {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		let plain = match self {
			Self::Empty => return write!(f, "a spec has 1 to {MAX_WORKLOADS} workloads"),
			Self::TooLarge => return write!(f, "a spec has at most {MAX_SPEC} bytes, encoded"),
			Self::BadSubnet => return write!(
				f,
				"the range of a network is private, with a prefix of /{} to /{}, and its subnet is \
				 inside of it, up to /{LONGEST_SUBNET}; both begin at their first address",
				RANGE_PREFIX.start(),
				RANGE_PREFIX.end(),
			),
			Self::BadSize => return write!(
				f,
				"a disk has 1 MiB to 1 PiB, and a container 10 to 1000000 thousandths of a core, \
				 4 MiB to 64 TiB of memory and at most {} GiB of log",
				u64::from(MAX_LOG) / GIB,
			),
			Self::BadNumberOfNodes => return write!(f, "a contract has 1 to {MAX_NODES} nodes"),
			Self::BadName => {
				"a name has 1 to 36 characters of a-z, 0-9 and -, and - neither begins nor ends it"
			},
			Self::NameTaken => "each name is used once: give one of the two another",
			Self::BadText => "a text is UTF-8 without NUL",
			Self::BadReference => {
				"a mount names a volume of the same spec, an attachment a network, and a forward a \
				 container that is attached to its network"
			},
			Self::BadAddress => {
				"an address is inside of the network's subnet, and not its first, its last or its \
				 gateway"
			},
			Self::AddressTaken => "each address of a network is used once: give one of the two another",
			Self::BadPort => "a port is not 0, and is used once at the same address and protocol",
			Self::BadKey => "a key is not empty or all 0, and each device has its own",
			Self::BadImage => {
				"an image is a registry and a repository, as in docker.io/library/nginx, without \
				 tag, and the sha256 of its manifest"
			},
			Self::BadPath => {
				"a path is absolute, without empty parts, . or .., and not in /proc, /sys or /dev"
			},
			Self::PathsOverlap => {
				"mounts and secret files are not inside of one another: choose other paths"
			},
			Self::BadVariable => {
				"the name of a variable has letters, digits and _, begins with no digit, and is used \
				 once"
			},
			Self::BadSecret => "a secret is not empty, and is sealed to the key of its node",
			Self::NodeTwice => "each node of a contract is named once: put all of it into one spec",
			Self::RangesDiffer => {
				"a network has the same range and ula on all nodes: make them alike or give it \
				 another name"
			},
			Self::SubnetsOverlap => {
				"each node has a subnet of a network to itself: choose one that overlaps no other"
			},
			Self::BadUla => "the ula of a network is 40 random bits: leave it out or draw some",
			Self::AttachedTwice => "a workload is attached to a network once",
			Self::RangesOverlap => {
				"networks of one workload do not overlap: give one of them another range"
			},
			Self::TooManyNetworks => {
				return write!(f, "a spec has at most {MAX_NETWORKS} networks")
			},
			Self::NoPublicV6 => {
				"no node gives networks public addresses of version 6 yet: leave public_v6 out"
			},
		};
		f.write_str(plain)
	}
}

impl fmt::Display for Fault {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self.workload {
			Some(index) => write!(f, "workload {index}: {}", self.reason),
			None => self.reason.fmt(f),
		}
	}
}

impl core::error::Error for Reason {}
impl core::error::Error for Fault {}
