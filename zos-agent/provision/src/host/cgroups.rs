//! Control groups, of version 1, version 2, or both at once. Ours are all at the top, and each has
//! the same name in every hierarchy.

mod confine;
#[cfg(test)]
mod tests;

pub use confine::confine;

use super::{files, mounts, Doing, HostError};
use rustix::{
	io::Errno,
	process::{kill_process, Pid, Signal},
};
use std::{
	collections::BTreeSet,
	fs, io,
	path::{Path, PathBuf},
	thread,
	time::{Duration, Instant},
};

/// How long processes may take to end once they are killed.
const LONGEST_END: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);
/// How often a group may be removed by others at the moment that it is entered.
const MOST_TRIES: u32 = 100;

/// The names at the top that begin so.
pub fn find(prefix: &str) -> Result<BTreeSet<String>, HostError> {
	Hierarchies::of_host()?.find(prefix)
}

/// Puts a process into a group, so that whoever ends all that the agent's service started does not
/// end this one: in the hierarchies by which services are told apart.
pub fn enter(name: &str, process: Pid) -> Result<(), HostError> {
	Hierarchies::of_host()?.enter(name, process)
}

/// The processes of a group and of those beneath.
pub fn processes(name: &str) -> Result<BTreeSet<i32>, HostError> {
	Hierarchies::of_host()?.processes(name)
}

/// How many processes of a group were killed as it took more memory than it may.
pub fn memory_kills(name: &str) -> Result<u64, HostError> {
	Hierarchies::of_host()?.memory_kills(name)
}

/// Kills all processes of a group and of those beneath, and removes them. Those that are not there
/// need nothing.
pub fn remove(name: &str) -> Result<(), HostError> {
	Hierarchies::of_host()?.remove(name)
}

/// Removes a group in which nobody is. Says whether it is gone.
pub fn remove_empty(name: &str) -> Result<bool, HostError> {
	Hierarchies::of_host()?.remove_empty(name)
}

/// Whether the kernel can limit memory and what of it is on swap together.
pub fn counts_swap() -> Result<bool, HostError> {
	Ok(Hierarchies::of_host()?.counts_swap(Path::new("/proc/swaps").exists()))
}

/// The hierarchies of control groups.
struct Hierarchies(Vec<Hierarchy>);

/// One of them.
struct Hierarchy {
	/// Where it is.
	at: PathBuf,
	kind: Kind,
}

/// What a hierarchy is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
	/// Of version 2: it tells services apart, and has all controllers that no other has.
	Unified,
	/// Of version 1, without controllers: it tells services apart.
	Services,
	/// Of version 1, with controllers.
	Controllers,
}

impl Hierarchies {
	fn of_host() -> Result<Self, HostError> {
		Ok(Self::of(mounts::list()?))
	}

	fn of(mounts: Vec<mounts::Mount>) -> Self {
		let hierarchies = mounts.into_iter().filter_map(|mount| {
			let kind = match mount.kind.as_str() {
				"cgroup2" => Kind::Unified,
				"cgroup" if mount.options.split(',').any(|it| it == "name=systemd") => {
					Kind::Services
				},
				"cgroup" => Kind::Controllers,
				_ => return None,
			};
			Some(Hierarchy { at: mount.at, kind })
		});
		Self(hierarchies.collect())
	}

	/// The folders of a group, in all hierarchies where it is.
	fn folders(&self, name: &str) -> Vec<PathBuf> {
		let all = self.0.iter().map(|it| it.at.join(name));
		all.filter(|folder| folder.is_dir()).collect()
	}

	fn find(&self, prefix: &str) -> Result<BTreeSet<String>, HostError> {
		let mut found = BTreeSet::new();
		for Hierarchy { at, .. } in &self.0 {
			found.extend(files::names(at)?.into_iter().filter(|name| name.starts_with(prefix)));
		}
		Ok(found)
	}

	fn enter(&self, name: &str, process: Pid) -> Result<(), HostError> {
		let process = process.as_raw_nonzero().to_string();
		for Hierarchy { at, .. } in self.0.iter().filter(|it| it.kind != Kind::Controllers) {
			let folder = at.join(name);
			let file = folder.join("cgroup.procs");
			for left in (0..MOST_TRIES).rev() {
				files::make_folder(&folder, 0o755)?;
				match fs::write(&file, &process) {
					// It was empty, and removed by somebody who tidies up.
					Err(error) if left > 0 && is_gone(&error) => continue,
					other => other.doing("write", &file)?,
				}
				break;
			}
		}
		Ok(())
	}

	fn processes(&self, name: &str) -> Result<BTreeSet<i32>, HostError> {
		let mut found = BTreeSet::new();
		for folder in self.folders(name) {
			walk(&folder, &mut |folder| {
				// A group may go away while we look.
				let text = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
				found.extend(text.lines().filter_map(|line| line.parse::<i32>().ok()));
			});
		}
		Ok(found)
	}

	fn memory_kills(&self, name: &str) -> Result<u64, HostError> {
		for folder in self.folders(name) {
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

	fn remove(&self, name: &str) -> Result<(), HostError> {
		let deadline = Instant::now() + LONGEST_END;
		loop {
			for id in self.processes(name)? {
				if let Some(id) = Pid::from_raw(id) {
					match kill_process(id, Signal::KILL) {
						Err(Errno::SRCH) => {},
						other => other.doing("kill the processes of", name)?,
					}
				}
			}
			match self.remove_folders(name) {
				None => return Ok(()),
				Some(error) if Instant::now() > deadline => {
					return Err(error).doing("remove the control group", name)
				},
				Some(_) => thread::sleep(PAUSE),
			}
		}
	}

	fn remove_empty(&self, name: &str) -> Result<bool, HostError> {
		match self.remove_folders(name) {
			None => Ok(true),
			Some(error) if error.raw_os_error() == Some(libc::EBUSY) => Ok(false),
			Some(error) => Err(error).doing("remove the control group", name),
		}
	}

	/// Removes the folders of a group in which nobody is. Says why not, if one stays.
	fn remove_folders(&self, name: &str) -> Option<io::Error> {
		let mut last = None;
		for folder in self.folders(name) {
			walk(&folder, &mut |folder| match fs::remove_dir(folder) {
				Err(error) if !is_gone(&error) => last = Some(error),
				_ => {},
			});
		}
		last
	}

	fn counts_swap(&self, has_swap: bool) -> bool {
		self.0.iter().any(|Hierarchy { at, kind }| match kind {
			Kind::Controllers => at.join("memory.memsw.limit_in_bytes").exists(),
			// At the top there are no limits to see, only which controllers there are.
			Kind::Unified => {
				has_swap
					&& fs::read_to_string(at.join("cgroup.controllers"))
						.is_ok_and(|names| names.split_whitespace().any(|name| name == "memory"))
			},
			Kind::Services => false,
		})
	}
}

fn is_gone(error: &io::Error) -> bool {
	matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENODEV))
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
	let beneath = fs::read_dir(folder).into_iter().flatten().flatten();
	for entry in beneath.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
		walk(&entry.path(), visit);
	}
	visit(folder);
}
