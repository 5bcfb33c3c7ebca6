//! Namespaces of zdbs, in a server of our own for each disk.
//!
//! A server is a process that outlives the agent: an agent that comes back finds it by its control
//! socket, and starts one where none answers. Tenants speak to it, so it is nobody: a user of its
//! own without rights, who sees nothing but its data, in a network namespace with nothing in it and
//! a control group that bounds its memory. It cannot reach anybody, and nobody can reach it but
//! through sockets that it is handed: the agent opens one in the network namespace of a workload and
//! passes it on, and whoever comes in there sees that one namespace. No byte goes through another
//! process, and no password is written down: the server keeps a hash.
//!
//! | what | where | gone |
//! | --- | --- | --- |
//! | what tenants keep | the server's data folder | when the workload is removed |
//! | what a workload was made as | a record in the state folder | when it is removed |
//! | the control socket, which process serves | the run folder, in memory | when the machine starts |
//! | whether, and where, a namespace is served | the server's memory | when it ends: it is told again |
//!
//! - [`Settings`]: what an agent decides once;
//! - [`ZdbServers`]: the port, one verb a file: `make`, `list`, `remove` (which pauses as well);
//! - [`server`]: one server, found or started;
//! - [`sockets`]: sockets in network namespaces.

mod error;
mod list;
mod make;
mod places;
mod remove;
mod server;
mod settings;
mod sockets;

pub use error::ZdbError;
pub use settings::{DiskSettings, Settings};
pub use sockets::PORT;

use grid_primitives::spec::Disk;
use places::Places;
use server::Server;
use zos_core::{
	ports::{PortError, ZdbFound, ZdbOrder, Zdbs},
	HostNames, Key,
};

/// The zdb servers of an agent.
#[derive(Debug)]
pub struct ZdbServers {
	names: HostNames,
	clients: usize,
	servers: Vec<Server>,
}

impl ZdbServers {
	/// Makes ready for servers. Those that run are found, and go on.
	pub fn open(settings: Settings) -> Result<Self, ZdbError> {
		let servers = [(Disk::Ssd, &settings.ssd), (Disk::Hdd, &settings.hdd)];
		let servers = servers.into_iter().filter_map(|(disk, on)| Some((disk, on.as_ref()?)));
		let servers = servers.map(|(disk, on)| Server::open(disk, on, &settings));
		let servers = servers.collect::<Result<_, _>>()?;
		Ok(Self { servers, clients: settings.clients, names: settings.names })
	}

	fn server(&self, disk: Disk) -> Option<&Server> {
		self.servers.iter().find(|server| server.disk == disk)
	}
}

impl Zdbs for ZdbServers {
	fn list(&self) -> Result<Vec<ZdbFound>, PortError> {
		Ok(self.do_list()?)
	}

	fn make(&self, order: &ZdbOrder) -> Result<(), PortError> {
		Ok(self.do_make(order)?)
	}

	fn pause(&self, key: &Key) -> Result<(), PortError> {
		Ok(self.do_pause(key)?)
	}

	fn remove(&self, key: &Key) -> Result<(), PortError> {
		Ok(self.do_remove(key)?)
	}
}
