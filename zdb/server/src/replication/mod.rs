//! Copies of a server: what a replica and its master say to each other, and the replica's threads.
//!
//! A replica connects like any client, says where its own log ends, and is sent the rest: first
//! what it lacks, then each batch as it is committed. Both ways go over the one connection:
//! `REPLICATE …` from the replica, and frames from the master.

mod frame;
pub mod joined;
mod link;
pub mod promotion;

pub use frame::Frame;
pub use link::{identity, Link, LinkError, LinkOptions, News, Word};
