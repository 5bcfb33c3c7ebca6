//! What the agent does not need any more, the machine gets back.
//!
//! The light client takes some megabytes for a moment when it starts, and whenever the chain has a
//! new runtime. Left to itself, the allocator of glibc keeps most of that: it believes that so much
//! will be needed again, and has a pool for each thread.

/// The pools that threads share.
#[cfg(target_env = "gnu")]
const POOLS: libc::c_int = 2;
/// What is larger is taken from the system, and goes back to it at once.
#[cfg(target_env = "gnu")]
const LARGE: libc::c_int = 128 * 1024;

/// Has this process keep little of what it does not need. To be called while it has one thread.
pub fn be_frugal() {
	#[cfg(target_env = "gnu")]
	for (parameter, value) in [
		(libc::M_ARENA_MAX, POOLS),
		(libc::M_MMAP_THRESHOLD, LARGE),
		(libc::M_TRIM_THRESHOLD, LARGE),
		(libc::M_TOP_PAD, LARGE / 2),
	] {
		// SAFETY: it takes two numbers, and nobody else allocates meanwhile. Where it refuses, more
		// memory is kept.
		unsafe { libc::mallopt(parameter, value) };
	}
}
