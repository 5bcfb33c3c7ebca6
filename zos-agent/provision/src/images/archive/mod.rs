//! Reading tar archives that nobody vouches for: in one pass, in bounded memory, never believing a
//! number before the bytes have come.
//!
//! Ours, because the common readers take names and attributes of any length into memory.

mod bounded;
mod error;
mod extensions;
mod header;
mod path;
mod reader;

pub(super) use bounded::{Allowance, Unpacking};
pub(super) use error::shown;
pub use error::ArchiveError;
pub(super) use path::EntryPath;
pub(super) use reader::{Archive, Entry, Kind};
