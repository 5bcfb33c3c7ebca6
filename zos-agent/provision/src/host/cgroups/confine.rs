//! Putting a process that was just started into a group with a bound on its memory.

use super::{Hierarchies, Hierarchy, Kind};
use crate::host::{files, Doing, HostError};
use std::{fs, path::Path};

/// Puts a process into a group: it takes no more memory than so many bytes, and whoever ends all
/// that the agent's service started does not end it.
pub fn confine(name: &str, process: u32, memory: u64) -> Result<(), HostError> {
	Hierarchies::of_host()?.confine(name, process, memory)
}

impl Hierarchies {
	pub(super) fn confine(&self, name: &str, process: u32, memory: u64) -> Result<(), HostError> {
		for Hierarchy { at, kind } in &self.0 {
			let limit = match kind {
				Kind::Services => None,
				Kind::Unified => unified_limit(at),
				Kind::Controllers if at.join("memory.limit_in_bytes").exists() => {
					Some("memory.limit_in_bytes")
				},
				Kind::Controllers => continue,
			};
			let folder = at.join(name);
			files::make_folder(&folder, 0o755)?;
			if let Some(limit) = limit.map(|limit| folder.join(limit)) {
				fs::write(&limit, memory.to_string()).doing("write", &limit)?;
			}
			let members = folder.join("cgroup.procs");
			fs::write(&members, process.to_string()).doing("write", &members)?;
		}
		Ok(())
	}
}

/// Where memory is bounded in the hierarchy of version 2, if that is where it is.
fn unified_limit(top: &Path) -> Option<&'static str> {
	let has = |file: &str| {
		fs::read_to_string(top.join(file))
			.is_ok_and(|names| names.split_whitespace().any(|name| name == "memory"))
	};
	if !has("cgroup.controllers") {
		return None;
	}
	if !has("cgroup.subtree_control") {
		// Without it the limit below is missing, and that is an error that says so.
		let _ = fs::write(top.join("cgroup.subtree_control"), "+memory");
	}
	Some("memory.max")
}

#[cfg(test)]
mod tests {
	use super::*;
	use tempfile::TempDir;

	fn top(files: &[(&str, &str)]) -> TempDir {
		let top = tempfile::tempdir().expect("there is room");
		for (file, text) in files {
			fs::write(top.path().join(file), text).expect("there is room");
		}
		top
	}

	fn confined(of: &[(&TempDir, Kind)]) {
		let all = of.iter().map(|(top, kind)| Hierarchy { at: top.path().into(), kind: *kind });
		Hierarchies(all.collect()).confine("ours", 7, 1 << 20).expect("it is done");
	}

	fn said(top: &TempDir, file: &str) -> Option<String> {
		fs::read_to_string(top.path().join("ours").join(file)).ok()
	}

	#[test]
	fn memory_is_bounded_by_version_2_alone() {
		let unified =
			top(&[("cgroup.controllers", "cpu memory pids"), ("cgroup.subtree_control", "")]);
		confined(&[(&unified, Kind::Unified)]);
		assert_eq!(said(&unified, "memory.max").as_deref(), Some("1048576"));
		assert_eq!(said(&unified, "cgroup.procs").as_deref(), Some("7"));
		let asked = fs::read_to_string(unified.path().join("cgroup.subtree_control"));
		assert_eq!(asked.expect("it is there"), "+memory");
	}

	#[test]
	fn memory_is_bounded_where_it_is_counted_if_there_are_both() {
		let unified = top(&[("cgroup.controllers", "")]);
		let (services, cpu) = (top(&[]), top(&[("cpu.shares", "1024")]));
		let memory = top(&[("memory.limit_in_bytes", "9223372036854771712")]);
		confined(&[
			(&unified, Kind::Unified),
			(&services, Kind::Services),
			(&cpu, Kind::Controllers),
			(&memory, Kind::Controllers),
		]);
		assert_eq!(said(&memory, "memory.limit_in_bytes").as_deref(), Some("1048576"));
		for top in [&unified, &services, &memory] {
			assert_eq!(said(top, "cgroup.procs").as_deref(), Some("7"));
		}
		assert_eq!((said(&unified, "memory.max"), said(&cpu, "cgroup.procs")), (None, None));
	}
}
