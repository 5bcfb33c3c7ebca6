//! Volumes hold what they should, and nobody else reads it.

use crate::world::{key, Made, World, MIB};
use grid_primitives::{
	report::FailureCode,
	spec::{Disk, Volume},
};
use std::{fs, io::Write, os::unix::fs::MetadataExt, path::Path};
use zos_core::ports::{Containers, Volumes};

fn ssd(size: u64) -> Volume {
	Volume { size, disk: Disk::Ssd }
}

/// Writes until there is no space, and says how much that was.
fn fill(folder: &Path, byte: u8) -> u64 {
	let mut file = fs::File::create(folder.join("full")).expect("a file");
	let mut written = 0;
	loop {
		match file.write(&[byte; 65_536]) {
			Ok(length) => written += length as u64,
			Err(error) => {
				assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{error}");
				return written;
			},
		}
	}
}

#[test]
fn no_more_can_be_written_than_its_size() {
	let world = World::new();
	let folder = world.volume("data", 32 * MIB);
	let written = fill(&folder, 1);
	assert!(written > 24 * MIB && written < 32 * MIB, "{written}");
	let found = world.volumes.list().expect("listed").remove(0);
	assert_eq!((found.key, found.size, found.disk), (key("data"), 32 * MIB, Disk::Ssd));
	assert_eq!(found.ready, Some(folder));
}

#[test]
fn the_smallest_volume_holds_something() {
	let world = World::new();
	let folder = world.volume("data", MIB);
	fs::write(folder.join("file"), [1; 100_000]).expect("there is room");
}

#[test]
fn its_space_is_its_own_from_the_beginning() {
	let world = World::new();
	world.volume("data", 64 * MIB);
	let file = fs::metadata(world.state().join("volumes/7-data/disk")).expect("its file");
	assert!(file.blocks() * 512 >= 64 * MIB, "others cannot take it: {}", file.blocks());
	let error = world.volumes.make(&key("huge"), &ssd(1 << 50)).expect_err("no such disk");
	assert_eq!(error.code(), FailureCode::NoCapacity, "{error}");
	assert_eq!(world.volumes.list().expect("listed").len(), 1, "nothing is left of the other");
}

#[test]
fn it_grows_and_never_shrinks() {
	let world = World::new();
	let folder = world.volume("data", 8 * MIB);
	fs::write(folder.join("kept"), "kept").expect("there is room");
	assert!(fill(&folder, 1) < 8 * MIB);
	assert_eq!(world.volume("data", 64 * MIB), folder);
	assert!(fill(&folder, 2) > 48 * MIB);
	assert_eq!(fs::read(folder.join("kept")).expect("it is there"), b"kept");
	assert_eq!(world.volume("data", 4 * MIB), folder);
	let found = world.volumes.list().expect("listed").remove(0);
	assert_eq!((found.size, found.ready), (64 * MIB, Some(folder)));
	assert_eq!(world.loops().len(), 1);
}

#[test]
fn it_grows_while_it_is_used_where_the_agent_may_do_that() {
	let world = World::new();
	let folder = world.volume("data", 8 * MIB);
	let text = "while true; do stat -f -c %b /data; sleep 0.1; done";
	let made = Made::shell("web", text).bind(&folder, "/data", false);
	world.start(&made).expect("it starts");
	let listed = || world.volumes.list().expect("listed").remove(0);
	let own = rustix::thread::capabilities(None).expect("its own").effective;
	let may = own.contains(rustix::thread::CapabilitySet::SYS_RESOURCE);
	assert_eq!(listed().grows_in_use, may, "the plan knows whether to stop who uses it");
	world.volumes.reserve(&key("data"), &ssd(64 * MIB)).expect("there is space");
	assert!(world.runs(&made.key), "nobody notices");
	let grown = world.volumes.make(&key("data"), &ssd(64 * MIB));
	if may {
		assert_eq!(grown.expect("it grows"), folder);
		crate::world::eventually("the container sees it", || {
			let printed = world.printed(&made.key);
			printed.last().is_some_and(|it| it.parse::<u64>().expect("a number") > 12_000)
		});
	} else {
		assert!(grown.expect_err("it is used").is_retryable());
		let found = listed();
		assert_eq!((found.size, found.ready), (8 * MIB, Some(folder.clone())), "as it was");
		world.containers.remove(&made.key).expect("it is let go");
		assert_eq!(world.volume("data", 64 * MIB), folder);
	}
}

#[test]
fn space_is_reserved_or_refused_before_anybody_is_stopped_for_it() {
	let world = World::new();
	let folder = world.volume("data", 8 * MIB);
	let error = world.volumes.reserve(&key("data"), &ssd(1 << 50)).expect_err("no such disk");
	assert_eq!(error.code(), FailureCode::NoCapacity, "{error}");
	fs::write(folder.join("kept"), "kept").expect("it is as it was");
	world.volumes.reserve(&key("data"), &ssd(32 * MIB)).expect("there is space");
	assert!(fill(&folder, 1) < 8 * MIB, "it is not larger yet");
	assert_eq!(world.volume("data", 32 * MIB), folder);
	assert_eq!(fs::read(folder.join("kept")).expect("it is there"), b"kept");
}

