//! Paths in a container.

use crate::spec::{Reason, Text};
use alloc::vec::Vec;

/// What the kernel shows there is nobody's to replace.
const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];

/// The path, if it is absolute and plain, and something can be put there.
pub(super) fn check(path: &Text<255>) -> Result<&str, Reason> {
	let path = path.as_str().ok_or(Reason::BadPath)?;
	let parts = path.strip_prefix('/').ok_or(Reason::BadPath)?;
	let plain = |part: &str| {
		!matches!(part, "" | "." | "..") && !part.chars().any(|character| character.is_control())
	};
	let good = parts.split('/').all(plain) && !KERNEL.iter().any(|it| is_inside(path, it));
	if good {
		Ok(path)
	} else {
		Err(Reason::BadPath)
	}
}

/// Whether the first is the second or inside of it.
fn is_inside(path: &str, other: &str) -> bool {
	path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether any is another or inside of it.
pub(super) fn overlap(mut paths: Vec<&str>) -> bool {
	// Part by part, what is inside of a path comes right after it.
	paths.sort_unstable_by(|one, other| one.split('/').cmp(other.split('/')));
	paths.windows(2).any(|two| matches!(two, [one, next] if is_inside(next, one)))
}
