//! What tests of the agent need.
//!
//! - [`Registry`]: Debian's `docker-registry` on a free port of the loopback, gone when dropped.
//! - [`Layout`]: a folder of images, as OCI describes it; filled by hand or, as people do it, with
//!   `umoci` from a [`busybox_root`].
//! - [`Parts`] and [`Layer`]: an image of any layers, also of such as no honest tool makes.
//! - [`Signer`]: signs images as cosign does.
//! - [`Authority`] and [`in_private_network`]: what it takes to be a registry of somebody's own.
//! - [`hosts`]: several machines as one, with a router between them.
//! - [`Server`]: an HTTP server that answers whatever a test wants, also what no honest one would.
//!
//! All of it panics where it fails, as tests do.

mod authority;
mod busybox;
pub mod hosts;
mod layer;
mod layout;
mod network;
mod program;
mod registry;
mod server;
mod signer;

pub use authority::Authority;
pub use busybox::busybox_root;
pub use layer::{Layer, Packing};
pub use layout::{architecture, Layout, Parts, Written};
pub use network::in_private_network;
pub use program::run;
pub use registry::{image, Registry};
pub use server::{Answer, Request, Server};
pub use signer::Signer;

use sha2::{Digest, Sha256};

/// The sha256 of these bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
	Sha256::digest(bytes).into()
}

/// A sha256 as 64 digits.
pub fn hex(digest: &[u8; 32]) -> String {
	digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A sha256 as images write it.
pub fn named(digest: &[u8; 32]) -> String {
	format!("sha256:{}", hex(digest))
}
