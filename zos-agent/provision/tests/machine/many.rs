//! A hundred containers on one machine.

use crate::world::{eventually, Made, World, MIB};
use std::fs;
use zos_core::ports::{ContainerState, Containers};

const COUNT: usize = 100;

#[test]
fn a_hundred_containers_run_and_are_removed_without_a_trace() {
	let mut world = World::new();
	let all: Vec<_> = (0..COUNT).map(|number| Made::sleeper(&format!("web-{number}"))).collect();
	std::thread::scope(|scope| {
		for some in all.chunks(COUNT / 4) {
			let world = &world;
			scope.spawn(move || {
				for made in some {
					world.start(made).expect("it starts");
				}
			});
		}
	});
	world.agent_comes_back();
	let found = world.containers.list().expect("listed");
	assert_eq!(found.len(), COUNT);
	let runs = ContainerState::Running { restarts: 0, crashes: None };
	assert!(found.iter().all(|found| found.state == runs), "{found:?}");
	eventually("each has printed", || all.iter().all(|made| world.printed(&made.key) == ["begun"]));
	let shims = world.shims();
	assert_eq!(shims.len(), COUNT);
	let private: u64 = shims.iter().map(|id| private_bytes(*id)).sum();
	println!("{} KiB of its own for each shim", private / COUNT as u64 / 1024);
	assert!(private / (COUNT as u64) < 2 * MIB, "{private} bytes of their own for {COUNT} shims");
	std::thread::scope(|scope| {
		for some in all.chunks(COUNT / 4) {
			let world = &world;
			scope.spawn(move || {
				for made in some {
					world.containers.remove(&made.key).expect("it is removed");
				}
			});
		}
	});
	world.assert_nothing_left();
}

/// What a process has of memory that it shares with nobody.
fn private_bytes(id: i32) -> u64 {
	let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).expect("it runs");
	let of = |line: &str| {
		let value = line.split_whitespace().nth(1)?;
		line.starts_with("Private_").then(|| value.parse::<u64>().expect("a number") * 1024)
	};
	text.lines().filter_map(of).sum()
}
