//! Pausing namespaces, and removing them.

use super::{ZdbError, ZdbServers};
use zdb_control::ControlError;
use zos_core::Key;

impl ZdbServers {
	pub(super) fn do_pause(&self, key: &Key) -> Result<(), ZdbError> {
		let name = self.names.of_workload(key);
		for server in &self.servers {
			match server.connect().and_then(|mut control| control.pause(&name)) {
				// Who is not there serves nobody.
				Ok(()) | Err(ControlError::NotThere(_)) => {},
				Err(error) => return Err(error.into()),
			}
		}
		Ok(())
	}

	pub(super) fn do_remove(&self, key: &Key) -> Result<(), ZdbError> {
		let name = self.names.of_workload(key);
		for server in &self.servers {
			// A server that never ran has nothing, and one that was made anything runs or is
			// started: only it can tell what is whose.
			if server.has_data() {
				server.reach()?.remove(&name)?;
			}
			server.places.forget(key)?;
		}
		Ok(())
	}
}
