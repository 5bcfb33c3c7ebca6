//! The event loop: one thread that reads commands from all connections, has them executed, makes
//! what they wrote safe, and only then lets their replies leave.

mod connection;
mod counters;
mod event_loop;
mod group;
mod limits;
mod scrape;
mod service;
mod serving;
mod socket;

pub use counters::Counters;
pub use event_loop::{EventLoop, LoopError};
pub use limits::Limits;
pub use service::{ConnectionId, Message, Outcome, Peer, Service};
pub use socket::{Address, ListenError, Listener, NoAddress, Speaks};
