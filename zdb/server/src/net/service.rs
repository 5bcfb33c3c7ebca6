use super::{gates::GateChange, Counters, Gate};
use crate::resp::Args;
use std::{os::fd::OwnedFd, time::Duration};

/// A connection, for as long as the server runs: ids are not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// Who is at the other end of a connection.
#[derive(Clone, Debug)]
pub struct Peer {
	/// The connection.
	pub id: ConnectionId,
	/// Where it comes from, as people write it.
	pub address: String,
	/// What it may see, if that is not everything.
	pub gate: Option<Gate>,
}

/// What a command did, and so what comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// It needs nothing to be safe before its reply leaves.
	Done,
	/// It told what is stored.
	Read,
	/// It changed what is stored.
	Wrote,
	/// Nothing more is read from this client: its message will come later.
	Wait,
	/// The connection ends with the reply.
	Close,
	/// From now on the client is also sent what [`Service::stream`] has for it.
	Stream,
}

/// What is sent to a client without its asking.
#[derive(Clone, Debug)]
pub struct Message {
	/// To whom. A connection that is gone gets nothing.
	pub to: ConnectionId,
	/// The bytes.
	pub bytes: Vec<u8>,
	/// Whether it is what the client waits for.
	pub ends_wait: bool,
}

/// What came of what who runs the server told it.
#[derive(Debug, Default)]
pub struct Controlled {
	/// The answer.
	pub reply: Vec<u8>,
	/// Where clients come in from now on, and where not.
	pub gates: Vec<GateChange>,
}

/// What the event loop serves.
pub trait Service {
	/// What is kept for a connection.
	type Session;

	/// A client has come.
	fn open(&mut self, peer: Peer) -> Self::Session;

	/// It has gone.
	fn close(&mut self, session: Self::Session);

	/// Execute one command and append exactly one reply, or none with [`Outcome::Wait`].
	fn execute(
		&mut self,
		session: &mut Self::Session,
		args: Args<'_>,
		reply: &mut Vec<u8>,
	) -> Outcome;

	/// Do what who runs the server tells it, with the sockets that came along, and make it safe.
	/// Nothing is uncommitted when this is asked.
	fn control(&mut self, request: &[u8], sockets: Vec<OwnedFd>) -> Controlled;

	/// Make safe what was written since the last time: the replies leave after it. When it fails
	/// the writes have not happened, and the clients are answered the text instead.
	fn commit(&mut self) -> Result<(), String>;

	/// Whether what was written is worth waiting for more that is on its way: making it safe takes
	/// as long for much as for little.
	fn gathers(&self) -> bool;

	/// Do a bounded piece of what can wait, and say when to be called again at the latest; none
	/// means not before something happens.
	fn maintain(&mut self, counters: &Counters) -> Option<Duration>;

	/// What is to be sent to clients that did not ask just now.
	fn messages(&mut self) -> &mut Vec<Message>;

	/// Append what a client gets that asked for a stream; says whether there is more. Nothing is
	/// uncommitted when this is asked. An error ends the connection.
	fn stream(&mut self, session: &mut Self::Session, out: &mut Vec<u8>) -> Result<bool, String>;

	/// The figures for whoever watches, in the text format of Prometheus.
	fn metrics(&mut self, counters: &Counters) -> String;
}
