//! Private networks between workloads of a contract, on any of its nodes.
//!
//! A node makes the WireGuard key of its part itself and publishes the public half with its
//! report. The peers of a part are the parts of the same name on the contract's other nodes, so
//! that nobody has to list them.

use super::{List, Name, Subnet, Usage};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::net::Ipv6Addr;
use scale_info::TypeInfo;

/// The part of a private network that is on this node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Network {
	/// The addresses of the whole network: the same on all nodes of the contract.
	pub range: Subnet,
	/// The 40 random bits of the network's unique local addresses of version 6, if it has any.
	#[cfg_attr(
		feature = "serde",
		serde(default, skip_serializing_if = "Option::is_none", with = "crate::serde::hex_option")
	)]
	pub ula: Option<[u8; 5]>,
	/// The addresses of this node's part. The first is the gateway.
	pub subnet: Subnet,
	/// The UDP port on which peers reach this part; the node chooses if there is none.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
	pub port: Option<u16>,
	/// Which way out there is.
	pub egress: Egress,
	/// Whether this part has a public address of version 4, for ways out and for `forwards`.
	#[cfg_attr(feature = "serde", serde(default))]
	pub public_v4: bool,
	/// Whether this part has a public address of version 6.
	#[cfg_attr(feature = "serde", serde(default))]
	pub public_v6: bool,
	/// What is let in, from the public address or the node's own.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
	pub forwards: List<Forward, 32>,
	/// Devices of users that join here.
	#[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "<[_]>::is_empty"))]
	pub access: List<AccessPeer, 32>,
}

impl Network {
	/// A part of a network that nothing leaves or enters.
	pub fn closed(range: Subnet, subnet: Subnet) -> Self {
		Self {
			range,
			ula: None,
			subnet,
			port: None,
			egress: Egress::None,
			public_v4: false,
			public_v6: false,
			forwards: List::default(),
			access: List::default(),
		}
	}
}

/// Which way out of a network there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Egress {
	/// None.
	None,
	/// To the whole internet, behind the address of the node or the public one.
	Full,
}

/// How something travels.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Protocol {
	/// In a stream.
	Tcp,
	/// In datagrams.
	Udp,
}

/// A port that leads to a container.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct AccessPeer {
	/// What it is called.
	pub name: Name,
	/// Its WireGuard key.
	#[cfg_attr(feature = "serde", serde(with = "crate::serde::hex"))]
	pub public_key: [u8; 32],
	/// Its address in this node's part.
	#[cfg_attr(feature = "serde", serde(with = "crate::serde::ipv4"))]
	pub ip: [u8; 4],
}

/// How many bits all addresses of version 6 of a network have alike.
pub const ULA_PREFIX: u8 = 48;

/// Addresses of version 4 are the last 32 bits of those of version 6.
const V4_IN_V6: u8 = 96;

impl Network {
	/// The first address of version 6 of the whole network, of which [`ULA_PREFIX`] bits are alike:
	/// the byte `fd`, and the 40 random bits.
	pub fn ula_prefix(&self) -> Option<Ipv6Addr> {
		self.address_v6([0; 4])
	}

	/// The first address of version 6 of this part, and how many bits are alike in it. It is this
	/// part's subnet of version 4 in the last 32 bits, so parts that do not overlap there do not
	/// overlap here: `10.1.2.0/24` gives `fd01:203:405::a01:200/120`.
	pub fn subnet_v6(&self) -> Option<(Ipv6Addr, u8)> {
		Some((self.address_v6(self.subnet.ip)?, V4_IN_V6 + self.subnet.prefix.min(32)))
	}

	/// The address of version 6 that belongs to one of version 4: `10.1.2.3` gives
	/// `fd01:203:405::a01:203`.
	pub fn address_v6(&self, ip: [u8; 4]) -> Option<Ipv6Addr> {
		let [a, b, c, d, e] = self.ula?;
		let [w, x, y, z] = ip;
		Some(Ipv6Addr::from([0xfd, a, b, c, d, e, 0, 0, 0, 0, 0, 0, w, x, y, z]))
	}

	pub(super) fn usage(&self) -> Usage {
		Usage {
			public_v4: self.public_v4.into(),
			public_v6: self.public_v6.into(),
			..Default::default()
		}
	}
}
