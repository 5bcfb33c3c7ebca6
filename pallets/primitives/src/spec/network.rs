//! Private networks between workloads of a contract, on any of its nodes.
//!
//! A node makes the WireGuard key of its part itself and publishes the public half with its
//! report. The peers of a part are the parts of the same name on the contract's other nodes, so
//! that nobody has to list them.

use super::{List, Name, Usage};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The part of a private network that is on this node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Network {
	/// The addresses of the whole network: the same on all nodes of the contract.
	pub range: Subnet,
	/// The 40 random bits of the network's unique local addresses of version 6, if it has any.
	pub ula: Option<[u8; 5]>,
	/// The addresses of this node's part. The first is the gateway.
	pub subnet: Subnet,
	/// The UDP port on which peers reach this part; the node chooses if there is none.
	pub port: Option<u16>,
	/// Which way out there is.
	pub egress: Egress,
	/// Whether this part has a public address of version 4, for ways out and for `forwards`.
	pub public_v4: bool,
	/// Whether this part has a public address of version 6.
	pub public_v6: bool,
	/// What is let in, from the public address or the node's own.
	pub forwards: List<Forward, 32>,
	/// Devices of users that join here.
	pub access: List<AccessPeer, 32>,
}

/// Addresses of version 4 that begin alike.
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
pub struct Subnet {
	/// The first of them.
	pub ip: [u8; 4],
	/// How many bits are alike.
	pub prefix: u8,
}

/// Which way out of a network there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Egress {
	/// None.
	None,
	/// To the whole internet, behind the address of the node or the public one.
	Full,
}

/// How something travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Protocol {
	/// In a stream.
	Tcp,
	/// In datagrams.
	Udp,
}

/// A port that leads to a container.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Forward {
	/// How it travels.
	pub protocol: Protocol,
	/// The port outside.
	pub port: u16,
	/// The container, which is attached to this network.
	pub to: Name,
	/// The port of the container.
	pub to_port: u16,
}

/// A device of a user.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct AccessPeer {
	/// What it is called.
	pub name: Name,
	/// Its WireGuard key.
	pub public_key: [u8; 32],
	/// Its address in this node's part.
	pub ip: [u8; 4],
}

impl Network {
	pub(super) fn usage(&self) -> Usage {
		Usage {
			public_v4: self.public_v4.into(),
			public_v6: self.public_v6.into(),
			..Default::default()
		}
	}
}