#[test]
fn a_container_reads_and_writes_it_and_a_pause_keeps_it() {
	let world = World::new();
	let folder = world.volume("data", 8 * MIB);
	let text = "cat /data/file; echo kept > /data/file";
	for round in 0..2 {
		let made = Made::shell("web", text).bind(&folder, "/data", false);
		world.start(&made).expect("it starts");
		world.end_of(&made.key);
		let printed = world.printed(&made.key);
		assert_eq!(printed.contains(&"kept".to_owned()), round == 1, "{printed:?}");
		world.containers.remove(&made.key).expect("it is paused");
	}
	let owner = fs::metadata(folder.join("file")).expect("it is there").uid();
	assert_eq!(owner, 0, "owners are those of containers, whatever ids each has on the machine");
}

#[test]
fn read_only_is_read_only_and_nothing_there_has_rights() {
	let world = World::new();
	let folder = world.volume("data", 8 * MIB);
	let text = "echo x > /look/file; echo x > /data/file && cat /look/file; \
		grep -E ' /(data|look) ' /proc/mounts | cut -d' ' -f4; mount -o remount,rw /look";
	let made = Made::shell("web", text).bind(&folder, "/data", false).bind(&folder, "/look", true);
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let printed = world.printed(&made.key);
	assert!(printed.iter().any(|line| line.contains("Read-only file system")), "{printed:?}");
	assert!(printed.contains(&"x".to_owned()));
	let options: Vec<_> = printed.iter().filter(|line| line.contains("relatime")).collect();
	assert_eq!(options.len(), 2, "{printed:?}");
	assert!(options.iter().all(|it| it.contains("nosuid") && it.contains("nodev")), "{options:?}");
	assert!(
		printed
			.iter()
			.any(|line| line.contains("Operation not permitted")
				|| line.contains("permission denied")),
		"{printed:?}"
	);
}

#[test]
fn a_new_volume_belongs_to_who_runs_there_and_has_nothing_in_it() {
	let world = World::new();
	let folder = world.volume("data", 8 * MIB);
	let mut made = Made::shell("web", "ls -A /data; echo mine > /data/file && cat /data/file")
		.bind(&folder, "/data", false);
	made.image.config.user = Some("web".into());
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	assert_eq!(world.printed(&made.key), ["mine"]);
}

#[test]
fn what_is_removed_is_gone_and_the_next_reads_nothing_of_it() {
	let world = World::new();
	for round in 0..3 {
		let folder = world.volume(&format!("data-{round}"), 32 * MIB);
		// Beneath the file system, where whoever escaped would look.
		let disk = world.state().join(format!("volumes/7-data-{round}/disk"));
		let bytes = fs::read(&disk).expect("its file");
		assert!(!bytes.windows(64).any(|it| it == [0xa5; 64]), "it has what another wrote");
		fill(&folder, 0xa5);
		let marked = || fs::read(&disk).expect("its file").windows(64).any(|it| it == [0xa5; 64]);
		rustix::fs::syncfs(fs::File::open(&folder).expect("a folder")).expect("written");
		assert!(marked(), "the test looks in the right way");
		world.volumes.remove(&key(&format!("data-{round}"))).expect("it is removed");
		assert!(!disk.exists());
		world.volumes.remove(&key(&format!("data-{round}"))).expect("what is gone is gone");
	}
	world.assert_nothing_left();
}

#[test]
fn a_removed_volume_that_somebody_still_uses_is_found_until_it_is_let_go() {
	let world = World::new();
	let folder = world.volume("data", 8 * MIB);
	let user = fs::File::create(folder.join("file")).expect("a file");
	let error = world.volumes.remove(&key("data")).expect_err("it is used");
	assert!(error.is_retryable());
	let found = world.volumes.list().expect("listed");
	assert_eq!(found.len(), 1);
	assert_eq!(found[0].ready, None);
	drop(user);
	world.volumes.remove(&key("data")).expect("it is removed");
	world.assert_nothing_left();
}

#[test]
fn a_volume_stays_on_its_kind_of_disk() {
	let world = World::new();
	world.volume("data", MIB);
	let other = Volume { size: MIB, disk: Disk::Hdd };
	assert!(!world.volumes.make(&key("data"), &other).expect_err("no such disk").is_retryable());
}

#[test]
fn a_volume_of_others_is_not_held_by_a_container() {
	let world = World::new();
	world.volume("others", 8 * MIB);
	let made = Made::sleeper("web");
	world.start(&made).expect("it starts");
	world.volumes.remove(&key("others")).expect("nobody uses it");
	assert!(world.runs(&made.key));
}

#[test]
fn whoever_holds_a_container_pays_nothing_for_what_is_in_its_volumes() {
	let world = World::new();
	// The most memory that the parent of a container ever had, in KiB.
	let most = |made: &Made| {
		let status =
			|process: &str| fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
		let field = |text: &str, name: &str| {
			let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("a field");
			line.trim().trim_end_matches(" kB").to_owned()
		};
		let parent = field(&status(&world.process(&made.key).to_string()), "PPid:");
		field(&status(&parent), "VmHWM:").parse::<u64>().expect("a number")
	};
	let [few, many] = ["few", "many"].map(|name| {
		let folder = world.volume(name, 64 * MIB);
		let first = folder.join("first");
		fs::write(&first, "").expect("there is room");
		for number in 0..if name == "many" { 60_000 } else { 0 } {
			let other = folder.join(format!("{number:0>200}"));
			fs::hard_link(&first, other).expect("there is room");
		}
		let made = Made::shell(name, "sleep 1000").bind(&folder, "/data", false);
		world.start(&made).expect("it starts");
		most(&made)
	});
	assert!(many < few + 4_096, "{many} KiB where it was {few}");
}
