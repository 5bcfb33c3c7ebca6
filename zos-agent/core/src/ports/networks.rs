use super::PortError;
use crate::{Around, Fingerprint, Key};
use grid_primitives::{
	report::NetworkKey,
	spec::{Attachment, Network},
};
use std::{net::IpAddr, path::PathBuf};

/// The parts of private networks on this machine.
pub trait Networks: Send + Sync {
	/// All that there is of them, also what is only a part of one.
	fn list(&self) -> Result<Vec<NetworkFound>, PortError>;

	/// Have a network as it is wanted: made if it is not there, changed in place if it has another
	/// fingerprint. Its key is made once and kept.
	fn make(&self, order: &NetworkOrder) -> Result<(), PortError>;

	/// Attach a workload to networks of its contract, and say which namespace it is to join.
	fn attach(&self, workload: &Key, to: &[Attachment]) -> Result<Attached, PortError>;

	/// Remove what attached a workload.
	fn detach(&self, workload: &Key) -> Result<(), PortError>;

	/// Remove a network with its key.
	fn remove(&self, key: &Key) -> Result<(), PortError>;
}

/// What it takes to make a network.
pub struct NetworkOrder<'a> {
	/// Which workload it is.
	pub key: &'a Key,
	/// What [`Networks::list`] says of it later.
	pub fingerprint: Fingerprint,
	/// What is wanted.
	pub network: &'a Network,
	/// What surrounds it.
	pub around: &'a Around,
}

/// Where a workload is that is attached to networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attached {
	/// The namespace that it is to join.
	pub namespace: PathBuf,
	/// Who resolves names for it.
	pub resolvers: Vec<IpAddr>,
	/// What names may leave out at their end.
	pub search: Vec<String>,
}

/// A network, or what there is of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkFound {
	/// Which workload it is.
	pub key: Key,
	/// With what it was made, if that is still known.
	pub fingerprint: Option<Fingerprint>,
	/// By what peers know it, once it has a key.
	pub public: Option<NetworkKey>,
}
