//! How a zdb server is told what to serve, and where: requests and answers, each a line of JSON, over
//! a unix socket that only who runs the server can reach.
//!
//! With [`Request::Serve`] come sockets that listen already, wherever whoever made them likes: the
//! server serves the one namespace there, and nothing else can be seen from there.
//!
//! - [`Request`], [`Answer`]: what is said;
//! - [`Control`]: who asks;
//! - [`receive`]: how bytes and sockets come in.

mod client;
mod message;
mod pass;

pub use client::{Control, ControlError};
pub use message::{Answer, Found, Order, Password, Reason, Request, Serving};
pub use pass::{receive, send, Received};

/// The longest request, in bytes.
pub const MAX_REQUEST: usize = 16 << 10;
/// The most sockets that come with a request.
pub const MAX_SOCKETS: usize = 8;
/// The longest password that clients can say.
pub const MAX_PASSWORD: usize = 128;
