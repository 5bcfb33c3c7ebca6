//! `grid`: the command line of farmers, users, stakeholders and governors.
//!
//! - [`commands`]: what can be said;
//! - [`session`]: what a command has at hand;
//! - [`chain`]: the chain, asked and told;
//! - [`manifest`]: from a file of what is wanted to a plan of who does it;
//! - [`keys`]: secrets, and how they rest;
//! - [`config`]: the profiles;
//! - [`output`]: what people and scripts see;
//! - `interrupt`: Ctrl-C;
//! - [`Failure`]: why a command failed.

pub mod chain;
pub mod commands;
pub mod config;
mod failure;
mod interrupt;
pub mod keys;
pub mod manifest;
pub mod output;
pub mod session;

pub use failure::Failure;
