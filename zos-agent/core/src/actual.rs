//! What is on the machine.

use crate::{
	ports::{
		ContainerFound, Containers, NetworkFound, Networks, PortError, VolumeFound, Volumes,
		ZdbFound, Zdbs,
	},
	Key,
};
use grid_primitives::ContractId;
use std::collections::{BTreeMap, BTreeSet};

/// All that is on the machine under the names of an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actual {
	/// Containers.
	pub containers: BTreeMap<Key, ContainerFound>,
	/// Volumes.
	pub volumes: BTreeMap<Key, VolumeFound>,
	/// Namespaces of zdbs.
	pub zdbs: BTreeMap<Key, ZdbFound>,
	/// Parts of networks.
	pub networks: BTreeMap<Key, NetworkFound>,
}

impl Actual {
	/// Read the machine.
	pub fn read(
		containers: &dyn Containers,
		volumes: &dyn Volumes,
		zdbs: &dyn Zdbs,
		networks: &dyn Networks,
	) -> Result<Self, PortError> {
		Ok(Self {
			containers: containers.list()?.into_iter().map(|it| (it.key.clone(), it)).collect(),
			volumes: volumes.list()?.into_iter().map(|it| (it.key.clone(), it)).collect(),
			zdbs: zdbs.list()?.into_iter().map(|it| (it.key.clone(), it)).collect(),
			networks: networks.list()?.into_iter().map(|it| (it.key.clone(), it)).collect(),
		})
	}

	/// The keys of all that is there.
	pub fn keys(&self) -> impl Iterator<Item = &Key> {
		let more = self.zdbs.keys().chain(self.networks.keys());
		self.containers.keys().chain(self.volumes.keys()).chain(more)
	}

	/// The contracts of which there is anything.
	pub fn contracts(&self) -> BTreeSet<ContractId> {
		self.keys().map(|key| key.contract).collect()
	}
}
