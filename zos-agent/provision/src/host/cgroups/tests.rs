use super::*;
use rustix::process::getpid;
use std::{
	hash::{BuildHasher, Hasher, RandomState},
	process::Command,
};

/// Folders that look as the hierarchies of a machine do.
struct Fake {
	folder: tempfile::TempDir,
	hierarchies: Hierarchies,
}

impl Fake {
	/// Each with its name and how it is mounted.
	fn new(all: &[(&str, &str, &str)]) -> Self {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let mounts = all.iter().map(|(name, kind, options)| {
			let at = folder.path().join(name);
			fs::create_dir_all(&at).expect("a folder is made");
			let (kind, options) = ((*kind).into(), (*options).into());
			mounts::Mount { at, kind, source: "cgroup".into(), options }
		});
		let hierarchies = Hierarchies::of(mounts.collect());
		Self { folder, hierarchies }
	}

	/// A machine as newer ones are.
	fn unified() -> Self {
		let fake = Self::new(&[("", "cgroup2", "rw,nsdelegate,memory_recursiveprot")]);
		fake.write("cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma\n");
		fake
	}

	/// A machine with controllers of version 1, and services told apart by both.
	fn hybrid() -> Self {
		let fake = Self::new(&[
			("unified", "cgroup2", "rw,nsdelegate"),
			("systemd", "cgroup", "rw,xattr,name=systemd"),
			("memory", "cgroup", "rw,memory"),
			("cpu", "cgroup", "rw,cpu,cpuacct"),
			("pids", "cgroup", "rw,pids"),
			("other", "tmpfs", "rw"),
		]);
		fake.write("unified/cgroup.controllers", "\n");
		fake.write("memory/memory.memsw.limit_in_bytes", "9223372036854771712\n");
		fake
	}

	fn write(&self, path: &str, text: &str) {
		let path = self.folder.path().join(path);
		fs::create_dir_all(path.parent().expect("it has one")).expect("a folder is made");
		fs::write(path, text).expect("a file is written");
	}

	fn make(&self, path: &str) {
		fs::create_dir_all(self.folder.path().join(path)).expect("a folder is made");
	}

	fn read(&self, path: &str) -> Option<String> {
		fs::read_to_string(self.folder.path().join(path)).ok()
	}

	fn has(&self, path: &str) -> bool {
		self.folder.path().join(path).exists()
	}
}

#[test]
fn groups_are_found_in_whatever_hierarchy_they_are() {
	let unified = Fake::unified();
	let hybrid = Fake::hybrid();
	for path in ["zos-1-7-web", "zos-1-shims", "zos-2-7-web", "system.slice"] {
		unified.make(path);
	}
	for path in ["memory/zos-1-7-web", "systemd/zos-1-shims", "cpu/zos-2-7-web", "other/zos-1-x"] {
		hybrid.make(path);
	}
	for fake in [unified, hybrid] {
		let found = fake.hierarchies.find("zos-1-").expect("they are listed");
		assert_eq!(found, ["zos-1-7-web", "zos-1-shims"].map(String::from).into());
	}
}

#[test]
fn a_process_enters_where_services_are_told_apart() {
	let ours = getpid().as_raw_nonzero().to_string();
	let unified = Fake::unified();
	unified.hierarchies.enter("zos-1-shims", getpid()).expect("it enters");
	assert_eq!(unified.read("zos-1-shims/cgroup.procs").as_deref(), Some(ours.as_str()));

	let hybrid = Fake::hybrid();
	hybrid.hierarchies.enter("zos-1-shims", getpid()).expect("it enters");
	for (name, entered) in [("unified", true), ("systemd", true), ("memory", false), ("cpu", false)]
	{
		assert_eq!(hybrid.has(&format!("{name}/zos-1-shims/cgroup.procs")), entered, "{name}");
	}
}

