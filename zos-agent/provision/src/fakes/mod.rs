//! A machine in memory: each port with all that it promises, and nothing of a real machine.
//!
//! It is what simulated nodes run on, and what the agent is tested with. It does what it is told
//! at once, writes down what it did, and can be told to fail, to be slow, to be cut off in the
//! middle of anything, and to start anew.

mod containers;
mod host;
mod images;
mod networks;
mod volumes;
mod zdbs;

pub use host::{Cut, FakeFault, FakeHost, Times};
