//! What an agent left behind that nobody knows any more is found and removed, and nothing else.

use crate::world::{eventually, Made, World, MIB};
use rustix::mount::{mount, MountFlags};
use std::{
	fs::{self, File},
	path::{Path, PathBuf},
	process::Command,
};
use zos_core::ports::{Containers, Volumes};
use zos_provision::host::{cgroups, loops, loops::Attached, mounts};

/// Something that looks like ours and is not: gone when the test ends.
struct Foreign {
	groups: Vec<String>,
	devices: Vec<PathBuf>,
	mounted: PathBuf,
}

impl Drop for Foreign {
	fn drop(&mut self) {
		let _ = mounts::detach(&self.mounted);
		for group in &self.groups {
			let _ = cgroups::remove(group);
		}
		for device in &self.devices {
			let _ = Command::new("losetup").arg("--detach").arg(device).status();
		}
	}
}

fn make_group(name: &str) {
	for mount in mounts::list().expect("mounts") {
		let controls = mount.kind == "cgroup" && mount.options.contains("pids");
		if controls || mount.kind == "cgroup2" {
			fs::create_dir_all(mount.at.join(name)).expect("a group is made");
		}
	}
}

fn is_group(name: &str) -> bool {
	cgroups::find(name).expect("groups").contains(name)
}

/// A loop device of a file, as people attach one: it does not go by itself.
fn attach(file: &Path) -> PathBuf {
	fs::create_dir_all(file.parent().expect("it has one")).expect("a folder");
	File::create(file).and_then(|it| it.set_len(MIB)).expect("a file");
	let said = Command::new("losetup").args(["--find", "--show"]).arg(file).output();
	let said = String::from_utf8(said.expect("losetup is there").stdout).expect("it is text");
	assert!(!said.trim().is_empty(), "no device for {}", file.display());
	said.trim().into()
}

fn attached(to: &Path) -> Vec<Attached> {
	let mut all = loops::list().expect("loop devices");
	all.retain(|device| device.file.starts_with(to));
	all
}

fn mount_at(at: &Path) {
	fs::create_dir_all(at).expect("a folder");
	mount("test", at, "tmpfs", MountFlags::empty(), None).expect("it is mounted");
}

#[test]
fn strays_go_and_what_only_looks_like_them_stays() {
	let world = World::new();
	let folder = world.volume("data", 8 * MIB);
	let made = Made::sleeper("web").bind(&folder, "/data", false);
	world.start(&made).expect("it starts");
	let nothing = (world.containers.sweep(), world.volumes.sweep());
	assert_eq!((nothing.0.expect("swept"), nothing.1.expect("swept")), (0, 0));

	// Ours, and of nothing: a group with a process in it, folders with mounts, devices, files.
	let stray = format!("{}7", world.names.prefix());
	make_group(&stray);
	let mut lost = Command::new("sleep").arg("600").spawn().expect("a process");
	for mount in mounts::list().expect("mounts") {
		let _ = fs::write(mount.at.join(&stray).join("cgroup.procs"), lost.id().to_string());
	}
	mount_at(&world.run().join("Lost/runtime"));
	fs::write(world.run().join("Lost/runtime/state.json"), "{}").expect("a file");
	attach(&world.state().join("containers/Lost/root"));
	fs::write(world.state().join("containers/.half"), "x").expect("a file");
	attach(&world.state().join("volumes/Lost/disk"));
	mount_at(&world.state().join("volumes/Lost/mounted"));

	// Of others, and much like ours.
	let other = format!("{}g-7", &world.names.prefix()[..11]);
	let role = format!("{}others", world.names.prefix());
	let beside = world.state().join("volumes-of-others/7-data");
	let foreign = Foreign {
		groups: vec![other.clone(), role.clone()],
		devices: vec![attach(&beside.join("disk"))],
		mounted: beside.join("mounted"),
	};
	foreign.groups.iter().for_each(|it| make_group(it));
	mount_at(&foreign.mounted);

	assert_eq!(world.containers.sweep().expect("swept"), 5, "a group, a device, three in folders");
	assert_eq!(world.volumes.sweep().expect("swept"), 3, "a mount, a device, a folder");

	assert!(!is_group(&stray));
	assert!(!lost.wait().expect("it was killed").success());
	let beneath = |path: &Path| mounts::beneath(path).expect("mounts").len();
	for gone in [world.run().join("Lost"), world.state().join("volumes/Lost")] {
		assert!(!gone.exists() && beneath(&gone) == 0, "{}", gone.display());
	}
	assert!(!world.state().join("containers/.half").exists());
	for gone in ["containers/Lost", "volumes/Lost"] {
		let gone = world.state().join(gone);
		eventually("no device is left", || attached(&gone).is_empty());
	}

	assert!(is_group(&other) && is_group(&role));
	assert_eq!(attached(&beside).len(), 1);
	assert_eq!(beneath(&foreign.mounted), 1);
	assert!(world.runs(&made.key));
	assert_eq!(world.volumes.list().expect("listed")[0].ready, Some(folder));
	assert_eq!(world.containers.sweep().expect("swept"), 0, "there is nothing more");
	drop(foreign);
	fs::remove_dir_all(world.state().join("volumes-of-others")).expect("it was unmounted");
}

#[test]
fn the_group_of_shims_goes_with_the_last_of_them() {
	let world = World::new();
	let shims = world.names.of_role("shims");
	let (one, two) = (Made::sleeper("one"), Made::sleeper("two"));
	for made in [&one, &two] {
		world.start(made).expect("it starts");
	}
	world.containers.remove(&one.key).expect("it is removed");
	world.containers.sweep().expect("swept");
	assert!(is_group(&shims) && world.runs(&two.key));
	world.containers.remove(&two.key).expect("it is removed");
	world.containers.sweep().expect("swept");
	assert!(!is_group(&shims));
	world.start(&one).expect("the next one makes it again");
	assert_eq!(world.shims().len(), 1);
}

#[test]
fn a_volume_goes_though_somebody_attached_it_once_more() {
	let world = World::new();
	world.volume("data", 8 * MIB);
	let disk = world.state().join("volumes/7-data/disk");
	let said = Command::new("losetup").args(["--find", "--show"]).arg(&disk).status();
	assert!(said.expect("losetup is there").success());
	assert_eq!(attached(&disk).len(), 2);
	world.volumes.remove(&crate::world::key("data")).expect("it is removed");
	world.assert_nothing_left();
}
