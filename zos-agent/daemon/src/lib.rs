//! The agent of a node.
//!
//! - [`agent`]: the agent itself: follows, decides, does, tells;
//! - [`assemble`]: the agent of this machine, of a real chain and a real machine;
//! - [`simulate`]: many agents of a real chain and machines in memory;
//! - [`config`]: what the people who have the machine say;
//! - [`keys`]: by what the chain knows the node, and what opens its secrets;
//! - [`hardware`]: what the machine has;
//! - [`ledger`]: what was decided, done and said;
//! - [`secrets`]: what only this node can read;
//! - [`status`]: how it goes;
//! - [`logs`]: what containers print;
//! - [`metrics`]: what is counted;
//! - [`memory`]: what is given back;
//! - [`zdbs`]: the zdb servers.

pub mod agent;
pub mod assemble;
pub mod config;
pub mod hardware;
pub mod keys;
pub mod ledger;
pub mod logs;
pub mod memory;
pub mod metrics;
pub mod secrets;
pub mod simulate;
pub mod status;
pub mod zdbs;
