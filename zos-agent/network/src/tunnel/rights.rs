//! A tunnel gives up all it may do, once it has what it needs.

use rustix::{
	process::{set_dumpable_behavior, DumpableBehavior},
	thread::{
		capability_is_in_bounding_set, remove_capability_from_bounding_set, set_capabilities,
		set_no_new_privs, CapabilitySet, CapabilitySets,
	},
};
use std::io;

/// Nobody in particular.
const NOBODY: libc::uid_t = 65_534;

fn check(result: libc::c_int) -> io::Result<()> {
	if result < 0 {
		return Err(io::Error::last_os_error());
	}
	Ok(())
}

/// Become nobody, for good: no capabilities, none to be had from programs, and nothing to be read
/// by others of what is in memory. Other threads that there are already keep what they have.
pub(super) fn give_up() -> io::Result<()> {
	set_no_new_privs(true)?;
	for capability in CapabilitySet::all().iter() {
		// Kernels know different ones.
		if capability_is_in_bounding_set(capability).unwrap_or(false) {
			remove_capability_from_bounding_set(capability)?;
		}
	}
	// SAFETY: these calls take numbers, and no list when they are told that it is empty.
	unsafe {
		check(libc::setgroups(0, std::ptr::null()))?;
		check(libc::setresgid(NOBODY, NOBODY, NOBODY))?;
		check(libc::setresuid(NOBODY, NOBODY, NOBODY))?;
	}
	let none = CapabilitySet::empty();
	set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
	set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
	Ok(())
}
