//! The event loop: one thread that reads commands from all connections, has them executed, makes
//! what they wrote safe, and only then lets their replies leave.

mod accepting;
mod connection;
mod control;
mod counters;
mod event_loop;
mod gates;
mod group;
mod limits;
mod scrape;
mod sending;
mod service;
mod serving;
mod socket;
mod spare;

pub use counters::Counters;
pub use event_loop::{EventLoop, LoopError};
pub use gates::{Gate, GateChange};
pub use limits::Limits;
pub use service::{ConnectionId, Controlled, Message, Outcome, Peer, Service};
pub use socket::{Address, ListenError, Listener, NoAddress, Speaks};
