//! Starts real nodes, speaks with them, and ends them with the test.
//!
//! - [`Node`]: one process of `grid-node`, with its ports, folder and log.
//! - [`AgentProcess`]: the real agent on this machine, and all that it has made of it.
//! - [`Network`]: some validators that know each other.
//! - [`Chain`]: what a user sees and does through a node's RPC.
//! - [`eventually`]: waiting, with a limit and a reason.
//!
//! Everything is blocking: a story reads from top to bottom.

#![warn(missing_docs)]

mod agent;
mod chain;
mod network;
mod node;
mod rpc;
mod wait;

pub use agent::{AgentProcess, Hears};
pub use chain::{extension, Chain, Included, EVENTS};
pub use network::{Network, Spec};
pub use node::{grid_node, Node, NodeBuilder};
pub use rpc::{block_on, Rpc};
pub use wait::{eventually, stays};

pub use sp_keyring::Sr25519Keyring as Person;
