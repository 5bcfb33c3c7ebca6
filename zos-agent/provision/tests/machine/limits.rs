//! Containers take no more than they may.

use crate::world::{eventually, Made, World, MIB};
use grid_primitives::{report::FailureCode, spec::RestartPolicy};
use std::fs;
use zos_core::ports::{ContainerState, Exit};

#[test]
fn who_takes_more_memory_than_it_has_is_told_apart_from_who_fails() {
	let world = World::new();
	// `dd` keeps a block in memory.
	let mut greedy = Made::shell("greedy", "exec dd if=/dev/zero of=/dev/null bs=200M count=1");
	greedy.container.memory = 32 * MIB;
	world.start(&greedy).expect("it starts");
	assert_eq!(world.end_of(&greedy.key), Exit::OutOfMemory);

	let mut careless =
		Made::shell("careless", "dd if=/dev/zero of=/dev/null bs=200M count=1; exit 4");
	careless.container.memory = 32 * MIB;
	world.start(&careless).expect("it starts");
	assert_eq!(world.end_of(&careless.key), Exit::Code(4), "it went on without its child");
}

#[test]
fn who_runs_out_of_memory_is_started_again() {
	let world = World::new();
	let text = "exec dd if=/dev/zero of=/dev/null bs=200M count=1";
	let mut greedy = Made::shell("greedy", text).restart(RestartPolicy::Always);
	greedy.container.memory = 32 * MIB;
	world.start(&greedy).expect("it starts");
	eventually("it ran out of memory twice", || match world.state_of(&greedy.key) {
		Some(ContainerState::Restarting(crashes)) => {
			assert_eq!(crashes.last, Exit::OutOfMemory);
			crashes.in_a_row >= 2
		},
		_ => false,
	});
}

#[test]
fn too_little_memory_to_start_at_all_is_told() {
	let world = World::new();
	let mut tiny = Made::shell("tiny", "dd if=/dev/zero of=/dev/null bs=16M count=1; sleep 1000");
	tiny.container.memory = 4 * MIB;
	match world.start(&tiny) {
		Err(error) => assert_eq!(error.code(), FailureCode::OutOfMemory, "{error}"),
		Ok(()) => assert!(world.runs(&tiny.key) || world.end_of(&tiny.key) == Exit::OutOfMemory),
	}
}

#[test]
fn memory_file_systems_count_as_memory() {
	let world = World::new();
	let mut greedy = Made::shell("greedy", "exec dd if=/dev/zero of=/dev/shm/x bs=1M count=60");
	greedy.container.memory = 24 * MIB;
	world.start(&greedy).expect("it starts");
	assert_eq!(world.end_of(&greedy.key), Exit::OutOfMemory);
}

#[test]
fn a_tenth_of_a_core_is_a_tenth_of_a_core() {
	let world = World::new();
	let mut busy = Made::shell("busy", "while true; do :; done");
	busy.container.cpu = 100;
	world.start(&busy).expect("it starts");
	let process = world.process(&busy.key);
	let used = || {
		let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
		let fields: Vec<_> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
		// In hundredths of a second.
		fields[11].parse::<u64>().expect("ticks") + fields[12].parse::<u64>().expect("ticks")
	};
	let before = used();
	std::thread::sleep(std::time::Duration::from_secs(2));
	let share = used() - before;
	assert!(share <= 40, "it took {share} hundredths of a second in two seconds");
	eventually("it gets its share", || used() > before);
}

#[test]
fn processes_are_counted() {
	let world = World::new();
	let text = "i=0; while [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done; echo all";
	let made = Made::shell("bomb", text);
	world.start(&made).expect("it starts");
	eventually("it hits the limit", || {
		world.complaints(&made.key).iter().any(|line| line.contains("fork"))
	});
	assert!(!world.printed(&made.key).contains(&"all".to_owned()));
}

#[test]
fn its_root_holds_no_more_than_it_may_write() {
	let world = World::new();
	let text = "dd if=/dev/zero of=/x bs=64k count=2000; wc -c < /x; cat /etc/passwd > /y; \
		rm /x; echo room > /y; cat /y";
	let mut made = Made::shell("web", text);
	made.container.root = 4 * MIB;
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let printed = world.printed(&made.key);
	assert!(printed.iter().any(|line| line.contains("No space left on device")), "{printed:?}");
	let written: u64 = printed.iter().find_map(|line| line.parse().ok()).expect("a number");
	assert!(written > 3 * MIB && written < 4 * MIB, "{written}");
	assert!(printed.contains(&"room".to_owned()), "{printed:?}");
}

#[test]
fn the_smallest_root_can_be_written_to() {
	let world = World::new();
	let mut made = Made::shell("web", "echo something > /x && cat /x");
	made.container.root = MIB;
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	assert_eq!(world.printed(&made.key), ["something"]);
}

#[test]
fn a_root_that_the_machine_has_not_is_no_capacity() {
	let world = World::new();
	let mut made = Made::shell("web", "true");
	made.container.root = 1 << 50;
	let error = world.start(&made).expect_err("there is no such disk");
	assert_eq!(error.code(), FailureCode::NoCapacity, "{error}");
	assert!(world.loops().is_empty());
}

#[test]
fn nobody_takes_from_others_the_means_to_watch_files() {
	use rustix::fs::inotify;
	let _world = World::new();
	// Those of all containers count as those of whoever started them.
	let watch = || inotify::init(inotify::CreateFlags::CLOEXEC).expect("there are enough");
	let all: Vec<_> = (0..1_000).map(|_| watch()).collect();
	assert_eq!(all.len(), 1_000);
}
