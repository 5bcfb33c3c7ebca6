//! The few things of Linux that containers and volumes are made of.

pub mod cgroups;
pub mod command;
mod error;
pub mod files;
pub mod identities;
pub mod loops;
pub mod mounts;
pub mod processes;
pub mod usage;

pub use error::{Doing, HostError};
