//! Removing a network, with all that is of it.

use super::LinuxNetworks;
use crate::{
	host::{links, namespace},
	NetworkError,
};
use zos_core::Key;
use zos_provision::host::files;

impl LinuxNetworks {
	pub(super) fn do_remove(&self, key: &Key) -> Result<(), NetworkError> {
		let record = self.record(key)?;
		// Whoever is still said to be in it is gone: workloads are removed before their networks.
		for (workload, attaching) in self.attached_of(key.contract)? {
			if attaching.to.iter().any(|(name, _)| name == key.name()) {
				self.do_detach(&workload)?;
			}
		}
		self.tunnel(key).stop()?;
		let uplink = self.settings.uplink(key);
		let public = record.as_ref().and_then(|it| it.public());
		links::with(async |links| {
			links.remove(&uplink).await?;
			match public {
				Some(ip) => links.no_address(ip.into()).await,
				None => Ok(()),
			}
		})?;
		namespace::remove(&self.settings.namespace(key))?;
		files::remove_file(&self.settings.record(key))?;
		self.outside()?;
		// The key goes last: as long as there is anything else, the network is found by it.
		files::remove_folder(&self.settings.kept(key))?;
		Ok(())
	}
}
