//! What is written down of networks and of who is in them, for as long as the machine runs.

use grid_primitives::spec::Network;
use serde::{Deserialize, Serialize};
use std::{
	collections::BTreeMap,
	net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// What is known of a network that is there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
	/// With what it was made; none while it is being made.
	pub(super) fingerprint: Option<String>,
	/// What it is.
	pub(super) network: Network,
	/// Its public addresses.
	pub(super) addresses: Vec<IpAddr>,
	/// The number of its way to the machine, if it has one.
	pub(super) link: Option<u32>,
	/// With what its tunnel was started.
	pub(super) tunnel: Vec<String>,
	/// Where each peer was said to be, by its key.
	#[serde(default)]
	pub(super) endpoints: BTreeMap<String, SocketAddr>,
	/// What names in it may leave out at their end.
	pub(super) search: Option<String>,
}

impl Record {
	/// Its public address of version 4.
	pub(super) fn public(&self) -> Option<Ipv4Addr> {
		self.addresses.iter().find_map(|ip| match ip {
			IpAddr::V4(ip) => Some(*ip),
			IpAddr::V6(_) => None,
		})
	}
}

/// A workload that is in networks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attaching {
	/// The networks, and its addresses there.
	pub(super) to: Vec<(String, [u8; 4])>,
}
