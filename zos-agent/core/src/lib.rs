//! What an agent decides, and what it needs to carry it out. Nothing here touches a machine or
//! speaks with a chain: it is functions from what is wanted and what is there.
//!
//! - [`key`]: how workloads are called, on the chain and on the machine;
//! - [`desired`]: what the chain says is to run here;
//! - [`around`]: who else is in a private network;
//! - [`node`]: what the chain knows of this machine;
//! - [`mod@verify`]: what is believed of what the chain says;
//! - [`actual`]: what is on the machine;
//! - [`fingerprint`]: how one tells whether a workload is still the one that is wanted;
//! - [`plan`]: the steps from the one to the other;
//! - [`outcome`]: what is reported of a contract;
//! - [`backoff`]: when something is tried again;
//! - [`ports`]: the traits through which a machine is changed and a chain is heard.

pub mod actual;
pub mod around;
pub mod backoff;
pub mod desired;
pub mod fingerprint;
pub mod key;
pub mod node;
pub mod outcome;
pub mod plan;
pub mod ports;
#[cfg(test)]
mod sample;
pub mod verify;

pub use actual::Actual;
pub use around::Around;
pub use backoff::Backoff;
pub use desired::Desired;
pub use fingerprint::Fingerprint;
pub use key::{HostNames, Key};
pub use plan::Plan;
