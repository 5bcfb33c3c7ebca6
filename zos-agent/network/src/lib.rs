//! Private networks between the workloads of a contract, on whichever nodes they are.
//!
//! - [`LinuxNetworks`]: networks on a machine that runs Linux;
//! - [`Wireguard`]: who encrypts;
//! - [`tunnel`]: WireGuard as a process, for machines whose kernel has none;
//! - [`uapi`]: how it is spoken to;
//! - [`names`]: names within a network.

mod client;
mod error;
mod host;
mod kernel;
pub mod names;
mod networks;
mod places;
pub mod tunnel;
pub mod uapi;
mod wireguard;

pub use error::NetworkError;
pub use networks::LinuxNetworks;
pub use places::Settings;
pub use wireguard::Wireguard;
