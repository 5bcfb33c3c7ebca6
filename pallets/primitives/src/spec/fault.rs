use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// What is wrong with a spec, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Fault {
	/// The workload, counted from 0, if it is about one.
	pub workload: Option<u32>,
	/// What is wrong.
	pub reason: Reason,
}

/// What can be wrong with a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Reason {
	/// It has no workloads.
	Empty,
	/// It has more bytes than it may.
	TooLarge,
	/// A name is not 1 to 36 characters of a-z, 0-9 and -.
	BadName,
	/// Two have the same name.
	NameTaken,
	/// A size is too small or too large.
	BadSize,
	/// A text is not UTF-8, or has control characters.
	BadText,
	/// It refers to a workload that is not in the spec, or is of another kind.
	BadReference,
	/// A range or subnet is not private, has no such prefix, or is not inside of the other.
	BadSubnet,
	/// An address is not one of its subnet that can be given.
	BadAddress,
	/// Two have the same address.
	AddressTaken,
	/// A port is 0, or used twice.
	BadPort,
	/// A key cannot be one.
	BadKey,
	/// An image has no proper reference.
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
}
