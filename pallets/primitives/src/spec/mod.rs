//! What one contract puts on one node: a list of workloads, each to the last detail.
//!
//! The chain, the agent and the command line check a spec with the same functions:
//! [`Spec::check`] for one node, [`plan::check`] for all nodes of a contract.

use crate::Capacity;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

mod check;
mod container;
mod fault;
pub mod limits;
mod network;
pub mod plan;
#[cfg(any(test, feature = "runtime-benchmarks"))]
mod sample;
mod storage;
mod subnet;
#[cfg(test)]
mod tests;
mod text;

pub use container::{
	Attachment, Container, Delivery, Image, LogTarget, Mount, RestartPolicy, Secret, Variable,
};
pub use fault::{Fault, Reason};
pub use limits::{MAX_BYTES, MAX_NETWORKS, MAX_NODES, MAX_SPEC, MAX_WORKLOADS};
pub use network::{AccessPeer, Egress, Forward, Network, Protocol, ULA_PREFIX};
pub use plan::Change;
#[cfg(any(test, feature = "runtime-benchmarks"))]
pub use sample::sample;
pub use storage::{Disk, Volume, Zdb, ZdbMode};
pub use subnet::{NoSubnet, Subnet};
pub use text::{List, Name, Sealed, Text, TooLong};

/// The hash of a spec: blake2-256 of its encoding.
pub type SpecHash = [u8; 32];

/// What one contract puts on one node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Spec {
	/// The first version.
	V1(List<Workload, MAX_WORKLOADS>),
}

/// Something with a name that a node runs or keeps.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Workload {
	/// Its name, which no other workload of the spec has.
	pub name: Name,
	/// What it is.
	#[cfg_attr(feature = "serde", serde(flatten))]
	pub kind: Kind,
}

/// What a workload is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "kebab-case"))]
pub enum Kind {
	/// A part of a private network.
	Network(Network),
	/// A disk of its own.
	Volume(Volume),
	/// A namespace of a zdb.
	Zdb(Zdb),
	/// A program with all it needs.
	Container(Container),
}

/// What a workload takes of its node.
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
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Usage {
	/// Of its hardware.
	pub capacity: Capacity,
	/// Public addresses of version 4, of its farm.
	pub public_v4: u32,
	/// Public addresses of version 6, of its farm.
	pub public_v6: u32,
}

/// A spec is checked before it is stored, so it is not longer than it may be.
impl MaxEncodedLen for Spec {
	fn max_encoded_len() -> usize {
		MAX_SPEC as usize
	}
}

impl Spec {
	/// Its workloads.
	pub fn workloads(&self) -> &[Workload] {
		match self {
			Self::V1(workloads) => workloads,
		}
	}

	/// The networks among its workloads.
	pub fn networks(&self) -> impl Iterator<Item = (&Name, &Network)> {
		self.indexed_networks().map(|(_, name, network)| (name, network))
	}

	/// The networks, with their numbers among the workloads.
	fn indexed_networks(&self) -> impl Iterator<Item = (u32, &Name, &Network)> {
		(0..).zip(self.workloads()).filter_map(|(index, workload)| match &workload.kind {
			Kind::Network(network) => Some((index, &workload.name, network)),
			_ => None,
		})
	}

	/// What nobody else can say: the hash of its encoding.
	pub fn hash(&self) -> SpecHash {
		sp_crypto_hashing::blake2_256(&self.encode())
	}

	/// What it takes of its node. Nobody can declare less than that.
	pub fn usage(&self) -> Usage {
		self.workloads().iter().fold(Usage::default(), |sum, workload| {
			let more = match &workload.kind {
				Kind::Network(it) => it.usage(),
				Kind::Volume(it) => it.disk.usage(it.size),
				Kind::Zdb(it) => it.disk.usage(it.size),
				Kind::Container(it) => it.usage(),
			};
			sum.saturating_add(more)
		})
	}
}

impl Usage {
	/// Both together.
	pub fn saturating_add(self, other: Self) -> Self {
		Self {
			capacity: self.capacity.saturating_add(other.capacity),
			public_v4: self.public_v4.saturating_add(other.public_v4),
			public_v6: self.public_v6.saturating_add(other.public_v6),
		}
	}
}
