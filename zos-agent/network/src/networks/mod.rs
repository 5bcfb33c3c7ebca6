//! Networks on a machine that runs Linux.

mod attach;
mod key;
mod list;
mod make;
mod outside;
mod record;
mod remove;

use crate::{
	client::Program,
	host::namespace,
	kernel::{self, Kernel},
	places::Settings,
	wireguard::{Encrypts, Tunnel},
	NetworkError, Wireguard,
};
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
	/// Who encrypts for networks that are made from now on.
	encrypts: Encrypts,
	/// Whoever changes something has it: networks share the machine's firewall.
	changing: Mutex<()>,
}

impl LinuxNetworks {
	/// Those of an agent. What is there already is found again, and the machine's own table is as
	/// this program makes it.
	pub fn open(settings: Settings) -> Result<Self, NetworkError> {
		for folder in [&settings.state, &settings.run.join("made"), &settings.run.join("attached")]
		{
			files::make_folder(folder, 0o700)?;
		}
		let encrypts = match settings.wireguard {
			Wireguard::Program => Encrypts::Program,
			_ if kernel::is_there() => Encrypts::Kernel,
			Wireguard::Best => Encrypts::Program,
			Wireguard::Kernel => return Err(NetworkError::NoKernel),
		};
		let networks = Self { settings, encrypts, changing: Mutex::new(()) };
		if !networks.records()?.is_empty() {
			namespace::on_a_thread(|| networks.outside())?;
		}
		Ok(networks)
	}

	fn changing(&self) -> MutexGuard<'_, ()> {
		self.changing.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// The program of a network: its tunnel, or who answers for names where the kernel encrypts.
	fn program(&self, key: &Key) -> Program {
		Program { control: self.settings.control(key) }
	}

	fn tunnel(&self, key: &Key, encrypts: Encrypts) -> Box<dyn Tunnel> {
		match encrypts {
			Encrypts::Program => Box::new(self.program(key)),
			Encrypts::Kernel => Box::new(Kernel {
				interface: self.settings.tunnel(key),
				namespace: self.settings.namespace(key),
				names: self.program(key),
			}),
		}
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
