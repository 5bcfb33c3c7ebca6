use std::time::Duration;

/// What one connection, and all of them together, may cost the server.
#[derive(Clone, Debug)]
pub struct Limits {
	/// How many connections there may be at a time.
	pub connections: usize,
	/// Unread replies that may pile up for one client before its commands are no longer read.
	pub output: usize,
	/// What all connections together may hold in half-received commands and unread replies.
	pub buffers: usize,
	/// How long a client may leave its replies unread.
	pub unread: Duration,
	/// How long a client may say nothing; none means for ever.
	pub idle: Option<Duration>,
	/// How long a silent TCP peer goes unasked whether it is still there.
	pub keepalive: Duration,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			connections: 100_000,
			output: 16 << 20,
			buffers: 1 << 30,
			unread: Duration::from_secs(60),
			idle: None,
			keepalive: Duration::from_secs(60),
		}
	}
}
