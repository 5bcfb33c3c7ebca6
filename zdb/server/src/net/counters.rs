/// What the event loop has seen since it began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
	/// Connections accepted.
	pub accepted: u64,
	/// Connections turned away because there were too many.
	pub refused: u64,
	/// Connections that are open.
	pub connected: u64,
	/// Connections cut: their client did not read, said nothing for too long, or held too much.
	pub cut: u64,
	/// Connections whose bytes were no commands.
	pub malformed: u64,
	/// Commands executed.
	pub commands: u64,
	/// Bytes received.
	pub received: u64,
	/// Bytes sent.
	pub sent: u64,
	/// Bytes held in half-received commands and unread replies.
	pub buffered: u64,
	/// Turns of the loop that had something to make safe and failed to.
	pub failed_commits: u64,
}
