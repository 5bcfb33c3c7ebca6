//! Networks on a machine that runs Linux.

mod attach;
mod key;
mod list;
mod make;
mod outside;
mod record;
mod remove;

use crate::{client::Tunnel, places::Settings, NetworkError};
use grid_primitives::spec::Attachment;
use record::Record;
use std::sync::{Mutex, MutexGuard, PoisonError};
use zos_core::{
	ports::{Attached, NetworkFound, NetworkOrder, Networks, PortError},
	Key,
};
use zos_provision::host::files;

/// Networks on a machine that runs Linux.
pub struct LinuxNetworks {
	settings: Settings,
	/// Whoever changes something has it: networks share the machine's firewall.
	changing: Mutex<()>,
}

impl LinuxNetworks {
	/// Those of an agent. What is there already is found again.
	pub fn open(settings: Settings) -> Result<Self, NetworkError> {
		for folder in [&settings.state, &settings.run.join("made"), &settings.run.join("attached")]
		{
			files::make_folder(folder, 0o700)?;
		}
		Ok(Self { settings, changing: Mutex::new(()) })
	}

	fn changing(&self) -> MutexGuard<'_, ()> {
		self.changing.lock().unwrap_or_else(PoisonError::into_inner)
	}

	fn tunnel(&self, key: &Key) -> Tunnel {
		Tunnel { control: self.settings.control(key) }
	}

	fn record(&self, key: &Key) -> Result<Option<Record>, NetworkError> {
		Ok(files::read_record(&self.settings.record(key), "the record of a network")?)
	}
}

impl Networks for LinuxNetworks {
	fn list(&self) -> Result<Vec<NetworkFound>, PortError> {
		Ok(self.do_list()?)
	}

	fn make(&self, order: &NetworkOrder) -> Result<(), PortError> {
		let _changing = self.changing();
		Ok(self.do_make(order)?)
	}

	fn attach(&self, workload: &Key, to: &[Attachment]) -> Result<Attached, PortError> {
		let _changing = self.changing();
		Ok(self.do_attach(workload, to)?)
	}

	fn detach(&self, workload: &Key) -> Result<(), PortError> {
		let _changing = self.changing();
		Ok(self.do_detach(workload)?)
	}

	fn remove(&self, key: &Key) -> Result<(), PortError> {
		let _changing = self.changing();
		Ok(self.do_remove(key)?)
	}
}
