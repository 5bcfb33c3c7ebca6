//! Starts real nodes, speaks with them, and ends them with the test.
//!
//! - [`built`]: the programs that were built together with a story.
//! - [`Node`]: one process of `grid-node`, with its ports, folder and log.
//! - [`AgentProcess`]: the real agent on this machine, and all that it has made of it.
//! - [`Host`]: a machine with a network of its own, for an agent.
//! - [`Network`]: some validators that know each other.
//! - [`hasty_chain`]: a chain on which things are due after seconds.
//! - [`Chain`]: what a user sees and does through a node's RPC.
//! - [`Grid`]: the command line.
//! - [`User`]: who deploys, and waits for what becomes of it.
//! - [`Images`] and [`specs`]: what can be deployed.
//! - [`eventually`]: waiting, with a limit and a reason.
//!
//! Everything is blocking: a story reads from top to bottom.

#![warn(missing_docs)]

mod agent;
mod chain;
mod grid;
mod hasty;
mod host;
mod images;
pub mod machines;
mod network;
mod node;
mod rpc;
pub mod specs;
mod traces;
mod user;
mod wait;

pub use agent::{AgentProcess, Hears};
pub use chain::{extension, Chain, Included, EVENTS};
pub use grid::Grid;
pub use hasty::{chain_with, hasty_chain, set_advance, Gaps};
pub use host::Host;
pub use images::Images;
pub use network::{Network, Spec};
pub use node::{Node, NodeBuilder};
pub use rpc::{block_on, Rpc};
pub use user::User;
pub use wait::{eventually, stays};

pub use grid_processes::{built, free_port};
pub use sp_keyring::Sr25519Keyring as Person;
