use super::PortError;
use crate::{Fingerprint, Key};
use grid_primitives::spec::Zdb;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The namespaces of zdbs on this machine.
pub trait Zdbs: Send + Sync {
	/// All that there is of them, also what is only a part of one.
	fn list(&self) -> Result<Vec<ZdbFound>, PortError>;

	/// Have a namespace that serves: made if it is not there, resumed if it is paused, changed if
	/// it has another fingerprint. What it has is kept.
	fn make(&self, order: &ZdbOrder) -> Result<(), PortError>;

	/// Let a namespace serve nobody, and keep what it has.
	fn pause(&self, key: &Key) -> Result<(), PortError>;

	/// Remove a namespace with all that it has.
	fn remove(&self, key: &Key) -> Result<(), PortError>;
}

/// What it takes to make a namespace.
pub struct ZdbOrder<'a> {
	/// Which workload it is.
	pub key: &'a Key,
	/// What [`Zdbs::list`] says of it later.
	pub fingerprint: Fingerprint,
	/// What is wanted.
	pub zdb: &'a Zdb,
	/// Its password, open.
	pub password: Option<Zeroizing<Vec<u8>>>,
	/// The network namespace from which it is reached.
	pub namespace: Option<PathBuf>,
}

/// A namespace, or what there is of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZdbFound {
	/// Which workload it is.
	pub key: Key,
	/// With what it was made, if that is still known.
	pub fingerprint: Option<Fingerprint>,
	/// Whether it serves.
	pub serves: bool,
	/// What it takes, if its server tells.
	pub usage: Option<ZdbUsage>,
}

/// What a namespace takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZdbUsage {
	/// Bytes of the disk.
	pub bytes: u64,
	/// The most of them.
	pub size: u64,
	/// How many keys it has.
	pub entries: u64,
}
