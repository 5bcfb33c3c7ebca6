//! How a container is described to the runtime: OCI's `config.json`.

mod capabilities;
mod config;
mod isolation;
mod seccomp;

pub use config::{config, BindAt, Limits, Program};
