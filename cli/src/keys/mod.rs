//! Keys: how they come from words, rest in files, and sign.
//!
//! A secret is typed on a terminal, or comes from a file or a pipe. It is never an argument, and
//! never shown but when it is made. Who has none here names a program that signs.

mod error;
mod file;
mod pair;
mod phrase;
mod secret;
mod signer;
mod store;

pub use error::Error;
pub use file::{open, seal, KeyFile};
pub use pair::{Account, Pair, Scheme};
pub use phrase::{from_phrase, from_words, generate};
pub use secret::{ask_new_passphrase, ask_passphrase, ask_phrase, Source};
pub use signer::{External, Signer};
pub(crate) use store::read;
pub use store::Store;
