//! Somebody at a terminal: sees what is shown, and types.

use std::{
	fs::File,
	io::{Read, Write},
	os::{
		fd::{AsRawFd, FromRawFd, OwnedFd},
		unix::process::CommandExt,
	},
	process::{Child, Command, ExitStatus, Stdio},
	sync::{Arc, Mutex},
	time::{Duration, Instant},
};

/// How long somebody waits until something is shown.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program at a terminal of its own.
pub(crate) struct Terminal {
	child: Child,
	keyboard: File,
	screen: Arc<Mutex<String>>,
}

impl Terminal {
	pub(crate) fn start(mut command: Command) -> Self {
		let (mut ours, mut theirs) = (0, 0);
		// SAFETY: both numbers are ours to be written to, and nothing else is asked for.
		let opened = unsafe {
			libc::openpty(
				&mut ours,
				&mut theirs,
				std::ptr::null_mut(),
				std::ptr::null(),
				std::ptr::null(),
			)
		};
		assert_eq!(opened, 0, "there are terminals");
		// SAFETY: they were just opened, and nobody else owns them.
		let (ours, theirs) = unsafe { (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) };
		let other = || Stdio::from(theirs.try_clone().expect("there are descriptors"));
		command.stdin(other()).stdout(other()).stderr(other()).env("TERM", "xterm");
		let terminal = theirs.as_raw_fd();
		// SAFETY: setsid and ioctl are async-signal-safe, and the descriptor is open until exec.
		unsafe {
			command.pre_exec(move || {
				libc::setsid();
				libc::ioctl(terminal, libc::TIOCSCTTY as _, 0);
				Ok(())
			});
		}
		let child = command.spawn().expect("grid can be started");
		drop(theirs);
		let screen = Arc::new(Mutex::new(String::new()));
		let (mut from, to) = (ours.try_clone().expect("there are descriptors"), screen.clone());
		std::thread::spawn(move || {
			let mut bytes = [0; 4096];
			// Reading fails when the program has ended.
			while let Ok(number @ 1..) = from.read(&mut bytes) {
				to.lock()
					.expect("nobody panics")
					.push_str(&String::from_utf8_lossy(&bytes[..number]));
			}
		});
		Self { child, keyboard: ours, screen }
	}

	/// What was shown so far.
	pub(crate) fn screen(&self) -> String {
		self.screen.lock().expect("nobody panics").clone()
	}

	/// Wait until something is shown.
	pub(crate) fn sees(&self, text: &str) {
		let start = Instant::now();
		while !self.screen().contains(text) {
			assert!(start.elapsed() < PATIENCE, "{text:?} is not shown:\n{}", self.screen());
			std::thread::sleep(Duration::from_millis(50));
		}
	}

	/// Type something.
	pub(crate) fn types(&mut self, text: &str) {
		self.keyboard.write_all(text.as_bytes()).expect("the terminal is open");
	}

	/// Ctrl-C.
	pub(crate) fn interrupts(&mut self) {
		self.types("\u{3}");
	}

	/// Whether what is typed is shown.
	pub(crate) fn echoes(&self) -> bool {
		let mut settings = std::mem::MaybeUninit::<libc::termios>::uninit();
		// SAFETY: the terminal is open, and the settings are ours to be written to.
		let read = unsafe { libc::tcgetattr(self.keyboard.as_raw_fd(), settings.as_mut_ptr()) };
		assert_eq!(read, 0, "a terminal has settings");
		// SAFETY: they were just written.
		unsafe { settings.assume_init() }.c_lflag & libc::ECHO != 0
	}

	/// Wait until the program ends.
	pub(crate) fn ends(&mut self) -> ExitStatus {
		let start = Instant::now();
		loop {
			if let Some(status) = self.child.try_wait().expect("it is a child") {
				return status;
			}
			assert!(start.elapsed() < PATIENCE, "it does not end:\n{}", self.screen());
			std::thread::sleep(Duration::from_millis(50));
		}
	}
}

impl Drop for Terminal {
	fn drop(&mut self) {
		let _ = self.child.kill();
		let _ = self.child.wait();
	}
}
