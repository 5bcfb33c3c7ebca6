//! Programs with all they need, run by an OCI runtime, each under a shim that outlives the agent.
//!
//! What there is of a container, and where:
//!
//! | what | where | gone |
//! | --- | --- | --- |
//! | what it is, how it ended, what it printed | its folder in the state folder | when it is removed |
//! | its bundle, secrets, pipes, what it does | its folder in the run folder, in memory | when it is removed, or the machine starts |
//! | what it writes to its root | a file without a name, mounted by its shim | when it ends |
//! | its mounts | the mount namespaces of its shim and its own | when they end |
//! | its processes | a control group under its name | when it is removed |
//!
//! - [`Settings`]: what an agent decides once;
//! - [`OciContainers`]: the port, one verb a file: `start`, `remove`, `list`, `sweep`, `logs`;
//! - [`bundle`]: how a container is described to the runtime;
//! - [`shim`]: the process that stays with a container;
//! - [`log`]: what a container printed;
//! - [`records`]: what is written of a container, by the agent and by its shim.

pub mod bundle;
mod error;
mod list;
pub mod log;
mod logs;
mod open;
mod places;
pub mod records;
mod remove;
mod settings;
mod shared;
pub mod shim;
mod start;
mod sweep;

pub use error::ContainerError;
pub use open::OciContainers;
pub use settings::{Backoff, Settings, ShimProgram};

use zos_core::{
	ports::{ContainerFound, ContainerOrder, Containers, LogFrom, LogPage, PortError},
	Key,
};

impl Containers for OciContainers {
	fn list(&self) -> Result<Vec<ContainerFound>, PortError> {
		Ok(self.do_list()?)
	}

	fn start(&self, order: &ContainerOrder) -> Result<(), PortError> {
		Ok(self.do_start(order)?)
	}

	fn remove(&self, key: &Key) -> Result<(), PortError> {
		Ok(self.do_remove(key)?)
	}

	fn sweep(&self) -> Result<usize, PortError> {
		Ok(self.do_sweep()?)
	}

	fn logs(&self, key: &Key, from: LogFrom, most: usize) -> Result<Option<LogPage>, PortError> {
		Ok(self.do_logs(key, from, most)?)
	}
}
