//! Hearing that the container is to end.

use std::{
	io,
	os::fd::{AsRawFd, BorrowedFd, OwnedFd},
	sync::atomic::{AtomicI32, Ordering},
	sync::OnceLock,
};

static WRITE: AtomicI32 = AtomicI32::new(-1);
static READ: OnceLock<OwnedFd> = OnceLock::new();
static KEPT: OnceLock<OwnedFd> = OnceLock::new();

extern "C" fn tell(_: libc::c_int) {
	let byte = [0_u8];
	// SAFETY: `write` may be called in a signal handler. The pipe is never closed, and a full one
	// has been told already.
	unsafe {
		libc::write(WRITE.load(Ordering::Relaxed), byte.as_ptr().cast(), 1);
	}
}

/// From now on SIGTERM ends the container, and only then this process.
pub(super) fn listen() -> io::Result<()> {
	let flags = rustix::pipe::PipeFlags::CLOEXEC | rustix::pipe::PipeFlags::NONBLOCK;
	let (read, write) = rustix::pipe::pipe_with(flags)?;
	WRITE.store(write.as_raw_fd(), Ordering::Relaxed);
	READ.get_or_init(|| read);
	KEPT.get_or_init(|| write);
	for signal in [libc::SIGTERM, libc::SIGINT] {
		// SAFETY: the handler only does what a handler may.
		let before = unsafe { libc::signal(signal, tell as *const () as libc::sighandler_t) };
		if before == libc::SIG_ERR {
			return Err(io::Error::last_os_error());
		}
	}
	Ok(())
}

/// Is readable once the container is to end.
pub(super) fn heard() -> Option<BorrowedFd<'static>> {
	use std::os::fd::AsFd;
	READ.get().map(AsFd::as_fd)
}
