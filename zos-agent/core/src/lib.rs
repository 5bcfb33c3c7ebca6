//! What an agent decides, and what it needs to carry it out. Nothing here touches a machine or
//! speaks with a chain: it is functions from what is wanted and what is there.
//!
//! - [`key`]: how workloads are called, on the chain and on the machine;
//! - [`desired`]: what the chain says is to run here;
//! - [`node`]: what the chain knows of this machine;
//! - [`actual`]: what is on the machine;
//! - [`fingerprint`]: how one tells whether a workload is still the one that is wanted;
//! - [`ports`]: the traits through which a machine is changed and a chain is heard.

pub mod actual;
pub mod desired;
pub mod fingerprint;
pub mod key;
pub mod node;
pub mod ports;

pub use actual::Actual;
pub use desired::Desired;
pub use fingerprint::Fingerprint;
pub use key::{HostNames, Key};
