//! Names within a network: what is asked for under `grid` is answered from what the contract says,
//! and anything else by those whom the machine asks, if the network may go out.

mod message;
mod serve;
mod zone;

pub use zone::{NotAZone, Zone};

pub(crate) use serve::Resolver;
