use std::{
	fs::File,
	io,
	net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
	os::{fd::AsRawFd, unix::process::CommandExt},
	path::{Path, PathBuf},
	process::Command,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	thread::{self, JoinHandle},
};
use zos_testing::hosts::{within, Space};

/// A machine with a network of its own. What is served on the loopback of the test's machine is
/// served on its as well, so it hears a chain and fetches images whatever becomes of its network.
pub struct Host {
	// Before what they are in.
	_relays: Vec<Relay>,
	/// Its network.
	pub space: Space,
}

impl Host {
	/// A machine in a namespace, where these ports are served.
	pub fn new(space: Space, ports: impl IntoIterator<Item = u16>) -> Self {
		let relays = ports.into_iter().map(|port| Relay::start(space.path(), port)).collect();
		Self { _relays: relays, space }
	}
}

/// Have a program run in a namespace of that name.
pub(crate) fn enter(command: &mut Command, namespace: &str) {
	let file = File::open(Path::new("/run/netns").join(namespace)).expect("it is there");
	// SAFETY: setns is async-signal-safe and touches no memory of this process.
	unsafe {
		command.pre_exec(move || match libc::setns(file.as_raw_fd(), libc::CLONE_NEWNET) {
			0 => Ok(()),
			_ => Err(io::Error::last_os_error()),
		});
	}
}

/// Serves on a port of a namespace what is served on that port here.
struct Relay {
	space: PathBuf,
	port: u16,
	is_over: Arc<AtomicBool>,
	thread: Option<JoinHandle<()>>,
}

fn connect(port: u16) -> io::Result<TcpStream> {
	TcpStream::connect((Ipv4Addr::LOCALHOST, port))
}

fn listen(port: u16) -> TcpListener {
	TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("nobody else is there")
}

impl Relay {
	fn start(space: PathBuf, port: u16) -> Self {
		let is_over = Arc::new(AtomicBool::new(false));
		let listener = within(&space, || listen(port));
		let over = is_over.clone();
		let thread = thread::spawn(move || {
			for there in listener.incoming() {
				if over.load(Ordering::Relaxed) {
					return;
				}
				// Who does not answer here does not answer there.
				let (Ok(there), Ok(here)) = (there, connect(port)) else { continue };
				let (Ok(to_there), Ok(to_here)) = (there.try_clone(), here.try_clone()) else {
					continue;
				};
				thread::spawn(move || copy(there, to_here));
				thread::spawn(move || copy(here, to_there));
			}
		});
		Self { space, port, is_over, thread: Some(thread) }
	}
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
	// An end that breaks is told to the other as an end.
	let _ = io::copy(&mut from, &mut to);
	let _ = to.shutdown(Shutdown::Write);
}

impl Drop for Relay {
	fn drop(&mut self) {
		self.is_over.store(true, Ordering::Relaxed);
		// Whoever waits for connections gets one, and sees that it is over.
		let woken = within(&self.space, || connect(self.port));
		if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
			let _ = thread.join();
		}
	}
}
