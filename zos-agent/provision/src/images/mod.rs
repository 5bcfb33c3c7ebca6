//! Images by digest: fetched, verified, unpacked once.
//!
//! [`ImageStore`] is the port [`Images`](zos_core::ports::Images) on a folder:
//!
//! | what | where | made |
//! | --- | --- | --- |
//! | a layer, as overlayfs takes it | `layers/<sha256 of its content>/` | unpacked in `staging/`, synced, renamed |
//! | an image: its layers and how to run it | `images/<sha256>.json` | written last, so that what has one is whole |
//! | who signed it | `signatures/<sha256>/<sha256 of the key>.json` | once proven |
//! | a pull that is not done | `downloads/<sha256>/` | gone on with by the next one |
//!
//! What a registry sends is a file first, proven by its digest, and only then unpacked: nothing
//! looks into bytes that nobody vouched for.

mod archive;
mod digest;
mod download;
mod error;
mod flights;
mod formats;
mod limits;
mod pull;
mod signature;
mod source;
mod stop;
mod store;
mod unpack;

pub use archive::ArchiveError;
pub use digest::{Digest, NotADigest};
pub use error::{ImageError, PullError};
pub use limits::Limits;
pub use signature::SignatureError;
pub use source::Registries;
pub use store::{ImageSettings, ImageStore};
