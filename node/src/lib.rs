//! A full node of the Grid chain: it keeps the chain, joins its network, and, with the keys of a
//! validator, makes blocks and finalizes them.

#![warn(missing_docs)]

pub mod chain_spec;
pub mod cli;
pub mod command;
mod consensus;
mod equivocation;
mod preflight;
mod rpc;
pub mod service;
mod warped;
mod workers;
