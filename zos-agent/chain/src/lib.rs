//! How an agent hears the chain and speaks to it.
//!
//! - [`Connection`]: follows what becomes final, as a light client or from endpoints. It connects
//!   again by itself and never goes back;
//! - [`NodeChain`]: the chain as one node hears it and speaks to it with its key, over a
//!   connection that many may share;
//! - [`Counters`]: what that has taken;
//! - [`Error`]: why the chain could not be asked or told.

mod background;
mod config;
mod connection;
mod contents;
mod counters;
mod endpoint;
mod error;
mod follow;
mod light;
mod link;
mod node;
mod reads;
mod runtime;
mod state;
mod submit;

pub use connection::{Connection, Health};
pub use counters::{Counters, Taken};
pub use error::{Error, NotFollowed};
pub use link::{Endpoints, Light};
pub use node::NodeChain;
pub use subxt_signer::sr25519::Keypair;
