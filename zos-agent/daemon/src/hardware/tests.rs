use super::*;
use std::{
	os::unix::fs::{symlink, MetadataExt},
	path::Path,
};

/// A machine with two cores and 4 GiB, of which the disk of all folders is of this kind.
fn machine(folder: &Path, rotational: Option<&str>) -> System {
	let write = |path: &str, text: &str| {
		let path = folder.join(path);
		fs::create_dir_all(path.parent().expect("it has one")).expect("there is room");
		fs::write(path, text).expect("there is room");
	};
	write("proc/cpuinfo", "processor\t: 0\nmodel\t: x\n\nprocessor\t: 1\nmodel\t: x\n");
	write("proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
	write("proc/uptime", "4711.23 9000.00\n");
	write("proc/sys/kernel/random/boot_id", "01020304-0506-0708-090a-0b0c0d0e0f10\n");
	if let Some(rotational) = rotational {
		write("sys/devices/sda/queue/rotational", rotational);
		write("sys/devices/sda/sda1/partition", "1");
		let device = fs::metadata(folder).expect("it is there").dev();
		let name = format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device));
		let blocks = folder.join("sys/dev/block");
		fs::create_dir_all(&blocks).expect("there is room");
		symlink(folder.join("sys/devices/sda/sda1"), blocks.join(name)).expect("there is room");
	}
	System::at(folder)
}

fn config(state: &Path) -> Config {
	let text = format!(
		"state = {state:?}\n[chain]\nspec = \"/x\"\n[location]\ncountry = \"BE\"\nlatitude = 1\nlongitude = 1"
	);
	toml::from_str(&text).expect("it is one")
}

#[test]
fn what_the_system_tells_is_what_is_offered() {
	let folder = tempfile::tempdir().expect("there is room");
	let system = machine(folder.path(), Some("0\n"));
	let measured = system.measure(&config(folder.path()), None).expect("it tells");
	assert_eq!((measured.capacity.cru, measured.capacity.mru), (2_000, 4 << 30));
	assert!(measured.capacity.sru > 0 && measured.capacity.sru < measured.whole.sru);
	assert_eq!(measured.capacity.hru, 0);
	let boot = system.boot().expect("it tells");
	assert_eq!(boot.id, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
	assert!((4711..4800).contains(&boot.uptime()));
}

#[test]
fn disks_that_rotate_are_told_from_others() {
	let told = [(Some("1\n"), Disk::Hdd), (Some("0\n"), Disk::Ssd), (None, Disk::Ssd)];
	for (rotational, kind) in told {
		let folder = tempfile::tempdir().expect("there is room");
		let system = machine(folder.path(), rotational);
		let mut config = config(folder.path());
		assert_eq!(system.disk(&config).expect("it tells"), kind);
		let capacity = system.measure(&config, None).expect("it tells").capacity;
		assert_eq!(capacity.hru > 0, kind == Disk::Hdd);
		config.disk = Some(Disk::Ssd);
		let capacity = system.measure(&config, None).expect("it tells").capacity;
		assert!(capacity.sru > 0 && capacity.hru == 0, "whoever has the machine knows better");
	}
}

#[test]
fn what_is_put_on_a_disk_does_not_make_the_machine_another() {
	let folder = tempfile::tempdir().expect("there is room");
	let system = machine(folder.path(), Some("0"));
	let config = config(folder.path());
	let first = system.measure(&config, None).expect("it tells");
	let mut earlier = first;
	earlier.capacity.sru -= 1 << 20;
	assert_eq!(system.measure(&config, Some(earlier)).expect("it tells"), earlier);
	let mut other = first;
	other.whole.mru += 1;
	other.capacity.sru -= 1 << 30;
	let again = system.measure(&config, Some(other)).expect("it tells");
	assert_eq!(again.whole, first.whole, "the memory is another: it is measured again");
	assert!(again.capacity.sru > other.capacity.sru);
}

#[test]
fn own_files_are_room_for_others() {
	let folder = tempfile::tempdir().expect("there is room");
	fs::create_dir(folder.path().join("volumes")).expect("there is room");
	let before = disks::Space::of(folder.path()).expect("it is there");
	fs::write(folder.path().join("volumes/a"), vec![1; 8 << 20]).expect("there is room");
	let after = disks::Space::of(folder.path()).expect("it is there");
	// Others use the disk meanwhile, but not that much.
	assert!(after.usable.abs_diff(before.usable) < 1 << 30);
	assert!(disks::Space::of(Path::new("/nowhere")).is_err());
}

#[test]
fn what_is_deeper_than_any_path_is_counted_too() {
	use rustix::fs::{mkdirat, openat, Mode, OFlags, CWD};
	let folder = tempfile::tempdir().expect("there is room");
	let name = "n".repeat(250);
	let flags = OFlags::RDONLY | OFlags::DIRECTORY;
	let mut deepest = openat(CWD, folder.path(), flags, Mode::empty()).expect("it is there");
	for _ in 0..20 {
		mkdirat(&deepest, &name, Mode::RWXU).expect("there is room");
		deepest = openat(&deepest, &name, flags, Mode::empty()).expect("it is there");
	}
	let file = openat(&deepest, "file", OFlags::CREATE | OFlags::WRONLY, Mode::RUSR);
	fs::File::from(file.expect("there is room")).set_len(1).expect("there is room");
	let space = disks::Space::of(folder.path()).expect("it is measured all the same");
	assert!(space.usable > 0);
}
