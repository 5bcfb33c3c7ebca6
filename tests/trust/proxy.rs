//! Somebody between an agent and an endpoint, with whom the connection breaks in all ways.

use grid_stories::Node;
use std::{
	io::{Read, Write},
	net::{Shutdown, TcpListener, TcpStream},
	sync::{
		atomic::{AtomicUsize, Ordering},
		Arc, Mutex, PoisonError,
	},
	thread,
	time::Duration,
};

/// What becomes of what an endpoint says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
	/// It comes through.
	Honest,
	/// Nothing of it comes any more, and the connection stays.
	Silent,
	/// It ends in the middle.
	Closed,
	/// Other bytes come in its place.
	Garbage,
}

struct State {
	then: Mutex<Then>,
	connections: AtomicUsize,
}

/// Passes on what a node says, until it is told otherwise: then the first bytes still come through.
pub(crate) struct Proxy {
	port: u16,
	state: Arc<State>,
}

impl Proxy {
	/// Stand before a node. After so many bytes of a connection, it does what is said here.
	pub(crate) fn before(node: &Node, bytes: usize, then: Then) -> Self {
		let listener = TcpListener::bind("127.0.0.1:0").expect("there are free ports");
		let port = listener.local_addr().expect("it is bound").port();
		let state = Arc::new(State { then: Mutex::new(then), connections: AtomicUsize::new(0) });
		let (shared, to) = (state.clone(), node.rpc_port);
		// It ends with the tests: nobody comes any more.
		thread::spawn(move || {
			for near in listener.incoming().flatten() {
				shared.connections.fetch_add(1, Ordering::Relaxed);
				let state = shared.clone();
				thread::spawn(move || {
					// Either side may go at any time.
					let _ = pass(near, to, bytes, &state);
				});
			}
		});
		Self { port, state }
	}

	pub(crate) fn url(&self) -> String {
		format!("ws://127.0.0.1:{}", self.port)
	}

	/// From now on.
	pub(crate) fn set(&self, then: Then) {
		*self.state.then.lock().unwrap_or_else(PoisonError::into_inner) = then;
	}

	/// How often somebody came.
	pub(crate) fn connections(&self) -> usize {
		self.state.connections.load(Ordering::Relaxed)
	}
}

fn pass(mut near: TcpStream, to: u16, bytes: usize, state: &State) -> std::io::Result<()> {
	let mut far = TcpStream::connect(("127.0.0.1", to))?;
	let (mut questions, mut asked) = (near.try_clone()?, far.try_clone()?);
	thread::spawn(move || {
		let _ = std::io::copy(&mut questions, &mut asked);
		let _ = asked.shutdown(Shutdown::Both);
	});
	let mut buffer = [0; 1024];
	let mut passed = 0;
	loop {
		let then = *state.then.lock().unwrap_or_else(PoisonError::into_inner);
		let count = far.read(&mut buffer)?;
		if count == 0 {
			return near.shutdown(Shutdown::Both);
		}
		let good = match then {
			Then::Honest => count,
			_ => bytes.saturating_sub(passed).min(count),
		};
		near.write_all(&buffer[..good])?;
		passed += good;
		if good == count {
			continue;
		}
		match then {
			Then::Honest => {},
			Then::Silent => thread::sleep(Duration::from_secs(600)),
			Then::Closed => return near.shutdown(Shutdown::Both),
			Then::Garbage => near.write_all(&[0x5a; 1024][..count - good])?,
		}
	}
}
