//! Private networks between the workloads of a contract, on whichever nodes they are.
//!
//! - [`LinuxNetworks`]: networks on a machine that runs Linux;
//! - [`tunnel`]: WireGuard as a process, for machines whose kernel has none;
//! - [`uapi`]: how it is spoken to;
//! - [`names`]: names within a network.

mod client;
mod error;
mod host;
pub mod names;
mod networks;
mod places;
pub mod tunnel;
pub mod uapi;

pub use error::NetworkError;
pub use networks::LinuxNetworks;
pub use places::Settings;
