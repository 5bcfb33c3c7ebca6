//! The zdb server: RESP2 over TCP and unix sockets, in front of a [`zdb_store::Store`].
//!
//! [`net`] is one event loop that knows bytes and commands, [`command`] is what they mean, and
//! [`resp`] the protocol between the two.

pub mod cli;
pub mod client;
pub mod command;
pub mod config;
pub mod net;
pub mod replication;
pub mod resp;
