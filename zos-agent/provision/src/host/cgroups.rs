//! Control groups, of version 1, version 2, or both at once. Ours are all at the top, and each has
//! the same name in every hierarchy.

use super::{files, mounts, Doing, HostError};
use rustix::{
	io::Errno,
	process::{kill_process, Pid, Signal},
};
use std::{
	collections::BTreeSet,
	fs,
	path::{Path, PathBuf},
	thread,
	time::{Duration, Instant},
};

/// How long processes may take to end once they are killed.
const LONGEST_END: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// Where the hierarchies are, and which controllers each has: none is told of version 2.
fn hierarchies() -> Result<Vec<(PathBuf, mounts::Mount)>, HostError> {
	let mounts = mounts::list()?;
	let groups = mounts.into_iter().filter(|mount| mount.kind.starts_with("cgroup"));
	Ok(groups.map(|mount| (mount.at.clone(), mount)).collect())
}

/// The folders of a group, in all hierarchies where it is.
fn folders(name: &str) -> Result<Vec<PathBuf>, HostError> {
	let all = hierarchies()?.into_iter().map(|(at, _)| at.join(name));
	Ok(all.filter(|folder| folder.is_dir()).collect())
}

/// The names at the top that begin so.
pub fn find(prefix: &str) -> Result<BTreeSet<String>, HostError> {
	let mut found = BTreeSet::new();
	for (at, _) in hierarchies()? {
		found.extend(files::names(&at)?.into_iter().filter(|name| name.starts_with(prefix)));
	}
	Ok(found)
}

/// Puts a process into a group, so that whoever ends all that the agent's service started does not
/// end this one: in the hierarchies by which services are told apart.
pub fn enter(name: &str, process: Pid) -> Result<(), HostError> {
	for (at, mount) in hierarchies()? {
		if mount.kind == "cgroup2" || mount.options.contains("name=systemd") {
			let folder = at.join(name);
			files::make_folder(&folder, 0o755)?;
			let file = folder.join("cgroup.procs");
			fs::write(&file, process.as_raw_nonzero().to_string()).doing("write", &file)?;
		}
	}
	Ok(())
}

/// The processes of a group and of those beneath.
pub fn processes(name: &str) -> Result<BTreeSet<i32>, HostError> {
	let mut found = BTreeSet::new();
	for folder in folders(name)? {
		walk(&folder, &mut |folder| {
			// A group may go away while we look.
			let text = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
			found.extend(text.lines().filter_map(|line| line.parse::<i32>().ok()));
		});
	}
	Ok(found)
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
	let beneath = fs::read_dir(folder).into_iter().flatten().flatten();
	for entry in beneath.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
		walk(&entry.path(), visit);
	}
	visit(folder);
}

/// How many processes of a group were killed as it took more memory than it may.
pub fn memory_kills(name: &str) -> Result<u64, HostError> {
	for folder in folders(name)? {
		for file in ["memory.oom_control", "memory.events"] {
			let Ok(text) = fs::read_to_string(folder.join(file)) else { continue };
			let mut lines = text.lines().filter_map(|line| line.split_once(' '));
			if let Some((_, count)) = lines.find(|(key, _)| *key == "oom_kill") {
				return Ok(count.trim().parse().unwrap_or(0));
			}
		}
	}
	Ok(0)
}

/// Kills all processes of a group and of those beneath, and removes them. Those that are not there
/// need nothing.
pub fn remove(name: &str) -> Result<(), HostError> {
	let deadline = Instant::now() + LONGEST_END;
	loop {
		for id in processes(name)? {
			if let Some(id) = Pid::from_raw(id) {
				match kill_process(id, Signal::KILL) {
					Err(Errno::SRCH) => {},
					other => other.doing("kill the processes of", name)?,
				}
			}
		}
		let mut last = None;
		for folder in folders(name)? {
			walk(&folder, &mut |folder| match fs::remove_dir(folder) {
				Err(error) if error.raw_os_error() != Some(libc::ENOENT) => last = Some(error),
				_ => {},
			});
		}
		match last {
			None => return Ok(()),
			Some(error) if Instant::now() > deadline => {
				return Err(error).doing("remove the control group", name)
			},
			Some(_) => thread::sleep(PAUSE),
		}
	}
}

/// Whether the kernel can limit memory and what of it is on swap together.
pub fn counts_swap() -> Result<bool, HostError> {
	Ok(hierarchies()?.iter().any(|(at, mount)| {
		let version_2 = mount.kind == "cgroup2" && at.join("cgroup.controllers").exists();
		at.join("memory.memsw.limit_in_bytes").exists()
			|| version_2
				&& Path::new("/proc/swaps").exists()
				&& fs::read_to_string(at.join("cgroup.controllers"))
					.is_ok_and(|names| names.split_whitespace().any(|name| name == "memory"))
	}))
}
