//! What the kernel counts for all containers together, because root of this machine started them.
//! Each has a bound of its own on what it takes: its processes are counted, and what it watches is
//! its memory.

use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};
use std::fs;

/// How much of something all containers together may have, at least.
const BOUNDS: [(&str, u64); 2] = [
	("/proc/sys/fs/inotify/max_user_instances", 1 << 20),
	("/proc/sys/fs/inotify/max_user_watches", 1 << 26),
];

/// Has no container take all of this from others, as far as the machine lets that be.
pub(super) fn widen() {
	for (path, bound) in BOUNDS {
		let Ok(now) = fs::read_to_string(path) else { continue };
		if now.trim().parse::<u64>().is_ok_and(|now| now < bound) {
			if let Err(error) = fs::write(path, bound.to_string()) {
				log::warn!("containers take from each other what {path} bounds: {error}");
			}
		}
	}
	for resource in [Resource::Nproc, Resource::Sigpending] {
		let unbound = Rlimit { current: None, maximum: None };
		if getrlimit(resource) != unbound {
			if let Err(error) = setrlimit(resource, unbound) {
				log::warn!("containers take from each other what {resource:?} bounds: {error}");
			}
		}
	}
}
