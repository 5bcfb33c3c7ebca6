//! What the agent does to its machine, behind the ports of `zos-core`.
//!
//! - [`images`]: images by digest, verified, unpacked once;
//! - [`containers`]: programs with all they need, run by an OCI runtime, each under a shim;
//! - [`volumes`]: disks of a size that the file system enforces;
//! - [`zdbs`]: namespaces of zdb servers, one for each disk;
//! - [`host`]: the few things of Linux that all of them are made of;
//! - [`fakes`]: a machine in memory, to simulate and to test with.

pub mod containers;
pub mod fakes;
pub mod host;
pub mod images;
pub mod volumes;
pub mod zdbs;