#[test]
fn processes_are_those_of_all_groups_beneath() {
	let unified = Fake::unified();
	unified.write("zos-1-7-web/cgroup.procs", "12\n13\n");
	unified.write("zos-1-7-web/inner/cgroup.procs", "14\n");
	unified.write("zos-1-7-web2/cgroup.procs", "15\n");
	let hybrid = Fake::hybrid();
	hybrid.write("memory/zos-1-7-web/cgroup.procs", "12\n13\n");
	hybrid.write("pids/zos-1-7-web/inner/cgroup.procs", "14\n");
	for fake in [unified, hybrid] {
		let found = fake.hierarchies.processes("zos-1-7-web").expect("they are listed");
		assert_eq!(found, [12, 13, 14].into());
		assert!(fake.hierarchies.processes("zos-1-8-web").expect("there are none").is_empty());
	}
}

#[test]
fn kills_for_memory_are_counted_as_each_version_tells_them() {
	let unified = Fake::unified();
	let events = "low 0\nhigh 0\nmax 8\noom 2\noom_kill 3\noom_group_kill 1\n";
	unified.write("zos-1-7-web/memory.events", events);
	let hybrid = Fake::hybrid();
	hybrid.make("unified/zos-1-7-web");
	let control = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n";
	hybrid.write("memory/zos-1-7-web/memory.oom_control", control);
	for fake in [unified, hybrid] {
		assert_eq!(fake.hierarchies.memory_kills("zos-1-7-web").expect("it is read"), 3);
		assert_eq!(fake.hierarchies.memory_kills("zos-1-8-web").expect("it is not there"), 0);
	}
}

#[test]
fn swap_is_counted_where_the_kernel_does() {
	assert!(Fake::unified().hierarchies.counts_swap(true));
	assert!(!Fake::unified().hierarchies.counts_swap(false), "the kernel has no swap at all");
	assert!(Fake::hybrid().hierarchies.counts_swap(false));
	let without = Fake::new(&[("unified", "cgroup2", "rw"), ("memory", "cgroup", "rw,memory")]);
	without.write("unified/cgroup.controllers", "\n");
	assert!(!without.hierarchies.counts_swap(true), "the controller is elsewhere");
	let other = Fake::new(&[("", "cgroup2", "rw")]);
	other.write("cgroup.controllers", "cpu pids\n");
	assert!(!other.hierarchies.counts_swap(true));
}

#[test]
fn removed_is_removed_everywhere_and_nothing_else() {
	for fake in [Fake::unified(), Fake::hybrid()] {
		let paths = ["", "memory/", "systemd/"].map(|it| format!("{it}zos-1-7-web"));
		for path in &paths {
			fake.make(&format!("{path}/inner/most"));
			fake.make(&format!("{path}2"));
		}
		let is_there = |name: &str| !fake.hierarchies.folders(name).is_empty();
		assert!(is_there("zos-1-7-web") && is_there("zos-1-7-web2"));
		fake.hierarchies.remove("zos-1-7-web").expect("it is removed");
		assert!(!is_there("zos-1-7-web") && is_there("zos-1-7-web2"));
		assert!(fake.hierarchies.remove_empty("zos-1-7-web").expect("what is gone is gone"));
	}
}

/// On the machine at hand, whichever version it has: nobody is thrown out of a group.
#[test]
fn a_group_in_which_somebody_is_stays() {
	let name = format!("zos-test-{:016x}", RandomState::new().build_hasher().finish());
	let Ok(hierarchies) = Hierarchies::of_host() else { return };
	let Some(first) = hierarchies.0.iter().find(|it| it.kind != Kind::Controllers) else { return };
	let folder = first.at.join(&name);
	// Only root can make groups.
	if fs::create_dir(&folder).is_err() {
		return;
	}
	let mut child = Command::new("sleep").arg("60").spawn().expect("there is such a program");
	let entered = fs::write(folder.join("cgroup.procs"), child.id().to_string());
	let stays = hierarchies.remove_empty(&name);
	let removed = hierarchies.remove(&name);
	let _ = child.kill();
	let ended = child.wait().expect("it ends");
	entered.expect("it enters");
	assert!(!stays.expect("it is looked at"), "somebody is in it");
	removed.expect("it is removed");
	assert!(!ended.success() && !folder.exists());
}
