use super::within;
use std::{
	io::{Read, Write},
	net::{SocketAddr, TcpListener, TcpStream},
	path::Path,
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Arc,
	},
	thread,
	time::{Duration, Instant},
};

/// How long a stream may rest, if it has to go on.
const PATIENCE: Duration = Duration::from_secs(90);
/// Who counts the time looks so often.
const TICK: Duration = Duration::from_millis(10);

/// A stream that never rests.
pub struct Flow {
	state: Arc<State>,
}

#[derive(Default)]
struct State {
	bytes: AtomicU64,
	/// The longest time, in milliseconds, in which nothing came.
	rest: AtomicU64,
	/// The longest time in which this machine let nobody do anything.
	frozen: AtomicU64,
	is_over: AtomicBool,
	broke: AtomicBool,
}

/// Remembers the longest time between two moments.
fn remember(longest: &AtomicU64, since: &mut Instant) {
	let now = Instant::now();
	longest.fetch_max((now - *since).as_millis() as u64, Ordering::Relaxed);
	*since = now;
}

impl Flow {
	/// From one namespace to an address in another.
	pub fn begin(from: &Path, to: &Path, at: SocketAddr) -> Self {
		let listener = within(to, || TcpListener::bind(at).expect("a port"));
		let mut stream = within(from, || TcpStream::connect(at).expect("somebody is there"));
		let state = Arc::new(State::default());
		let own = state.clone();
		thread::spawn(move || {
			while !own.is_over.load(Ordering::Relaxed) {
				if stream.write_all(&[7; 20_000]).is_err() {
					return own.broke.store(true, Ordering::Relaxed);
				}
				thread::sleep(Duration::from_millis(2));
			}
		});
		let own = state.clone();
		thread::spawn(move || {
			let (mut stream, _) = listener.accept().expect("somebody comes");
			let mut room = [0; 65_536];
			let mut last = Instant::now();
			while let Ok(length @ 1..) = stream.read(&mut room) {
				own.bytes.fetch_add(length as u64, Ordering::Relaxed);
				remember(&own.rest, &mut last);
			}
		});
		let own = state.clone();
		thread::spawn(move || {
			let mut last = Instant::now();
			while !own.is_over.load(Ordering::Relaxed) {
				thread::sleep(TICK);
				remember(&own.frozen, &mut last);
			}
		});
		Self { state }
	}

	/// More comes through.
	#[track_caller]
	pub fn goes_on(&self, when: &str) {
		let state = &self.state;
		let before = state.bytes.load(Ordering::Relaxed);
		let begun = Instant::now();
		while state.bytes.load(Ordering::Relaxed) < before + 200_000 {
			assert!(begun.elapsed() < PATIENCE, "nothing comes through {when}");
			assert!(!state.broke.load(Ordering::Relaxed), "the flow broke {when}");
			thread::sleep(TICK);
		}
	}

	/// Whatever rest it had so far does not count.
	pub fn forget_rests(&self) {
		for longest in [&self.state.rest, &self.state.frozen] {
			longest.store(0, Ordering::Relaxed);
		}
	}

	/// It goes on, and never rested for longer than this since it was asked last.
	#[track_caller]
	pub fn never_rested(&self, limit: Duration, when: &str) {
		self.goes_on(when);
		let rest = Duration::from_millis(self.state.rest.swap(0, Ordering::Relaxed));
		let frozen = Duration::from_millis(self.state.frozen.swap(0, Ordering::Relaxed));
		// When nobody did anything, that is not the flow's fault.
		assert!(rest <= limit + frozen, "it rested for {rest:?} {when}");
	}
}

impl Drop for Flow {
	fn drop(&mut self) {
		self.state.is_over.store(true, Ordering::Relaxed);
	}
}

/// Sends what can be told from anything else. Says its checksum.
fn send(stream: &mut TcpStream, seed: u64, size: usize) -> u32 {
	let mut state = seed;
	let mut sum = 0;
	let mut block = vec![0; 1 << 20];
	for _ in 0..size / block.len() {
		for word in block.as_chunks_mut::<8>().0 {
			state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
			*word = state.to_le_bytes();
		}
		sum = crc32c::crc32c_append(sum, &block);
		stream.write_all(&block).expect("it is taken");
	}
	sum
}

fn receive(stream: &mut TcpStream, size: usize) -> u32 {
	let mut block = vec![0; 1 << 20];
	let (mut sum, mut left) = (0, size);
	while left > 0 {
		let most = left.min(block.len());
		let length = stream.read(&mut block[..most]).expect("it comes");
		assert!(length > 0, "{left} bytes are missing");
		sum = crc32c::crc32c_append(sum, &block[..length]);
		left -= length;
	}
	sum
}

/// Passes so many bytes, a multiple of 1 MiB, from one namespace to an address in another, and as
/// many back: what comes is what was sent.
pub fn pass(from: &Path, to: &Path, at: SocketAddr, size: usize) {
	let listener = within(to, || TcpListener::bind(at).expect("a port"));
	let other = thread::spawn(move || {
		let (mut stream, _) = listener.accept().expect("somebody comes");
		let received = receive(&mut stream, size);
		(received, send(&mut stream, 2, size))
	});
	let mut stream = within(from, || TcpStream::connect(at).expect("somebody is there"));
	let sent = send(&mut stream, 1, size);
	let received = receive(&mut stream, size);
	let (theirs, sent_back) = other.join().expect("it went well");
	assert_eq!(sent, theirs, "what came is not what was sent");
	assert_eq!(sent_back, received, "what came back is not what was sent");
}
